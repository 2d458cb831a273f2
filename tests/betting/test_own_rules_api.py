"""Safer play over HTTP: what one reads and sets of one's own rules, and what is no request at all."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Exclusion, GamblingLimit, User
from project.kit import clock
from project.kit.models import IdempotentReply
from tests.betting.desk import bet, fund, make_priced_event, new_key, selection_of
from tests.betting.test_pool_api import logged_in

pytestmark = pytest.mark.django_db

LIMIT = {"currency": "PLY", "kind": "stake", "period": "day"}


def send(client: Client, method: str, path: str, body: object, status: int, key: str | None = None) -> Any:
    headers = {"Idempotency-Key": new_key() if key is None else key} if method == "POST" and key != "" else {}
    response = client.generic(method, path, json.dumps(body), content_type="application/json", headers=headers)
    assert response.status_code == status, response.content
    return response.json()


def test_limits_are_set_asked_for_and_taken_back(ada: User, ben: User) -> None:
    fund(ada)
    client = logged_in(ada)

    first = send(client, "PUT", "/api/me/limits", {**LIMIT, "amount": "20.00"}, 200)
    assert first["limits"] == [
        {
            "kind": "stake",
            "period": "day",
            "amount": "20.00",
            "counted": "0.00",
            "remaining": "20.00",
            "resets_at": None,
            "raise_asked": None,
        }
    ]
    assert first["exclusion"] is None
    assert first["net_position"]["net"] == "0.00"
    more = send(client, "PUT", "/api/me/limits", {**LIMIT, "amount": None}, 200)["limits"][0]
    assert (more["amount"], more["raise_asked"]["amount"]) == ("20.00", None)
    early = send(client, "POST", "/api/me/limits/confirm", LIMIT, 409)
    assert (early["code"], early["confirmable_at"]) == ("raise_not_due", more["raise_asked"]["confirmable_at"])
    assert send(client, "PUT", "/api/me/limits", {**LIMIT, "amount": "20"}, 200)["limits"][0]["raise_asked"] is None
    assert client.get("/api/me/safer-play").json()["limits"] == first["limits"]
    assert logged_in(ben).get("/api/me/safer-play").json()["limits"] == []


def test_a_slip_is_refused_with_what_remains(ada: User) -> None:
    fund(ada)
    client = logged_in(ada)
    home = selection_of(make_priced_event(), "1x2", "home")
    slip = {
        "stake": "10.00",
        "currency": "PLY",
        "price_policy": "any",
        "legs": [{"selection_id": str(home.id), "odds": "2"}],
    }
    send(client, "PUT", "/api/me/limits", {**LIMIT, "amount": "12.50"}, 200)
    send(client, "POST", "/api/slips", slip, 201)

    problem = send(client, "POST", "/api/slips", slip, 422)

    fields = ("code", "kind", "period", "limit", "remaining")
    assert [problem[field] for field in fields] == ["limit_exceeded", "stake", "day", "12.50", "2.50"]
    assert problem["resets_at"].endswith("Z")
    ends_at = send(client, "POST", "/api/me/time-outs", {"length": "24_hours"}, 201)["ends_at"]
    problem = send(client, "POST", "/api/slips", {**slip, "stake": "1.00"}, 403)
    assert (problem["code"], problem["ends_at"]) == ("timed_out", ends_at)


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("PUT", "/api/me/limits", {**LIMIT, "amount": "-1"}, 422, "validation_error"),
        ("PUT", "/api/me/limits", {**LIMIT, "amount": 5}, 422, "validation_error"),
        ("PUT", "/api/me/limits", {**LIMIT, "amount": "5.001"}, 422, "validation_error"),
        ("PUT", "/api/me/limits", LIMIT, 422, "validation_error"),
        ("PUT", "/api/me/limits", {**LIMIT, "kind": "deposit", "amount": "5"}, 422, "validation_error"),
        ("PUT", "/api/me/limits", {**LIMIT, "currency": "CRD", "amount": "5"}, 422, "validation_error"),
        ("PUT", "/api/me/limits", {**LIMIT, "period": "year", "amount": "5"}, 422, "validation_error"),
        ("POST", "/api/me/limits/confirm", LIMIT, 404, "not_found"),
        ("POST", "/api/me/time-outs", {"length": "1_hour"}, 422, "validation_error"),
        ("POST", "/api/me/self-exclusions", {"length": "3_months"}, 422, "validation_error"),
        ("POST", "/api/me/self-exclusions", {"length": "6_months", "user_id": "x"}, 422, "validation_error"),
    ],
)
def test_what_is_no_rule_changes_nothing(
    ada: User, method: str, path: str, body: object, status: int, code: str
) -> None:
    assert send(logged_in(ada), method, path, body, status)["code"] == code
    assert (GamblingLimit.objects.count(), Exclusion.objects.count(), IdempotentReply.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize("path", ["/api/me/limits/confirm", "/api/me/time-outs", "/api/me/self-exclusions"])
def test_what_is_begun_needs_a_key_and_a_person(ada: User, client: Client, path: str) -> None:
    body = LIMIT if path.endswith("confirm") else {"length": "24_hours" if "time" in path else "6_months"}

    assert send(logged_in(ada), "POST", path, body, 400, key="")["code"] == "idempotency_key_required"
    assert send(client, "POST", path, body, 401)["code"] == "not_authenticated"
    assert Exclusion.objects.count() == 0


def test_who_excluded_themselves_cannot_ask_for_marketing(ada: User) -> None:
    client = logged_in(ada)
    answer = {"consent_type": "marketing", "given": True}
    send(client, "POST", "/api/me/time-outs", {"length": "24_hours"}, 201)
    send(client, "PUT", "/api/me/consents", answer, 200)
    send(client, "POST", "/api/me/self-exclusions", {"length": "6_months"}, 201)

    assert send(client, "PUT", "/api/me/consents", answer, 403)["code"] == "self_excluded"
    told = {consent["consent_type"]: consent["given"] for consent in client.get("/api/me/consents").json()["consents"]}
    assert told["marketing"] is False
    send(client, "PUT", "/api/me/consents", {**answer, "given": False}, 200)


def test_the_net_position_is_that_of_the_time_asked_for(ada: User) -> None:
    fund(ada)
    client = logged_in(ada)
    home = selection_of(make_priced_event(), "1x2", "home")
    bet(ada, home)

    def read(since: datetime) -> dict[str, str]:
        response = client.get("/api/me/net-position", {"since": since.isoformat()})
        assert response.status_code == 200
        return {name: value for name, value in response.json().items() if name != "since"}

    nothing = {"staked": "0.00", "returned": "0.00", "running": "0.00", "net": "0.00"}
    assert read(clock.now() - timedelta(minutes=5)) == {**nothing, "staked": "10.00", "running": "10.00"}
    assert read(datetime.min.replace(tzinfo=UTC)) == {**nothing, "staked": "10.00", "running": "10.00"}
    assert read(clock.now()) == read(datetime.max.replace(tzinfo=UTC)) == nothing


@pytest.mark.parametrize("since", ["", "yesterday", "2026-05-02T10:00:00", "NaN"])
def test_a_time_that_is_none_is_refused(ada: User, client: Client, since: str) -> None:
    assert logged_in(ada).get("/api/me/net-position", {"since": since}).status_code == 422
    assert client.get("/api/me/net-position", {"since": "2026-05-02T10:00:00Z"}).status_code == 401


@pytest.mark.parametrize("currency", ["XXX", "ply", "PLY\n"])
def test_a_currency_that_is_none_is_refused(ada: User, client: Client, currency: str) -> None:
    assert logged_in(ada).get("/api/me/safer-play", {"currency": currency}).status_code == 422
    assert client.get("/api/me/safer-play").status_code == 401
