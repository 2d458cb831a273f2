"""Withdrawals over HTTP and on the private stream: one's own alone, in the words of the contract."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client, override_settings
from touchline_client import apply_change

from accounts.models import User
from accounts.streams import USER
from payments.actions import payouts
from project.kit import clock, streams
from project.kit.topics import sequenced_image
from tests.payments.cash import TERMS, ask_for, by, checked, everything, pay, purse
from tests.people import make_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice_funds_can_be_withdrawn")]

ROLES = {"ben": "END_USER", "mod": "MODERATOR", "finn": "FINANCE", "elle": "ML_ENGINEER", "amy": "ADMIN"}


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def post(client: Client, path: str, body: Any, *, key: str | None = "one") -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    return client.post(path, body, content_type="application/json", headers=headers)


def test_a_request_of_a_full_second_is_repeated_to_the_letter(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client = logged_in(checked(ada))
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 29, 15, 45, 53, 421, tzinfo=UTC))

    asked, again = (post(client, "/api/withdrawals", {"currency": "PLY", "amount": "150.00"}) for _ in range(2))

    assert asked.json()["requested_at"] == "2026-11-29T15:45:53.000Z"
    assert again.content == asked.content


def test_asked_for_listed_cancelled(ada: User) -> None:
    client = logged_in(checked(ada))

    asked = post(client, "/api/withdrawals", {"currency": "PLY", "amount": "150.00"})
    again = post(client, "/api/withdrawals", {"currency": "PLY", "amount": "150.00"})

    assert (asked.status_code, again.status_code, asked.json()) == (201, 201, again.json())
    shown = asked.json()
    assert shown == {
        "id": shown["id"],
        "currency": "PLY",
        "amount": "150.00",
        "status": "requested",
        "requested_at": shown["requested_at"],
        "decided_at": None,
        "paid_at": None,
        "failed_at": None,
        "payout_reference": "",
        "explanation": "",
    }
    assert client.get("/api/withdrawals").json() == {"items": [shown], "next_cursor": None}
    cancelled = post(client, f"/api/withdrawals/{shown['id']}/cancel", {}, key=None)
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    assert client.get("/api/withdrawals").json()["items"] == [cancelled.json()]
    assert purse(ada) == (100_000, 0, 0)


def test_the_list_comes_in_pages_newest_first(ada: User) -> None:
    checked(ada)
    asked = [str(ask_for(ada, f"{amount}.00").id) for amount in (5, 6, 7)]
    client = logged_in(ada)

    first = client.get("/api/withdrawals?limit=2").json()
    second = client.get("/api/withdrawals", {"limit": "2", "cursor": first["next_cursor"]}).json()

    assert [item["id"] for item in first["items"] + second["items"]] == asked[::-1]
    assert second["next_cursor"] is None


@pytest.mark.parametrize(
    ("body", "key", "status", "code"),
    [
        ({"currency": "PLY", "amount": "150.00"}, None, 400, "idempotency_key_required"),
        ({"currency": "PLY", "amount": "150.001"}, "one", 422, "validation_error"),
        ({"currency": "PLY", "amount": 150}, "one", 422, "validation_error"),
        ({"currency": "PLY", "amount": "-5"}, "one", 422, "validation_error"),
        ({"currency": "PLY", "amount": "1e3"}, "one", 422, "validation_error"),
        ({"currency": "ply", "amount": "5"}, "one", 422, "validation_error"),
        ({"currency": "PLY", "amount": "5", "to": "me"}, "one", 422, "validation_error"),
        ({"currency": "PLY"}, "one", 422, "validation_error"),
        ({"currency": "CRD", "amount": "5"}, "one", 422, "withdrawal_not_offered"),
        ({"currency": "PLY", "amount": "4.99"}, "one", 422, "withdrawal_below_min"),
        ({"currency": "PLY", "amount": "1000.01"}, "one", 409, "insufficient_funds"),
    ],
)
def test_what_is_refused_moves_nothing(ada: User, body: Any, key: str | None, status: int, code: str) -> None:
    client = logged_in(checked(ada))
    before = everything()

    answer = post(client, "/api/withdrawals", body, key=key)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert everything() == before


def test_without_checks_it_says_which(ada: User) -> None:
    client = logged_in(ada)
    client.get("/api/wallet")

    answer = post(client, "/api/withdrawals", {"currency": "PLY", "amount": "150.00"})

    assert (answer.status_code, answer.json()["code"], answer.json()["checks"]) == (
        403,
        "compliance_required",
        ["identity", "age"],
    )


def test_asking_and_cancelling_has_a_pace(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("payments.api.WITHDRAWALS_PER_HOUR", 1)
    client = logged_in(checked(ada))
    post(client, "/api/withdrawals", {"currency": "PLY", "amount": "150.00"})
    before = everything()

    answer = post(client, "/api/withdrawals", {"currency": "PLY", "amount": "5.00"}, key="two")

    assert (answer.status_code, answer.json()["code"], everything()) == (429, "rate_limited", before)


def test_a_visitor_may_nothing() -> None:
    client = Client()

    answers = [
        client.get("/api/withdrawals"),
        post(client, "/api/withdrawals", {"currency": "PLY", "amount": "150.00"}),
        post(client, f"/api/withdrawals/{uuid4()}/cancel", {}),
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(401, "not_authenticated")] * 3


def test_anothers_withdrawal_is_not_there(ada: User) -> None:
    withdrawal = ask_for(checked(ada), "150.00")
    clients = [logged_in(make_person(name, role)) for name, role in ROLES.items()]
    before = everything()

    for client in clients:
        assert client.get("/api/withdrawals").json() == {"items": [], "next_cursor": None}
        for cancelled in (withdrawal.id, uuid4(), "garbage"):
            answer = post(client, f"/api/withdrawals/{cancelled}/cancel", {})
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert everything() == before


def test_the_wallet_says_what_can_be_withdrawn(ada: User) -> None:
    client = logged_in(ada)

    assert client.get("/api/wallet").json()["withdrawals"] == [{"currency": "PLY", "min_amount": "5.00"}]
    with override_settings(WITHDRAWAL_TERMS={}):
        assert client.get("/api/wallet").json()["withdrawals"] == []


def test_the_statement_tells_it_in_words(ada: User, ben: User) -> None:
    amy = make_person("amy", "ADMIN")
    withdrawal = pay(ask_for(checked(ada), "150.00"), amy, amy)
    payouts.fail_payout(withdrawal_id=withdrawal.id, decision=by(amy, "Account closed"))

    items = logged_in(ada).get("/api/wallet/transactions?currency=PLY").json()["items"]

    assert [(item["transaction_type"], item["description"], item["amount"]) for item in items] == [
        ("withdrawal_reversal", "Withdrawal came back", "150.00"),
        ("withdrawal", "Set aside to be paid out", "-150.00"),
        ("grant", "Practice funds to start with", "1000.00"),
    ]


def test_the_owner_reads_why_and_nothing_else_of_the_staffs_words(ada: User) -> None:
    amy = make_person("amy", "ADMIN")
    checked(ada)
    first, second, third = (ask_for(ada, "50.00") for _ in range(3))
    payouts.reject_withdrawal(withdrawal_id=first.id, decision=by(amy, "Name differs"))
    pay(second, amy, amy)
    pay(third, amy, amy)
    payouts.fail_payout(withdrawal_id=third.id, decision=by(amy, "Account closed"))

    items = logged_in(ada).get("/api/withdrawals").json()["items"]

    assert [(item["status"], item["explanation"], item["payout_reference"]) for item in items] == [
        ("failed", "Account closed", "TL-1"),
        ("paid", "", "TL-1"),
        ("rejected", "Name differs", ""),
    ]


def test_image_and_changes_tell_the_same(ada: User) -> None:
    amy = make_person("amy", "ADMIN")
    checked(ada)
    ask_for(ada, "20.00")
    topic, arguments = USER.name_for(user_id=ada.id), {"user_id": str(ada.id)}
    image, before = sequenced_image(USER, arguments), streams.head(topic)

    withdrawal = pay(ask_for(ada, "150.00"), amy, amy)
    middle = sequenced_image(USER, arguments)
    payouts.fail_payout(withdrawal_id=withdrawal.id, decision=by(amy, "Account closed"))
    changes = [stored.change for stored in streams.read_since(topic, before.epoch, before.seq) or []]
    for change in changes:
        image = apply_change(image, change)

    assert image == sequenced_image(USER, arguments)
    assert [one["amount"] for one in middle["open_withdrawals"]] == ["20.00"]
    steps = [change["withdrawal"]["status"] for change in changes if change["type"] == "withdrawal.changed"]
    assert steps == ["requested", "approved", "processing", "paid", "failed"]
    moved = [(one["transaction_type"], one["wallet"]["held"]) for one in changes if one["type"] == "wallet.changed"]
    assert moved == [("withdrawal", "170.00"), ("withdrawal", "20.00"), ("withdrawal_reversal", "20.00")]


def test_terms_are_those_of_the_tests() -> None:
    assert [(one.minimum_minor, one.alone_minor_max) for one in TERMS.values()] == [(500, 20_000)]
