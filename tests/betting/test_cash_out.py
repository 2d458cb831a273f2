"""Cashing out over HTTP: what is paid, what is refused, and that a refusal moves nothing."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from accounts.models import User
from betting.actions.cash_out import trim_cash_out_quotes
from betting.actions.market_status import suspend_market
from betting.actions.settle_event import settle_event
from betting.models import BetSlip, CashOut, CashOutQuote, Selection
from betting.queries.exposure import get_exposure
from betting.schemas.slips import SlipReply
from payments.models import LedgerAccount
from project.kit.models import OutboxChange
from project.kit.money import format_milli
from sports.actions import record_incident
from tests.betting.desk import (
    available,
    bet,
    fund,
    goal,
    make_live_priced_event,
    new_key,
    open_stakes,
    revenue,
    selection_of,
)
from tests.people import make_person
from tests.sports.matches import end_match

pytestmark = pytest.mark.django_db


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def post(client: Client, path: str, body: dict[str, Any], *, key: str = "") -> Any:
    headers = {"Idempotency-Key": key or new_key()}
    return client.post(f"/api/slips/{path}", body, content_type="application/json", headers=headers)


def quote(client: Client, slip: SlipReply, **body: Any) -> dict[str, Any]:
    response = post(client, f"{slip.id}/cash-out/quote", body)
    assert response.status_code == 200, response.content
    answer: dict[str, Any] = response.json()
    return answer


def take(client: Client, slip: SlipReply, quoted: dict[str, Any], *, key: str = "") -> Any:
    return post(client, f"{slip.id}/cash-out", {"quote_id": quoted["id"]}, key=key)


def statement_of(client: Client) -> str:
    """The newest line."""
    line: dict[str, str] = client.get("/api/wallet/transactions?currency=PLY&limit=1").json()["items"][0]
    assert line["transaction_type"] == "cash_out"
    return line["description"]


def now_of(selection: Selection) -> int:
    odds_milli = Selection.objects.get(id=selection.id).odds_milli
    assert odds_milli is not None
    return odds_milli


@pytest.fixture
def home(ada: User) -> Selection:
    fund(ada)
    return selection_of(make_live_priced_event(), "1x2", "home")


def books() -> tuple[int, int, int]:
    return (open_stakes(), revenue(), CashOut.objects.count())


def test_a_full_cash_out_pays_the_offer_and_ends_the_slip(ada: User, home: Selection) -> None:
    slip = bet(ada, home, "10.00")
    struck = now_of(home)
    event = home.market.event
    goal(event, "home", 30)
    before = available(ada)
    client = client_of(ada)

    offered = quote(client, slip)
    response = take(client, slip, offered)

    offer = 1_000 * struck * 95 // (now_of(home) * 100)
    assert offered["offer"] == f"{offer // 100}.{offer % 100:02d}"
    assert offered["margin"] == "0.050"
    assert response.status_code == 201
    answer = response.json()
    assert answer["cash_out"]["paid"] == offered["offer"]
    assert answer["cash_out"]["kind"] == "full"
    assert answer["slip"]["status"] == "cashed_out"
    assert answer["slip"]["remaining_stake"] == "0.00"
    assert answer["slip"]["cashed_out"] == offered["offer"]
    assert available(ada) == before + offer
    assert open_stakes() == 0
    assert revenue() == 1_000 - offer
    account = LedgerAccount.objects.get(owner=ada, kind="wallet", currency="PLY")
    assert (account.won_minor, account.lost_minor) == (offer - 1_000, 0)
    assert statement_of(client) == f"Cashed out: {home.name}, Full-time result, {event.name}"
    assert get_exposure(market_id=home.market_id, selection_id=home.id, currency="PLY").payouts_minor == 0

    end_match(event)
    settle_event(event_id=event.pk)
    assert available(ada) == before + offer
    assert BetSlip.objects.get(id=slip.id).status == "cashed_out"


def test_parts_are_paid_from_what_remains_and_the_rest_is_settled(ada: User, home: Selection) -> None:
    slip = bet(ada, home, "10.00")
    struck = now_of(home)
    client = client_of(ada)
    goal(home.market.event, "home", 30)

    first = take(client, slip, quote(client, slip, stake="3.33")).json()
    second = take(client, slip, quote(client, slip, stake="1.67")).json()

    current = now_of(home)
    paid = [stake * struck * 95 // (current * 100) for stake in (333, 167)]
    assert [first["cash_out"]["kind"], second["cash_out"]["kind"]] == ["partial", "partial"]
    assert second["slip"]["remaining_stake"] == "5.00"
    row = BetSlip.objects.get(id=slip.id)
    assert (row.status, row.remaining_stake_minor, row.cashed_out_minor) == ("accepted", 500, sum(paid))
    assert open_stakes() == 500
    exposure = get_exposure(market_id=home.market_id, selection_id=home.id, currency="PLY")
    assert (exposure.stakes_minor, exposure.payouts_minor) == (500, 500 * struck // 1_000)
    value = client.get(f"/api/slips/{slip.id}/cash-out").json()
    assert [part["stake"] for part in value["taken"]] == ["3.33", "1.67"]
    assert value["remaining_stake"] == "5.00"


def test_the_same_key_answers_the_same_and_another_key_finds_the_quote_taken(ada: User, home: Selection) -> None:
    slip = bet(ada, home, "10.00")
    client = client_of(ada)
    part = quote(client, slip, stake="4.00")
    key = new_key()
    first = take(client, slip, part, key=key)
    after = (available(ada), books())

    again = take(client, slip, part, key=key)
    other_key = take(client, slip, part)
    other_body = take(client, slip, quote(client, slip, stake="1.00"), key=key)

    assert (again.status_code, again.json()) == (201, first.json())
    assert (other_key.status_code, other_key.json()["code"]) == (409, "quote_expired")
    assert (other_body.status_code, other_body.json()["code"]) == (422, "idempotency_key_reused")
    assert (available(ada), books()) == after


def test_a_moved_price_refuses_with_the_new_offer(ada: User, home: Selection) -> None:
    slip = bet(ada, home, "10.00")
    struck = now_of(home)
    client = client_of(ada)
    offered = quote(client, slip)
    goal(home.market.event, "home", 30)
    before = (available(ada), books())

    response = take(client, slip, offered)

    offer = 1_000 * struck * 95 // (now_of(home) * 100)
    assert (response.status_code, response.json()["code"]) == (409, "offer_changed")
    assert response.json()["offer"] == f"{offer // 100}.{offer % 100:02d}"
    assert (available(ada), books()) == before


def test_an_old_quote_is_refused(ada: User, home: Selection) -> None:
    slip = bet(ada, home, "10.00")
    client = client_of(ada)
    offered = quote(client, slip)
    row = CashOutQuote.objects.get(id=offered["id"])
    assert (row.expires_at - row.created_at).total_seconds() == 5.0
    CashOutQuote.objects.update(expires_at=row.created_at)

    response = take(client, slip, offered)

    assert (response.status_code, response.json()["code"]) == (409, "quote_expired")
    assert books() == (1_000, 0, 0)


def refusal(response: Any) -> tuple[int, str, str]:
    answer = response.json()
    return (response.status_code, answer["code"], answer["reason"])


def test_a_stop_between_quote_and_press_refuses(ada: User, home: Selection, mod: User) -> None:
    slip = bet(ada, home, "10.00")
    client = client_of(ada)
    offered = quote(client, slip)
    record_incident(event_id=home.market.event_id, incident_type="goal", side="away", minute=20)
    assert refusal(take(client, slip, offered)) == (409, "cash_out_unavailable", "stopped")

    goal(home.market.event, "home", 30)
    suspend_market(actor_id=mod.id, market_id=home.market_id, reason="Strange bets")
    assert refusal(take(client, slip, offered)) == (409, "cash_out_unavailable", "suspended")
    value = client.get(f"/api/slips/{slip.id}/cash-out").json()
    assert (value["offer"], value["reason"]) == (None, "suspended")
    assert books() == (1_000, 0, 0)


def test_after_settlement_there_is_nothing_to_cash_out(ada: User, home: Selection) -> None:
    slip = bet(ada, home, "10.00")
    client = client_of(ada)
    offered = quote(client, slip)
    end_match(home.market.event)
    settle_event(event_id=home.market.event_id)
    before = (available(ada), books())

    assert refusal(take(client, slip, offered)) == (409, "cash_out_unavailable", "settled")
    assert refusal(post(client, f"{slip.id}/cash-out/quote", {})) == (409, "cash_out_unavailable", "settled")
    assert (available(ada), books()) == before


def test_parts_that_are_none(ada: User, home: Selection) -> None:
    slip = bet(ada, home, "10.00")
    client = client_of(ada)

    for stake in ("0", "10.01", "1.234", "-1", 5):
        response = post(client, f"{slip.id}/cash-out/quote", {"stake": stake})
        assert (response.status_code, response.json()["code"]) == (422, "validation_error"), stake
    long_shot = "0.01"
    offer = 1 * now_of(home) * 95 // (now_of(home) * 100)
    assert offer == 0
    response = post(client, f"{slip.id}/cash-out/quote", {"stake": long_shot})
    assert refusal(response) == (409, "cash_out_unavailable", "too_small")
    assert CashOutQuote.objects.count() == 0


def test_nobody_else_sees_or_takes_it(ada: User, home: Selection, ben: User, mod: User) -> None:
    slip = bet(ada, home, "10.00")
    offered = quote(client_of(ada), slip)
    boss = make_person("boss", "ADMIN")
    for other in (ben, mod, boss):
        fund(other)
        client = client_of(other)
        assert client.get(f"/api/slips/{slip.id}/cash-out").status_code == 404
        assert post(client, f"{slip.id}/cash-out/quote", {}).status_code == 404
        assert take(client, slip, offered).status_code == 404
        body = {"target": "12.00"}
        path = f"/api/slips/{slip.id}/cash-out/target"
        assert client.put(path, body, content_type="application/json").status_code == 404
    assert take(Client(), slip, offered).status_code == 401
    assert books() == (1_000, 0, 0)


def test_a_quote_of_another_slip_is_not_found(ada: User, home: Selection) -> None:
    slip, other = bet(ada, home, "10.00"), bet(ada, home, "5.00")
    client = client_of(ada)

    assert take(client, other, quote(client, slip)).status_code == 404
    assert books() == (1_500, 0, 0)


def test_every_device_hears_of_it(ada: User, home: Selection) -> None:
    slip = bet(ada, home, "10.00")
    client = client_of(ada)
    taken = take(client, slip, quote(client, slip)).json()

    stored = list(OutboxChange.objects.filter(stream=f"user:{ada.id}").order_by("-seq")[:2])
    assert [row.payload["type"] for row in stored] == ["wallet.changed", "slip.cashed_out"]
    assert stored[1].payload["slip"] == taken["slip"]
    assert stored[0].payload["transaction_type"] == "cash_out"


def test_a_partial_cash_out_before_a_settlement_pays_the_rest_at_the_struck_odds(ada: User, home: Selection) -> None:
    slip = bet(ada, home, "10.00")
    struck = now_of(home)
    client = client_of(ada)
    take(client, slip, quote(client, slip, stake="6.00"))
    event = home.market.event
    goal(event, "home", 60)
    before = available(ada)

    end_match(event)
    settle_event(event_id=event.pk)

    assert available(ada) == before + 400 * struck // 1_000
    assert open_stakes() == 0
    row = BetSlip.objects.get(id=slip.id)
    assert (row.status, row.payout_minor) == ("won", 400 * struck // 1_000)


def test_old_quotes_are_forgotten_and_taken_ones_stay(ada: User, home: Selection) -> None:
    slip = bet(ada, home, "10.00")
    client = client_of(ada)
    take(client, slip, quote(client, slip, stake="1.00"))
    stale, fresh = quote(client, slip), quote(client, slip)
    long_ago = CashOutQuote.objects.get(id=stale["id"]).expires_at - timedelta(hours=2)
    CashOutQuote.objects.exclude(id=fresh["id"]).update(expires_at=long_ago)

    assert trim_cash_out_quotes() == 1
    assert not CashOutQuote.objects.filter(id=UUID(stale["id"])).exists()
    assert CashOutQuote.objects.count() == 2


def test_an_accumulator_leaves_no_exposure_behind(ada: User, home: Selection) -> None:
    other = selection_of(make_live_priced_event(), "1x2", "draw")
    legs = [
        {"selection_id": str(one.id), "odds": format_milli(now_of(one)), "is_banker": False} for one in (home, other)
    ]
    slip = bet(ada, home, "10.00", legs=legs, bet_type="accumulator")
    client = client_of(ada)

    first, second = take(client, slip, quote(client, slip, stake="3.33")), take(client, slip, quote(client, slip))

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["cash_out"]["paid"] == "3.16"  # 3.33 x 0.95: no price has moved
    assert second.json()["slip"]["status"] == "cashed_out"
    assert statement_of(client) == "Cashed out: Accumulator of 2 legs"
    for one in (home, other):
        exposure = get_exposure(market_id=one.market_id, selection_id=one.id, currency="PLY")
        assert (exposure.stakes_minor, exposure.payouts_minor) == (0, 0)
    assert open_stakes() == 0
