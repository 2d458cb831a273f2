"""The two doors to allauth's headless API: a browser with cookies, a native client with a token."""

from typing import Any

from django.test import Client

from tests.people import PASSWORD

BROWSER = "/_allauth/browser/v1"
APP = "/_allauth/app/v1"


def sign_up_body(**changes: Any) -> dict[str, Any]:
    """A sign-up that succeeds; a change of None leaves the field out."""
    body: dict[str, Any] = {
        "email": "dora@example.org",
        "username": "dora",
        "password": PASSWORD,
        "date_of_birth": "1990-05-17",
        "country": "GB",
        "accept_terms": True,
        "marketing_consent": False,
        **changes,
    }
    return {key: value for key, value in body.items() if value is not None}


def post(client: Client, path: str, body: Any, **headers: str) -> Any:
    return client.post(path, body, content_type="application/json", headers=headers)


def sign_up(client: Client, **changes: Any) -> Any:
    return post(client, f"{BROWSER}/auth/signup", sign_up_body(**changes))


def log_in(client: Client, password: str = PASSWORD, **who: str) -> Any:
    return post(client, f"{BROWSER}/auth/login", {"password": password, **who})


def is_logged_in(client: Client) -> bool:
    status: int = client.get("/api/me/profile").status_code
    return status == 200


def errors_of(response: Any) -> set[tuple[str, str]]:
    """The (field, code) pairs of allauth's refusal."""
    return {(error.get("param", ""), error["code"]) for error in response.json()["errors"]}
