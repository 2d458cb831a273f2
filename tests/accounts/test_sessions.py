"""Log-in by address or name, log-out, password change: which sessions stand, and which sockets are told to close."""

import json
from typing import Any
from urllib.parse import unquote

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actions.people import reinstate_person, suspend_person
from accounts.models import ActivityLog, User
from accounts.queries.sessions import find_caller
from project.kit import bus
from project.settings.people import PASSWORD_HASHERS
from tests.accounts.doors import APP, BROWSER, is_logged_in, log_in, post
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The orders to close sockets that were given."""
    orders: list[dict[str, Any]] = []

    def note(channel: str, message: bytes) -> None:
        if channel == bus.CONTROL_CHANNEL:
            orders.append(json.loads(message))

    monkeypatch.setattr(bus, "publish_on_commit", note)
    return orders


@pytest.mark.parametrize("who", [{"email": "ada@example.org"}, {"email": "ADA@Example.org"}, {"username": "ada"}])
def test_address_or_name_logs_in(client: Client, ada: User, who: dict[str, str]) -> None:
    response = log_in(client, **who)

    assert response.status_code == 200
    assert response.json()["data"]["user"]["id"] == str(ada.id)
    assert is_logged_in(client)
    assert ActivityLog.objects.filter(user=ada, action="logged_in").count() == 1


def test_unknown_person_and_wrong_password_look_the_same(client: Client, ada: User) -> None:
    answers = [
        log_in(client, "wrong-password", email="ada@example.org"),
        log_in(client, "wrong-password", email="nobody@example.org"),
        log_in(client, "wrong-password", username="ada"),
        log_in(client, "wrong-password", username="nobody"),
    ]

    assert {answer.status_code for answer in answers} == {400}
    assert len({answer.content for answer in answers}) == 1
    assert answers[0].json()["errors"][0]["code"] == "invalid_credentials"
    assert not is_logged_in(client)


def test_both_cost_one_hash(client: Client, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.contrib.auth.hashers import MD5PasswordHasher

    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def count(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        result: str = encode(self, password, salt)
        return result

    monkeypatch.setattr(MD5PasswordHasher, "encode", count)
    costs = []
    for who in ({"email": "ada@example.org"}, {"email": "nobody@example.org"}, {"username": "nobody"}):
        hashed.clear()
        log_in(client, "wrong-password", **who)
        costs.append(len(hashed))

    assert costs == [1, 1, 1]


def test_passwords_are_stored_with_argon2() -> None:
    assert PASSWORD_HASHERS[0] == "django.contrib.auth.hashers.Argon2PasswordHasher"


def test_the_session_id_changes_at_every_log_in(client: Client, ada: User) -> None:
    log_in(client, username="ada")
    first = client.cookies["sessionid"].value
    client.delete(f"{BROWSER}/auth/session")
    log_in(client, username="ada")

    assert client.cookies["sessionid"].value not in ("", first)
    assert find_caller(first) is None


def test_a_planted_session_id_is_not_adopted(client: Client, ada: User) -> None:
    planted = "a" * 32
    client.cookies["sessionid"] = planted

    log_in(client, username="ada")

    assert client.cookies["sessionid"].value != planted
    assert find_caller(planted) is None


def test_log_out_ends_this_session_alone(client: Client, ada: User, closed: list[dict[str, Any]]) -> None:
    other = Client()
    log_in(client, username="ada")
    log_in(other, username="ada")
    ended = client.cookies["sessionid"].value

    response = client.delete(f"{BROWSER}/auth/session")

    assert response.status_code == 401  # allauth's way to say that nobody is logged in now
    assert not is_logged_in(client)
    assert is_logged_in(other)
    assert find_caller(ended) is None
    assert len(closed) == 1
    assert closed[0] | {"session_key": "", "session": ""} == {
        "op": "close_user",
        "user_id": str(ada.id),
        "code": 4401,
        "session_key": "",
        "session": "",
    }
    assert closed[0] != {"op": "close_user", "user_id": str(ada.id), "code": 4401}
    assert ActivityLog.objects.filter(user=ada, action="logged_out").count() == 1


def test_a_visitor_who_logs_out_closes_nothing(client: Client, closed: list[dict[str, Any]]) -> None:
    assert client.delete(f"{BROWSER}/auth/session").status_code == 401

    assert closed == []


def test_a_new_password_ends_every_session(client: Client, ada: User, closed: list[dict[str, Any]]) -> None:
    other = Client()
    log_in(client, username="ada")
    log_in(other, username="ada")

    response = post(
        client,
        f"{BROWSER}/account/password/change",
        {"current_password": PASSWORD, "new_password": "another-long-secret"},
    )

    assert response.status_code == 401
    assert not is_logged_in(client)
    assert not is_logged_in(other)
    assert (closed[0]["user_id"], closed[0]["code"], closed[0].get("session_key") or "") == (str(ada.id), 4401, "")
    assert log_in(Client(), username="ada").status_code == 400
    assert log_in(Client(), "another-long-secret", username="ada").status_code == 200
    assert ActivityLog.objects.filter(user=ada, action="password_changed").count() == 1


def test_a_wrong_current_password_changes_nothing(client: Client, ada: User, closed: list[dict[str, Any]]) -> None:
    log_in(client, username="ada")

    response = post(
        client, f"{BROWSER}/account/password/change", {"current_password": "wrong", "new_password": "another-long-one"}
    )

    assert response.status_code == 400
    assert is_logged_in(client)
    assert closed == []
    assert log_in(Client(), username="ada").status_code == 200


def test_a_forgotten_password_is_reset_by_mail(client: Client, ada: User, closed: list[dict[str, Any]]) -> None:
    other = Client()
    log_in(other, username="ada")
    assert post(client, f"{BROWSER}/auth/password/request", {"email": "ada@example.org"}).status_code == 200
    link = next(word for word in str(mail.outbox[0].body).split() if "/reset/" in word)
    key = unquote(link.rsplit("/", 1)[1])

    response = post(client, f"{BROWSER}/auth/password/reset", {"key": key, "password": "another-long-secret"})

    assert response.status_code == 401
    assert not is_logged_in(other)
    assert closed[0]["code"] == 4401
    assert log_in(client, "another-long-secret", username="ada").status_code == 200


def test_a_suspended_person_is_out_at_once_and_stays_out(
    client: Client, ada: User, mod: User, closed: list[dict[str, Any]]
) -> None:
    log_in(client, username="ada")
    key = client.cookies["sessionid"].value

    suspend_person(user_id=ada.id, actor_id=mod.id, reason="spam")

    assert not is_logged_in(client)
    assert find_caller(key) is None
    assert closed == [closed[0]]
    assert (closed[0]["user_id"], closed[0]["code"]) == (str(ada.id), 4401)
    assert log_in(Client(), username="ada").status_code != 200
    entry = ActivityLog.objects.get(action="suspended")
    assert (entry.user, entry.actor, entry.detail.additional_data) == (ada, mod, {"reason": "spam"})


def test_reinstating_brings_no_old_session_back(client: Client, ada: User, mod: User) -> None:
    log_in(client, username="ada")
    key = client.cookies["sessionid"].value
    suspend_person(user_id=ada.id, actor_id=mod.id, reason="spam")

    reinstate_person(user_id=ada.id, actor_id=mod.id, reason="mistake")

    assert not is_logged_in(client)
    assert find_caller(key) is None
    assert log_in(Client(), username="ada").status_code == 200


def test_suspending_twice_is_suspending_once(ada: User, mod: User, closed: list[dict[str, Any]]) -> None:
    for _ in range(2):
        suspend_person(user_id=ada.id, actor_id=mod.id, reason="spam")
    for _ in range(2):
        reinstate_person(user_id=ada.id, actor_id=mod.id, reason="mistake")

    assert len(closed) == 1
    assert sorted(ActivityLog.objects.exclude(action="signed_up").values_list("action", flat=True)) == [
        "reinstated",
        "suspended",
    ]


def test_people_see_and_end_their_sessions(client: Client, ada: User, closed: list[dict[str, Any]]) -> None:
    other = Client()
    log_in(other, username="ada")
    log_in(client, username="ada")
    listed = client.get(f"{BROWSER}/auth/sessions").json()["data"]
    foreign = next(session["id"] for session in listed if not session["is_current"])

    response = client.delete(f"{BROWSER}/auth/sessions", {"sessions": [foreign]}, content_type="application/json")

    assert response.status_code == 200
    assert len(listed) == 2
    assert not is_logged_in(other)
    assert is_logged_in(client)
    assert len(closed) == 1


def test_a_native_client_lives_by_its_token(client: Client, ada: User) -> None:
    token = post(client, f"{APP}/auth/login", {"username": "ada", "password": PASSWORD}).json()["meta"]["session_token"]
    headers = {"X-Session-Token": token}

    assert client.get("/api/me/profile", headers=headers).json()["username"] == "ada"
    assert "sessionid" not in client.cookies
    caller = find_caller(token)
    assert caller is not None
    assert (caller.user_id, caller.username, caller.role) == (ada.id, "ada", "END_USER")

    client.delete(f"{APP}/auth/session", headers=headers)

    refused = client.get("/api/me/profile", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (401, "session_expired")
    assert find_caller(token) is None


@pytest.mark.parametrize("token", ["", "short", "x" * 32, "x" * 4_000, "a b" * 12, "\u0430" * 32])
def test_a_token_of_nobody_is_refused(client: Client, token: str) -> None:
    assert find_caller(token) is None
    if token.isascii():
        refused = client.get("/api/people", headers={"X-Session-Token": token})
        assert (refused.status_code, refused.json()["code"]) == (401, "session_expired")


def test_a_dead_cookie_is_a_visitor_on_public_pages(client: Client, ada: User) -> None:
    log_in(client, username="ada")
    Session.objects.all().delete()
    client.cookies["sessionid"] = "b" * 32

    assert client.get("/api/me/profile").json()["code"] == "not_authenticated"


def test_guessing_is_slowed_down(client: Client, ada: User, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {}

    answers = [log_in(client, "wrong-password", username="ada") for _ in range(6)]
    right = log_in(client, username="ada")

    assert answers[-1].json()["errors"][0]["code"] == "too_many_login_attempts"
    assert right.status_code == 400
    assert not is_logged_in(client)


def test_a_request_costs_one_read_of_the_person(client: Client, ada: User) -> None:
    log_in(client, username="ada")
    client.get("/api/me/consents")

    with CaptureQueriesContext(connection) as queries:
        client.get("/api/me/consents")

    assert len([query for query in queries if 'FROM "accounts_user"' in query["sql"]]) == 1
