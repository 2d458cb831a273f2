"""The client's page, its snapshot and the headers around it."""

import json
from pathlib import Path

import pytest
from django.test import Client

from accounts.models import User

PAGE = '<head><script type="application/json" id="snapshot"></script></head><body>Touchline</body>'
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def built(tmp_path: Path, settings: object) -> Path:
    settings.FRONTEND_FOLDER = tmp_path  # type: ignore[attr-defined]  # pytest-django's wrapper
    (tmp_path / "index.html").write_text(PAGE)
    return tmp_path


def snapshot_of(body: str) -> object:
    opening = '<script type="application/json" id="snapshot">'
    return json.loads(body.split(opening)[1].split("</script>", maxsplit=1)[0])


@pytest.mark.parametrize("address", ["/", "/event/1", "/messages", "/wallet?x=1", "/apiary"])
def test_every_page_of_the_client_is_the_shell_with_fresh_data(client: Client, address: str) -> None:
    response = client.get(address)

    assert (response.status_code, response["Cache-Control"]) == (200, "no-store")
    snapshot = snapshot_of(response.content.decode())
    assert isinstance(snapshot, dict) and list(snapshot) == ["lobby", "me"]
    assert (snapshot["lobby"]["in_play"], snapshot["me"]["user"]) == ([], None)
    assert "csrftoken" in response.cookies


def test_the_snapshot_is_that_of_the_person_and_cannot_leave_its_element(client: Client, ada: User) -> None:
    User.objects.filter(pk=ada.pk).update(username="</script><b>&")
    client.force_login(User.objects.get(pk=ada.pk), backend="allauth.account.auth_backends.AuthenticationBackend")

    body = client.get("/").content.decode()

    snapshot = snapshot_of(body)
    assert isinstance(snapshot, dict)
    assert snapshot["me"]["user"]["username"] == "</script><b>&"
    assert body.count("</script>") == 1
    assert "<b>" not in body


@pytest.mark.parametrize("address", ["/api/nothing", "/api/", "/assets/nothing.js", "/static/nothing.css", "/ws/v1/"])
def test_an_unknown_address_below_a_known_prefix_is_missing(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_a_client_that_is_not_built_says_so(client: Client, built: Path) -> None:
    (built / "index.html").unlink()

    response = client.get("/")

    assert (response.status_code, response.content) == (503, b"The browser client is not built yet: run `make build`.")


def test_headers_are_strict_and_the_admin_has_its_own(client: Client) -> None:
    page, admin = client.get("/", headers={"host": "localhost:8000"}), client.get("/admin/login/")

    policy = dict(part.split(" ", 1) for part in page["Content-Security-Policy"].split("; "))
    assert policy["script-src"] == policy["style-src"] == policy["default-src"] == "'self'"
    assert policy["connect-src"] == "'self' ws://localhost:8000"
    assert policy["frame-ancestors"] == "'none'"
    assert page["X-Content-Type-Options"] == "nosniff"
    assert page["X-Frame-Options"] == "DENY"
    assert "'unsafe-eval'" in admin["Content-Security-Policy"]


def test_health_tells_of_the_database_and_redis(client: Client) -> None:
    response = client.get("/api/health")

    assert response.status_code == 200
    assert response.json() == {"status": "ok", "database": "ok", "redis": "ok"}
