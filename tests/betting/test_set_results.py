"""Results by hand: what changes a slip, what is stale, and what comes back when it is undone."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from accounts.models import User
from betting.actions.market_status import resume_market
from betting.actions.set_results import (
    Order,
    add_deduction,
    roll_back_results,
    set_cancel_window,
    set_results,
    undo_cancel_window,
    undo_deduction,
)
from betting.actions.settle_event import settle_event
from betting.core.grading import LOST, WON, Grade
from betting.errors import MarketSuspended
from betting.models import BetHistory, BetSlip, CancelWindow, FreeBet, Market, Selection
from betting.queries.slips import get_slip_reply
from payments.queries.audit import list_ledger_faults
from project.kit import clock
from project.kit.errors import ValidationFailed, VersionConflict
from tests.betting.desk import available, bet, fund, make_live_priced_event, open_stakes, selection_of
from tests.betting.slips import Pick, write_slip

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("queue")]


def at(minute: int) -> Order:
    return Order("Official result", clock.now() + timedelta(minutes=minute))


def one_slip(user: User) -> tuple[Selection, BetSlip]:
    """A single of 10.00 at 2.000 on home."""
    fund(user)
    home = selection_of(make_live_priced_event(), "1x2", "home")
    return home, write_slip(user, [Pick(home, 2_000)])


def settle(home: Selection, slip: BetSlip) -> tuple[str, int | None]:
    settle_event(event_id=home.market.event_id)
    slip.refresh_from_db()
    assert list_ledger_faults() == []
    return slip.status, slip.payout_minor


def test_results_hold_by_their_producer_s_time_and_can_be_taken_back(ada: User) -> None:
    home, slip = one_slip(ada)

    assert set_results(market_id=home.market_id, grades={home.id: WON}, order=at(2)) == 1
    assert settle(home, slip) == ("won", 2_000)
    assert set_results(market_id=home.market_id, grades={home.id: LOST}, order=at(1)) == 0
    assert set_results(market_id=home.market_id, grades={home.id: WON}, order=at(3)) == 0
    assert settle(home, slip) == ("won", 2_000)

    assert roll_back_results(market_id=home.market_id, order=at(4)) == 1
    assert settle(home, slip) == ("accepted", None)
    assert (available(ada), open_stakes()) == (100_000 - 1_000, 1_000)
    assert set_results(market_id=home.market_id, grades={home.id: LOST}, order=at(5)) == 1
    assert settle(home, slip) == ("lost", 0)
    outcomes = BetHistory.objects.filter(bet_slip=slip).order_by("settlement_no").values_list("outcome", flat=True)
    assert list(outcomes) == ["won", "accepted", "lost"]
    assert (available(ada), open_stakes()) == (100_000 - 1_000, 0)


def test_a_cancel_window_voids_and_its_undoing_restores_whatever_comes_first(ada: User) -> None:
    home, slip = one_slip(ada)
    set_results(market_id=home.market_id, grades={home.id: WON}, order=at(1))
    assert settle(home, slip) == ("won", 2_000)
    window: dict[str, Any] = {"market_id": home.market_id, "starts_at": slip.placed_at, "ends_at": None}

    set_cancel_window(**window, order=at(2))
    assert settle(home, slip) == ("void", 1_000)
    undo_cancel_window(**window, order=at(4))
    assert settle(home, slip) == ("won", 2_000)
    set_cancel_window(**window, order=at(3))
    assert settle(home, slip) == ("won", 2_000)
    assert BetHistory.objects.filter(bet_slip=slip).count() == 3


@pytest.mark.parametrize("last_is_void", [True, False])
def test_of_two_messages_about_a_window_made_at_one_time_the_later_to_arrive_holds(
    ada: User, last_is_void: bool
) -> None:
    """As of two results, and unless something newer is known."""
    home, slip = one_slip(ada)
    window: dict[str, Any] = {"market_id": home.market_id, "starts_at": None, "ends_at": None}
    moves = [undo_cancel_window, set_cancel_window] if last_is_void else [set_cancel_window, undo_cancel_window]
    same = at(2)

    for move in moves:
        move(**window, order=same)
    assert settle(home, slip) == (("void", 1_000) if last_is_void else ("accepted", None))
    assert CancelWindow.objects.get().is_active is last_is_void
    versions = set(Selection.objects.filter(market_id=home.market_id).values_list("result_version", flat=True))
    assert versions == {1 if last_is_void else 2}  # to undo what nobody knew changes no bet

    moves[0](**window, order=at(1))  # older than what holds
    moves[1](**window, order=same)  # the same again
    assert CancelWindow.objects.get().is_active is last_is_void
    assert set(Selection.objects.filter(market_id=home.market_id).values_list("result_version", flat=True)) == versions
    assert settle(home, slip) == (("void", 1_000) if last_is_void else ("accepted", None))


@pytest.mark.parametrize(
    ("hours_to_end", "status", "stops"), [(None, "suspended", 1), (1, "suspended", 1), (-1, "active", 0)]
)
def test_a_window_by_message_suspends_its_market_while_it_is_not_over(
    ada: User, mod: User, hours_to_end: int | None, status: str, stops: int
) -> None:
    home, slip = one_slip(ada)
    now = clock.now()
    ends_at = None if hours_to_end is None else now + timedelta(hours=hours_to_end)
    window: dict[str, Any] = {"market_id": home.market_id, "starts_at": None, "ends_at": ends_at}

    set_cancel_window(**window, order=at(1))
    set_cancel_window(**window, order=at(2))

    market = Market.objects.get(id=home.market_id)
    assert (market.status, market.stop_count, market.version) == (status, stops, home.market.version + stops)
    if status == "active":
        return
    with pytest.raises(MarketSuspended):
        bet(ada, home, "5.00")
    with pytest.raises(VersionConflict):
        resume_market(actor_id=mod.id, market_id=market.id, reason="Go on")
    assert (available(ada), Market.objects.get(id=market.id).status) == (99_000, "suspended")
    undo_cancel_window(**window, order=at(3))
    assert settle(home, slip) == ("accepted", None)
    resume_market(actor_id=mod.id, market_id=market.id, reason="Go on")
    bet(ada, home, "5.00")
    assert available(ada) == 98_500


def test_a_market_does_not_open_before_a_window_that_has_not_begun(ada: User, mod: User) -> None:
    home, _ = one_slip(ada)
    hours = [clock.now() + timedelta(hours=hours) for hours in (1, 2)]
    set_cancel_window(market_id=home.market_id, starts_at=hours[0], ends_at=hours[1], order=at(1))

    with pytest.raises(VersionConflict):
        resume_market(actor_id=mod.id, market_id=home.market_id, reason="Not yet")

    assert Market.objects.get(id=home.market_id).status == "suspended"
    with clock.frozen(hours[1]):
        assert resume_market(actor_id=mod.id, market_id=home.market_id, reason="Over").status == "active"


def test_a_window_that_ends_before_it_starts_is_none(ada: User) -> None:
    home, slip = one_slip(ada)

    for move in (set_cancel_window, undo_cancel_window):
        with pytest.raises(ValidationFailed):
            move(market_id=home.market_id, starts_at=slip.placed_at, ends_at=slip.placed_at, order=at(1))

    assert CancelWindow.objects.count() == 0
    assert Market.objects.get(id=home.market_id).status == "active"


def test_a_window_ends_before_what_is_placed_at_its_end(ada: User) -> None:
    home, slip = one_slip(ada)

    set_cancel_window(market_id=home.market_id, starts_at=None, ends_at=slip.placed_at, order=at(1))

    assert settle(home, slip) == ("accepted", None)


def test_deductions_add_up_and_can_be_undone(ada: User) -> None:
    home, slip = one_slip(ada)
    set_results(market_id=home.market_id, grades={home.id: WON}, order=at(1))
    later = slip.placed_at + timedelta(hours=1)

    def deduct(percent: int) -> UUID:
        return add_deduction(
            market_id=home.market_id, percent=percent, placed_before=later, withdrawn_selection_id=None, order=at(2)
        ).id

    first = deduct(25)
    assert deduct(25) == first
    assert settle(home, slip) == ("won", 1_750)
    deduct(75)
    assert settle(home, slip) == ("won", 1_100)  # 100 % together take 90
    undo_deduction(deduction_id=first, order=at(3))
    assert settle(home, slip) == ("won", 1_250)


def test_a_leg_says_what_is_deducted_from_it_and_that_its_bets_are_void(ada: User) -> None:
    home, slip = one_slip(ada)
    Market.objects.filter(id=home.market_id).update(each_way_places=2, each_way_numerator=1, each_way_denominator=4)
    tied = Grade("won", dead_heat_tied=2, place_result="won")
    set_results(market_id=home.market_id, grades={home.id: tied}, order=at(1))

    def deduct(percent: int, placed_before: datetime) -> None:
        add_deduction(
            market_id=home.market_id,
            percent=percent,
            placed_before=placed_before,
            withdrawn_selection_id=None,
            order=at(2),
        )

    def shown() -> tuple[object, ...]:
        settle(home, slip)
        (leg,) = get_slip_reply(slip).legs
        return leg.status, leg.result, leg.void_halves, leg.dead_heat, leg.deduction_percent, leg.place_result

    deduct(25, slip.placed_at)  # a slip placed at the withdrawal is not older than it
    assert shown() == ("settled", "won", 0, "1/2", 0, "won")
    later = slip.placed_at + timedelta(microseconds=1)
    deduct(25, later)
    assert shown() == ("settled", "won", 0, "1/2", 25, "won")
    deduct(75, later)
    assert shown() == ("settled", "won", 0, "1/2", 90, "won")
    assert slip.payout_minor == 550  # half of 10.00 at 1.10

    window: dict[str, Any] = {"market_id": home.market_id, "starts_at": slip.placed_at, "ends_at": later}
    set_cancel_window(**window, order=at(3))
    assert shown()[:4] == ("settled", "void", 2, None)
    assert (shown()[5], slip.payout_minor) == ("void", 1_000)
    undo_cancel_window(**window, order=at(4))
    assert (shown(), slip.payout_minor) == (("settled", "won", 0, "1/2", 90, "won"), 550)


def test_a_token_comes_back_only_while_no_other_slip_runs_on_it(ada: User) -> None:
    home, _ = one_slip(ada)
    first = write_slip(ada, [Pick(home, 2_000)], is_free_bet=True)
    window: dict[str, Any] = {"market_id": home.market_id, "starts_at": None, "ends_at": first.placed_at}
    window["ends_at"] += timedelta(microseconds=1)
    set_cancel_window(**window, order=at(1))
    assert settle(home, first) == ("void", 0)
    second = write_slip(ada, [Pick(home, 2_000)])
    BetSlip.objects.filter(id=second.id).update(free_bet_id=first.free_bet_id)
    FreeBet.objects.update(status="used")  # as placing the second slip does

    undo_cancel_window(**window, order=at(2))
    settle(home, first)
    set_cancel_window(**window, order=at(3))
    assert settle(home, first) == ("void", 0)
    assert FreeBet.objects.get().status == "used"
    set_cancel_window(market_id=home.market_id, starts_at=None, ends_at=None, order=at(4))
    assert settle(home, second) == ("void", 0)
    assert FreeBet.objects.get().status == "available"
