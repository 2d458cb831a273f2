"""People in the back office: who sees what, and changes only by confirmed actions."""

import json
from unittest.mock import patch

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import ActivityLog, ComplianceRecord, User
from accounts.queries.sessions import find_caller
from project.kit.bus import session_digest
from tests.people import PASSWORD, make_person

pytestmark = pytest.mark.django_db

PAGES = ("user", "userconsent", "compliancerecord", "activitylog")


@pytest.fixture
def boss(db: None) -> User:
    return make_person("boss", "ADMIN")


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def act(client: Client, user: User, name: str, **form: str) -> int:
    """Confirm the dialog of one button; the status of the answer."""
    path = reverse(f"admin:accounts_user_{name}", args=[user.id])
    return client.post(path, {"_form_submitted": "True", "reason": "because", **form}).status_code


@pytest.mark.parametrize("page", PAGES)
def test_lists_open_for_administrators(ada: User, boss: User, page: str) -> None:
    response = logged_in(boss).get(reverse(f"admin:accounts_{page}_changelist"))

    assert response.status_code == 200
    assert b"ada" in response.content


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ["END_USER", "ML_ENGINEER", "FINANCE", "MODERATOR"])
def test_lists_stay_closed_for_others(ada: User, page: str, role: str) -> None:
    response = logged_in(make_person("other", role)).get(reverse(f"admin:accounts_{page}_changelist"))

    is_open = role == "MODERATOR" and page == "user"
    assert (response.status_code == 200) == is_open
    assert (str(ada.id).encode() in response.content) == is_open


def test_moderators_see_no_private_data(ada: User, mod: User, boss: User) -> None:
    path = reverse("admin:accounts_user_change", args=[ada.id])

    for_mod, for_boss = logged_in(mod).get(path), logged_in(boss).get(path)

    assert for_mod.status_code == 200
    assert b"ada@example.org" not in for_mod.content
    assert b"ada@example.org" in for_boss.content
    for response in (for_mod, for_boss):
        assert b"argon2" not in response.content
        assert b"md5$" not in response.content


def test_a_moderator_finds_nobody_by_address(ada: User, mod: User) -> None:
    response = logged_in(mod).get(reverse("admin:accounts_user_changelist"), {"q": "ada@example.org"})

    assert str(ada.id).encode() not in response.content


def test_a_confirmed_suspension_takes_effect(ada: User, mod: User) -> None:
    assert act(logged_in(mod), ada, "suspend") == 302

    ada.refresh_from_db()
    assert (ada.status, ada.is_active) == ("suspended", False)
    assert ActivityLog.objects.get(action="suspended").actor == mod

    assert act(logged_in(mod), ada, "reinstate") == 302
    ada.refresh_from_db()
    assert (ada.status, ada.is_active) == ("active", True)


@pytest.mark.parametrize("name", ["suspend", "reinstate", "record_check"])
def test_opening_a_dialog_changes_nothing(ada: User, boss: User, name: str) -> None:
    logged_in(boss).get(reverse(f"admin:accounts_user_{name}", args=[ada.id]))

    ada.refresh_from_db()
    assert ada.status == "active"
    assert ComplianceRecord.objects.exclude(check_type="declared_age").count() == 0


def test_a_suspension_needs_a_reason(ada: User, boss: User) -> None:
    act(logged_in(boss), ada, "suspend", reason="")

    ada.refresh_from_db()
    assert ada.status == "active"


@pytest.mark.parametrize("role", ["END_USER", "ML_ENGINEER", "FINANCE"])
def test_others_suspend_nobody(ada: User, role: str) -> None:
    act(logged_in(make_person("other", role)), ada, "suspend")

    ada.refresh_from_db()
    assert ada.status == "active"


def test_moderators_suspend_no_staff_and_nobody_themselves(mod: User, boss: User) -> None:
    other = make_person("other", "MODERATOR")
    act(logged_in(mod), boss, "suspend")
    act(logged_in(mod), other, "suspend")
    act(logged_in(boss), boss, "suspend")

    assert User.objects.filter(status="suspended").count() == 0
    act(logged_in(boss), other, "suspend")
    assert list(User.objects.filter(status="suspended")) == [other]


def test_only_administrators_reinstate_staff(mod: User, boss: User) -> None:
    other = make_person("other", "MODERATOR")
    act(logged_in(boss), other, "suspend")

    act(logged_in(mod), other, "reinstate")

    other.refresh_from_db()
    assert (other.status, other.is_active) == ("suspended", False)
    act(logged_in(boss), other, "reinstate")
    other.refresh_from_db()
    assert (other.status, other.is_active) == ("active", True)


def test_nobody_records_a_check_of_themselves(boss: User) -> None:
    assert act(logged_in(boss), boss, "record_check", check_type="identity", result="passed") == 302

    assert list(ComplianceRecord.objects.filter(user=boss).values_list("check_type", flat=True)) == ["declared_age"]
    assert not ActivityLog.objects.filter(action="compliance_recorded").exists()


def test_checks_are_recorded_by_administrators(ada: User, mod: User, boss: User) -> None:
    act(logged_in(mod), ada, "record_check", check_type="identity", result="passed")
    assert not ComplianceRecord.objects.filter(check_type="identity").exists()

    act(logged_in(boss), ada, "record_check", check_type="identity", result="pending")
    act(logged_in(boss), ada, "record_check", check_type="identity", result="passed")

    checks = ComplianceRecord.objects.filter(user=ada, check_type="identity").order_by("date_checked", "id")
    assert list(checks.values_list("result", flat=True)) == ["pending", "passed"]
    assert ActivityLog.objects.filter(user=ada, actor=boss, action="compliance_recorded").count() == 2


def test_nothing_is_added_changed_or_deleted_by_hand(ada: User, boss: User) -> None:
    client = logged_in(boss)

    assert client.get(reverse("admin:accounts_user_add")).status_code == 403
    assert client.post(reverse("admin:accounts_user_change", args=[ada.id]), {"role": "ADMIN"}).status_code == 403
    assert client.post(reverse("admin:accounts_user_delete", args=[ada.id]), {"post": "yes"}).status_code == 403

    ada.refresh_from_db()
    assert ada.role == "END_USER"


def test_the_admins_own_door_is_logged_and_heard(boss: User) -> None:
    client = Client()
    client.post(reverse("admin:login"), {"username": "boss", "password": PASSWORD})
    key = client.cookies["sessionid"].value
    assert find_caller(key) is not None

    client.post(reverse("admin:logout"))

    assert find_caller(key) is None
    actions = ActivityLog.objects.filter(user=boss).order_by("id").values_list("action", flat=True)
    assert list(actions) == ["signed_up", "logged_in", "logged_out"]


def test_who_logs_in_over_somebody_else_ends_their_session(ada: User, boss: User) -> None:
    client = logged_in(ada)
    key = client.cookies["sessionid"].value
    with patch("project.kit.bus.publish_on_commit") as sent:
        client.post(reverse("admin:login"), {"username": "boss", "password": PASSWORD})

    orders = [json.loads(call.args[1]) for call in sent.call_args_list]
    assert [(order["user_id"], order["session"]) for order in orders] == [(str(ada.id), session_digest(key))]
    assert find_caller(key) is None
    acts = ActivityLog.objects.order_by("id").values_list("user__username", "action")
    assert list(acts)[-2:] == [("ada", "logged_out"), ("boss", "logged_in")]
