"""What a desk's proposal moves in pools: shown with it, exactly what then happens, counted for the second person."""

from typing import Any

import pytest

from accounts.models import User
from betting.actions.pools.sweep_pools import settle_pools_of_event
from betting.actions.settle_event import settle_event
from betting.models import BettingPool, CancelWindow, DeskAction, Market, PoolEntry
from payments.models import Transfer
from payments.queries.audit import list_ledger_faults
from tests.betting.desk import available, bet, fund, make_priced_event, selection_of
from tests.betting.pools import held_by, make_pool, stake
from tests.betting.test_desk_actions import apply, call, propose, results
from tests.betting.test_pools import three_in_a_pool
from tests.payments.books import issuance, move, wallet_of

pytestmark = pytest.mark.django_db

NOTHING: list[Any] = []


@pytest.fixture
def pool(ada: User, ben: User, cleo: User) -> BettingPool:
    """Ada has 10.00 and ben 20.00 on home, cleo 60.00 on away; ten percent are taken out."""
    return three_in_a_pool(ada, ben, cleo)[1]


def settle(pool: BettingPool) -> dict[str, Any]:
    """Slips, then pools, as the money worker does; answers what moved between the pool and people."""
    last = Transfer.objects.order_by("-id")[0].id
    settle_event(event_id=pool.event_id)
    settle_pools_of_event(event_id=pool.event_id)
    assert list_ledger_faults() == []
    sums = {"pool_payout": 0, "pool_refund": 0, "pool_correction": 0}
    rows = Transfer.objects.filter(id__gt=last, kind__in=sums)
    for row in rows:
        sums[row.kind] += row.amount_minor
    paid, taken = sums["pool_payout"] + sums["pool_refund"], sums["pool_correction"]
    return {"currency": "PLY", "tickets": len(rows), "paid": _text(paid), "taken_back": _text(taken)}


def _text(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"


def shown(action: dict[str, Any]) -> Any:
    return action["preview"]["pools"]


def moves(tickets: int, paid: str, taken_back: str) -> list[dict[str, Any]]:
    return [{"currency": "PLY", "tickets": tickets, "paid": paid, "taken_back": taken_back}]


def test_results_and_their_correction_and_what_takes_them_back(pool: BettingPool, trader: User, cleo: User) -> None:
    market = pool.market
    action = propose(trader, market, "settle_market", **results(market, "home"))
    assert shown(action) == moves(2, "81.00", "0.00")
    assert (action["preview"]["slips"], action["preview"]["money"]) == (0, NOTHING)
    assert (held_by(pool), PoolEntry.objects.filter(status="open").count()) == (9_000, 3)
    apply(trader, action)
    assert [settle(pool)] == shown(action)

    action = propose(trader, market, "settle_market", **results(market, "away"))
    assert shown(action) == moves(3, "81.00", "81.00")
    apply(trader, action)
    assert [settle(pool)] == shown(action)
    assert available(cleo) == 94_000 + 8_100

    action = propose(trader, market, "roll_back")
    assert shown(action) == moves(1, "0.00", "81.00")
    apply(trader, action)
    assert [settle(pool)] == shown(action)
    assert (available(cleo), held_by(pool)) == (94_000, 9_000)


def test_a_void_and_its_undoing_beside_a_slip(pool: BettingPool, trader: User, ada: User) -> None:
    market = pool.market
    bet(ada, selection_of(pool.event, "1x2", "draw"), "5.00")
    action = propose(trader, market, "void_market")
    assert shown(action) == moves(3, "90.00", "0.00")
    assert action["preview"]["money"] == [{"currency": "PLY", "paid": "5.00", "taken_back": "0.00"}]
    assert action["needs_approval"] is False
    apply(trader, action)
    assert [settle(pool)] == shown(action)
    assert (available(ada), held_by(pool)) == (100_000, 0)

    move(wallet_of(ada.id), issuance(), 99_600, "spent")
    undone = propose(trader, market, "undo_void", window_id=str(CancelWindow.objects.get().id))
    assert shown(undone) == moves(3, "0.00", "90.00")
    # Four are left, five are taken back for the slip and ten for the ticket.
    overdrawn = [{"user_id": str(ada.id), "currency": "PLY", "balance": "-11.00"}]
    assert (undone["preview"]["overdrawn"], undone["needs_approval"]) == (overdrawn, True)


def test_a_window_shows_the_tickets_that_it_holds(pool: BettingPool, trader: User, ben: User) -> None:
    bought = PoolEntry.objects.get(user=ben).placed_at
    last = PoolEntry.objects.order_by("-placed_at")[0].placed_at
    span = {"starts_at": bought.isoformat(), "ends_at": last.isoformat()}

    action = propose(trader, pool.market, "void_market", **span)

    assert shown(action) == moves(1, "20.00", "0.00")
    apply(trader, action)
    assert [settle(pool)] == shown(action)
    assert (available(ben), held_by(pool)) == (100_000, 7_000)


def test_other_markets_and_deductions_move_no_ticket(pool: BettingPool, trader: User) -> None:
    other = selection_of(pool.event, "both_to_score", "yes").market

    assert shown(propose(trader, other, "void_market")) == NOTHING
    action = propose(trader, pool.market, "deduction", percent=25, placed_before="2199-01-01T00:00:00Z")
    assert shown(action) == NOTHING
    apply(trader, action)
    assert settle(pool)["tickets"] == 0


def test_much_money_in_pools_waits_for_a_second_person(trader: User, ada: User, ben: User, cleo: User) -> None:
    event = make_priced_event()
    pool = make_pool(None, event)
    for person, amount in ((ada, "400.00"), (ben, "400.00"), (cleo, "200.00")):
        fund(person)
        stake(person, pool, selection_of(event, "1x2", "home"), amount)
    assert propose(trader, pool.market, "void_market")["needs_approval"] is False
    stake(ada, pool, selection_of(event, "1x2", "away"), "1.00")

    action = propose(trader, pool.market, "void_market")

    assert (shown(action), action["needs_approval"]) == (moves(4, "1001.00", "0.00"), True)
    assert apply(trader, action).status_code == 409
    assert (held_by(pool), CancelWindow.objects.count()) == (100_100, 0)


def test_a_ticket_bought_after_the_preview_is_a_conflict(pool: BettingPool, trader: User, ben: User) -> None:
    action = propose(trader, pool.market, "void_market")
    stake(ben, pool, selection_of(pool.event, "1x2", "draw"), "1.00")

    response = apply(trader, action)

    assert (response.status_code, response.json()["code"]) == (409, "version_conflict")
    assert (CancelWindow.objects.count(), held_by(pool)) == (0, 9_100)
    assert Market.objects.get(id=pool.market_id).status == "active"


def test_while_a_pool_waits_to_be_divided_nothing_is_proposed(pool: BettingPool, trader: User) -> None:
    market = pool.market
    apply(trader, propose(trader, market, "settle_market", **results(market, "home")))
    settle_event(event_id=pool.event_id)
    body = {"kind": "roll_back", "market_id": str(market.id), "payload": {}, "reason": "Too early"}

    for path in ("/preview", ""):
        assert call(trader, path, body).status_code == 409
    assert (DeskAction.objects.count(), held_by(pool)) == (1, 9_000)
    settle_pools_of_event(event_id=pool.event_id)
    assert call(trader, "", body).status_code == 201
