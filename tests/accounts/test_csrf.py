"""A request that rides on a cookie proves that our own page sent it; one that carries a token need not."""

import pytest
from django.test import Client

from accounts.models import User, UserConsent
from tests.accounts.doors import APP, BROWSER, post
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db

CONSENT = {"consent_type": "marketing", "given": True}


def browser() -> Client:
    client = Client(enforce_csrf_checks=True)
    client.get(f"{BROWSER}/auth/session")  # sets the cookie, as /api/me does
    return client


def proof(client: Client) -> str:
    return client.cookies["csrftoken"].value


def logged_in() -> Client:
    client = browser()
    body = {"username": "ada", "password": PASSWORD}
    response = post(client, f"{BROWSER}/auth/login", body, **{"X-CSRFToken": proof(client)})
    assert response.status_code == 200
    return client


def test_a_cookie_alone_is_refused_and_changes_nothing(ada: User) -> None:
    client = logged_in()

    response = client.put("/api/me/consents", CONSENT, content_type="application/json")

    assert (response.status_code, response.json()["code"]) == (403, "csrf_failed")
    assert response.headers["Content-Type"] == "application/problem+json"
    assert UserConsent.objects.filter(consent_type="marketing", given=True).count() == 0


def test_cookie_and_header_together_are_accepted(ada: User) -> None:
    client = logged_in()

    response = client.put(
        "/api/me/consents", CONSENT, content_type="application/json", headers={"X-CSRFToken": proof(client)}
    )

    assert response.status_code == 200
    assert UserConsent.objects.filter(consent_type="marketing", given=True).count() == 1


def test_another_sites_proof_is_refused(ada: User) -> None:
    client = logged_in()

    for headers in (
        {"X-CSRFToken": "x" * 64},
        {"X-CSRFToken": proof(client), "Origin": "https://evil.example"},
    ):
        response = client.put("/api/me/consents", CONSENT, content_type="application/json", headers=headers)
        assert (response.status_code, response.json()["code"]) == (403, "csrf_failed")


def test_reading_needs_no_proof(ada: User) -> None:
    assert logged_in().get("/api/me/consents").status_code == 200


def test_log_in_itself_needs_the_proof(ada: User) -> None:
    response = post(browser(), f"{BROWSER}/auth/login", {"username": "ada", "password": PASSWORD})

    assert (response.status_code, response.json()["code"]) == (403, "csrf_failed")
    assert response.headers["Content-Type"] == "application/problem+json"


def test_a_token_needs_no_proof(ada: User) -> None:
    client = Client(enforce_csrf_checks=True)
    token = post(client, f"{APP}/auth/login", {"username": "ada", "password": PASSWORD}).json()["meta"]["session_token"]

    response = client.put(
        "/api/me/consents", CONSENT, content_type="application/json", headers={"X-Session-Token": token}
    )

    assert response.status_code == 200


def test_a_false_token_does_not_fall_back_on_the_cookie(ada: User) -> None:
    client = logged_in()

    response = client.put(
        "/api/me/consents", CONSENT, content_type="application/json", headers={"X-Session-Token": "f" * 32}
    )

    assert (response.status_code, response.json()["code"]) == (401, "session_expired")
    assert UserConsent.objects.filter(consent_type="marketing", given=True).count() == 0
