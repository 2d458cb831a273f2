"""A person's own page, preferences and consents, and finding others by name."""

import json
from typing import Any

import pytest
from django.test import Client

from accounts.access import get_person, get_person_by_username
from accounts.actions.consents import change_consent
from accounts.actions.exclusions import exclude_self
from accounts.actions.people import suspend_person
from accounts.errors import SelfExcluded
from accounts.models import ActivityLog, ComplianceRecord, Profile, User, UserConsent, UserPreference
from accounts.queries.people import describe_me, describe_people
from project.kit.callers import ANONYMOUS
from project.kit.errors import NotFound
from project.kit.ids import new_id
from tests.people import caller_of, make_person

pytestmark = pytest.mark.django_db


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def send(client: Client, method: str, path: str, body: Any) -> Any:
    return client.generic(method, path, json.dumps(body), content_type="application/json")


def names(client: Client, q: str) -> list[str]:
    response = client.get("/api/people", {"q": q})
    assert response.status_code == 200
    return [person["username"] for person in response.json()]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/people"),
        ("GET", "/api/me/profile"),
        ("PATCH", "/api/me/profile"),
        ("GET", "/api/me/preferences"),
        ("PATCH", "/api/me/preferences"),
        ("GET", "/api/me/consents"),
        ("PUT", "/api/me/consents"),
    ],
)
def test_visitors_have_no_account_to_look_at(client: Client, method: str, path: str) -> None:
    body = {"consent_type": "marketing", "given": True} if path.endswith("consents") else {}

    response = send(client, method, path, body)

    assert (response.status_code, response.json()["code"]) == (401, "not_authenticated")


def test_people_are_found_by_the_beginning_of_their_name(ada: User, ben: User) -> None:
    for name in ("Benedict", "bea", "amber"):
        make_person(name)

    assert names(logged_in(ada), "BEN") == ["ben", "Benedict"]
    assert names(logged_in(ada), "am") == ["amber"]
    assert names(logged_in(ada), "en") == []


def test_search_finds_neither_oneself_nor_the_private_nor_the_suspended(ada: User, mod: User) -> None:
    private, suspended = make_person("adrian"), make_person("adele")
    Profile.objects.filter(user=private).update(public_access=False)
    suspend_person(user_id=suspended.id, actor_id=mod.id, reason="spam")
    make_person("adam")

    assert names(logged_in(ada), "ad") == ["adam"]


@pytest.mark.parametrize("q", ["", "   ", "%", "_", "\\", "'", "x" * 60])
def test_strange_searches_find_nobody(ada: User, ben: User, q: str) -> None:
    assert names(logged_in(ada), q) == []


def test_a_nul_in_a_search_is_refused(ada: User) -> None:
    assert logged_in(ada).get("/api/people?q=a%00").status_code == 400


def test_search_shows_at_most_ten(ada: User) -> None:
    for number in range(12):
        make_person(f"player{number:02}")

    assert names(logged_in(ada), "player") == [f"player{number:02}" for number in range(10)]


def test_search_reads_the_index(ada: User) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT id FROM accounts_user WHERE UPPER(username::text) LIKE UPPER('be%') AND is_active"
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index Scan using accounts_user_username_" in plan  # which one depends on the database's locale


def test_a_profile_is_changed_field_by_field(ada: User) -> None:
    client = logged_in(ada)

    changes = {"first_name": " Ada ", "city": "Leeds", "public_access": False}
    response = send(client, "PATCH", "/api/me/profile", changes)

    shown = response.json()
    assert response.status_code == 200
    assert {key: shown[key] for key in (*changes, "last_name")} == changes | {"first_name": "Ada", "last_name": ""}
    assert client.get("/api/me/profile").json() == shown
    assert describe_people([ada.id])[ada.id].display_name == "Ada"


@pytest.mark.parametrize(
    "body",
    [
        {"role": "ADMIN"},
        {"email": "other@example.org"},
        {"first_name": "x" * 81},
        {"first_name": 7},
        {"first_name": "a\nb"},
        {"public_access": "yes"},
    ],
)
def test_what_is_not_theirs_to_change_is_refused(ada: User, body: dict[str, Any]) -> None:
    response = send(logged_in(ada), "PATCH", "/api/me/profile", body)

    assert (response.status_code, response.json()["code"]) == (422, "validation_error")
    ada.refresh_from_db()
    assert (ada.role, ada.email, ada.first_name) == ("END_USER", "ada@example.org", "")


