"""Staff change their own password in the back office: as anywhere else, it is logged and ends what was open."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import ActivityLog, User
from accounts.queries.sessions import find_caller
from project.kit import bus
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "another-long-secret"


@pytest.fixture
def orders(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the hubs were told."""
    given: list[dict[str, Any]] = []
    monkeypatch.setattr(bus, "publish_on_commit", lambda channel, message: given.append(json.loads(message)))
    return given


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def change(client: Client, old: str) -> Any:
    form = {"old_password": old, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    return client.post(reverse("admin:password_change"), form)


def test_a_new_password_ends_the_other_sessions_and_closes_every_socket(
    mod: User, orders: list[dict[str, Any]]
) -> None:
    here, elsewhere = logged_in(mod), logged_in(mod)

    answer = change(here, PASSWORD)

    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("admin:password_change_done"))
    assert here.get(reverse("admin:index")).status_code == 200
    assert find_caller(elsewhere.cookies["sessionid"].value) is None
    assert orders == [{"op": "close_user", "user_id": str(mod.id), "session": "", "code": 4401}]
    assert ActivityLog.objects.filter(user=mod, action="password_changed").count() == 1


def test_a_wrong_old_password_changes_nothing(mod: User, orders: list[dict[str, Any]]) -> None:
    answer = change(logged_in(mod), "wrong")

    assert answer.status_code == 200
    assert orders == []
    assert ActivityLog.objects.filter(user=mod, action="password_changed").count() == 0
    mod.refresh_from_db()
    assert mod.check_password(PASSWORD)
