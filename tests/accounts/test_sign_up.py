"""Sign-up over HTTP: what it makes, what it refuses, and that a refusal leaves nothing behind."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts.actions.people import create_person
from accounts.errors import AgeRestricted, IdentityTaken
from accounts.models import ActivityLog, ComplianceRecord, Profile, User, UserConsent
from payments.models import Transfer
from project.kit import clock
from project.kit.models import RecordedEvent
from project.kit.reactions import drain_reactions
from tests.accounts.doors import APP, errors_of, is_logged_in, post, sign_up, sign_up_body

pytestmark = pytest.mark.django_db


def check_nothing_happened() -> None:
    assert User.objects.count() == 0
    assert UserConsent.objects.count() == 0
    assert ActivityLog.objects.count() == 0
    assert EmailAddress.objects.count() == 0
    assert RecordedEvent.objects.count() == 0
    assert Transfer.objects.count() == 0
    assert mail.outbox == []


def test_a_visitor_becomes_a_person_with_everything_on_record(client: Client) -> None:
    response = sign_up(client, email="Dora@Example.org", marketing_consent=True)

    assert response.status_code == 200, response.content
    user = User.objects.get()
    assert (user.username, user.email, user.role, user.status) == ("dora", "dora@example.org", "END_USER", "active")
    assert (str(user.date_of_birth), user.country, user.is_staff) == ("1990-05-17", "GB", False)
    assert sorted(UserConsent.objects.values_list("consent_type", "given")) == [
        ("data_processing", True),
        ("marketing", True),
        ("terms", True),
    ]
    assert list(ComplianceRecord.objects.values_list("check_type", "result")) == [("declared_age", "passed")]
    assert list(ActivityLog.objects.order_by("id").values_list("action", flat=True)) == ["signed_up", "logged_in"]
    assert Profile.objects.get().public_access is True
    assert is_logged_in(client)


def test_the_new_person_can_spend_at_once(client: Client) -> None:
    sign_up(client)

    wallets = client.get("/api/wallet").json()["wallets"]
    drain_reactions()

    assert [(wallet["currency"], wallet["available"]) for wallet in wallets] == [("PLY", "1000.00"), ("CRD", "10.00")]
    assert Transfer.objects.count() == 2


def test_marketing_is_off_unless_asked_for(client: Client) -> None:
    sign_up(client, marketing_consent=None)

    assert UserConsent.objects.get(consent_type="marketing").given is False


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"date_of_birth": f"{clock.now().year - 10}-01-01"}, ("date_of_birth", "age_restricted")),
        ({"date_of_birth": "1850-01-01"}, ("date_of_birth", "age_restricted")),
        ({"date_of_birth": "17/05/1990"}, ("date_of_birth", "invalid")),
        ({"date_of_birth": None}, ("date_of_birth", "required")),
        ({"accept_terms": False}, ("accept_terms", "required")),
        ({"accept_terms": None}, ("accept_terms", "required")),
        ({"country": "XX"}, ("country", "invalid_choice")),
        ({"country": None}, ("country", "required")),
        ({"email": "not-an-address"}, ("email", "invalid")),
        ({"email": None}, ("email", "required")),
        ({"username": "ab"}, ("username", "min_length")),
        ({"username": "dora\u0430"}, ("username", "username_invalid")),
        ({"username": "dora@example.org"}, ("username", "username_invalid")),
        ({"username": "Admin"}, ("username", "username_invalid")),
        ({"username": "x" * 31}, ("username", "max_length")),
        ({"password": "short"}, ("password", "password_too_short")),
        ({"password": "password123"}, ("password", "password_too_common")),
        ({"password": None}, ("password", "required")),
    ],
)
def test_a_refused_sign_up_leaves_nothing(client: Client, changes: dict[str, Any], refusal: tuple[str, str]) -> None:
    response = sign_up(client, **changes)

    assert response.status_code == 400
    assert refusal in errors_of(response)
    check_nothing_happened()
    assert not is_logged_in(client)


@pytest.mark.parametrize(("today", "status"), [((2026, 5, 16), 400), ((2026, 5, 17), 200)])
def test_eighteen_counts_from_the_birthday(client: Client, today: tuple[int, int, int], status: int) -> None:
    with clock.frozen(datetime(*today, 12, tzinfo=UTC)):
        response = sign_up(client, date_of_birth="2008-05-17")

    assert response.status_code == status
    assert User.objects.count() == (1 if status == 200 else 0)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"email": "ADA@example.org"}, ("email", "email_taken")),
        ({"username": "ADA"}, ("username", "username_taken")),
    ],
)
def test_what_belongs_to_somebody_is_refused_in_any_case(
    client: Client, ada: User, changes: dict[str, str], refusal: tuple[str, str]
) -> None:
    response = sign_up(client, **changes)

    assert response.status_code == 400
    assert errors_of(response) == {refusal}
    assert list(User.objects.all()) == [ada]


def test_the_database_refuses_what_the_form_did_not_see(ada: User) -> None:
    with pytest.raises(IdentityTaken) as by_name:
        create_person(username="AdA", email="other@example.org", password="correct-horse")
    with pytest.raises(IdentityTaken) as by_address:
        create_person(username="other", email="ADA@example.org", password="correct-horse")
    with pytest.raises(DatabaseError), transaction.atomic():
        User.objects.filter(id=ada.id).update(email="ADA@example.org")

    assert (by_name.value.field, by_address.value.field) == ("username", "email")
    assert User.objects.count() == 1


def test_a_name_taken_after_the_form_looked_is_an_ordinary_refusal(
    client: Client, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("allauth.account.internal.userkit.filter_users_by_username", lambda name: User.objects.none())

    response = sign_up(client, username="ada")

    assert response.status_code == 400
    assert [error["code"] for error in response.json()["errors"]] == ["username_taken"]
    assert list(User.objects.all()) == [ada]


def test_the_action_itself_refuses_children() -> None:
    from datetime import date

    with clock.frozen(datetime(2026, 1, 1, tzinfo=UTC)), pytest.raises(AgeRestricted):
        create_person(username="kid", email="kid@example.org", password="correct-horse", date_of_birth=date(2015, 1, 1))

    assert User.objects.count() == 0


def test_a_native_client_signs_up_and_gets_a_token() -> None:
    client = Client(enforce_csrf_checks=True)

    response = post(client, f"{APP}/auth/signup", sign_up_body())

    assert response.status_code == 200
    token = response.json()["meta"]["session_token"]
    assert client.get("/api/wallet").status_code == 401
    shown = client.get("/api/wallet", headers={"X-Session-Token": token})
    assert shown.json()["wallets"][0]["available"] == "1000.00"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "malformed_json"),
        (b"[]", "malformed_json"),
        (b'{"email": NaN}', "malformed_json"),
        (b'{"email": "a", "email": "b"}', "malformed_json"),
        (b'{"a": ' + b"[" * 5_000 + b"]" * 5_000 + b"}", "malformed_json"),
        (b'{"email": "\xff"}', "malformed_json"),
        (json.dumps({"email": "x" * 300_000}).encode(), "body_too_large"),
    ],
)
def test_strange_bodies_get_a_problem(client: Client, body: bytes, code: str) -> None:
    response = client.post("/_allauth/browser/v1/auth/signup", body, content_type="application/json")

    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == code
    check_nothing_happened()


@pytest.mark.parametrize("value", [7, ["x"], {"a": 1}, False, "a\x00b"])
@pytest.mark.parametrize("field", ["email", "username", "password", "date_of_birth", "country", "accept_terms"])
def test_values_of_the_wrong_type_are_refused_not_crashed_on(client: Client, field: str, value: object) -> None:
    response = sign_up(client, **{field: value})

    assert response.status_code in (200, 400)
    assert User.objects.count() == (1 if response.status_code == 200 else 0)


def test_consents_and_activity_are_append_only(client: Client) -> None:
    sign_up(client)

    for table in ("accounts_userconsent", "accounts_activitylog"):
        for sql in (f"UPDATE {table} SET user_id = NULL", f"DELETE FROM {table}"):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql)

    assert UserConsent.objects.count() == 3