def test_every_change_moves_updated_at(ada: User) -> None:
    User.objects.filter(id=ada.id).update(updated_at="2000-01-01T00:00:00Z")

    assert User.objects.get(id=ada.id).updated_at.year > 2000


def test_preferences_start_with_defaults_and_remember_choices(ada: User) -> None:
    client = logged_in(ada)
    defaults = {
        "theme": "system",
        "odds_format": "decimal",
        "price_policy": "none",
        "movement_colors": "green_red",
        "reality_check": "off",
    }
    assert client.get("/api/me/preferences").json() == defaults

    send(client, "PATCH", "/api/me/preferences", {"theme": "dark"})
    response = send(client, "PATCH", "/api/me/preferences", {"theme": "light", "price_policy": "better"})

    assert response.json() == defaults | {"theme": "light", "price_policy": "better"}
    assert UserPreference.objects.filter(user=ada).count() == 2
    assert ada.preferences == {"theme": "light", "price_policy": "better"}


@pytest.mark.parametrize("body", [{"theme": "pink"}, {"theme": 1}, {"volume": 11}])
def test_unknown_preferences_are_refused(ada: User, body: dict[str, Any]) -> None:
    assert send(logged_in(ada), "PATCH", "/api/me/preferences", body).status_code == 422
    assert UserPreference.objects.count() == 0


def test_consent_is_withdrawn_by_a_new_answer(ada: User) -> None:
    client = logged_in(ada)
    send(client, "PUT", "/api/me/consents", {"consent_type": "marketing", "given": True})

    response = send(client, "PUT", "/api/me/consents", {"consent_type": "marketing", "given": False})

    latest = {consent["consent_type"]: consent["given"] for consent in response.json()["consents"]}
    assert latest == {"terms": True, "data_processing": True, "marketing": False}
    assert UserConsent.objects.filter(user=ada, consent_type="marketing").count() == 3
    assert ActivityLog.objects.filter(user=ada, action="consent_changed").count() == 2


@pytest.mark.parametrize(
    "body", [{"consent_type": "terms", "given": False}, {"consent_type": "marketing", "given": "no"}]
)
def test_other_consents_are_not_changed_here(ada: User, body: dict[str, Any]) -> None:
    assert send(logged_in(ada), "PUT", "/api/me/consents", body).status_code == 422
    assert UserConsent.objects.filter(user=ada).count() == 3


def test_the_declared_age_is_on_record(ada: User) -> None:
    assert list(ComplianceRecord.objects.filter(user=ada).values_list("check_type", "result")) == [
        ("declared_age", "passed")
    ]


def test_me_is_the_caller_or_nobody(ada: User) -> None:
    mine = describe_me(caller_of(ada))

    assert mine.user is not None
    assert (mine.user.id, mine.user.username, mine.role, mine.email) == (ada.id, "ada", "END_USER", "ada@example.org")
    assert mine.is_email_verified
    assert describe_me(ANONYMOUS).user is None


def test_people_are_reached_by_id_and_by_name(ada: User, mod: User) -> None:
    assert get_person(ada.id) == ada
    assert get_person_by_username("ADA") == ada
    suspend_person(user_id=ada.id, actor_id=mod.id, reason="spam")

    with pytest.raises(NotFound):
        get_person(new_id())
    for name in ("nobody", "ada", "a\x00"):
        with pytest.raises(NotFound):
            get_person_by_username(name)


def test_a_consent_is_judged_where_it_is_written(ada: User) -> None:
    """Under the lock of the person's row: a yes that was under way while they excluded themselves is refused."""
    exclude_self(user_id=ada.id, length="6_months")
    before = list(UserConsent.objects.order_by("id").values_list("id", "given"))

    with pytest.raises(SelfExcluded):
        change_consent(user_id=ada.id, consent_type=UserConsent.Type.MARKETING, given=True)

    assert list(UserConsent.objects.order_by("id").values_list("id", "given")) == before
