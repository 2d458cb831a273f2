"""Bets that a cancel window makes void put nothing at risk: exposure is what it would be without them, and undone again
what it was."""

from datetime import datetime, timedelta
from importlib import import_module
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import Sum

from accounts.models import User
from betting.actions import cancel_windows
from betting.actions.cash_out import quote_cash_out, take_cash_out
from betting.actions.fold_exposure import fold_exposure
from betting.actions.judge_delayed import judge_due_slips
from betting.actions.place_slip import place_slip
from betting.actions.set_results import Order, roll_back_results, set_cancel_window, set_results, undo_cancel_window
from betting.actions.settle_event import settle_event
from betting.core.grading import LOST, WON
from betting.core.limits import LIMITS, StakeLimits
from betting.errors import StakeAboveMax
from betting.models import (
    BetSlip,
    CancelWindow,
    CashOutQuote,
    ExposureDelta,
    FreeBet,
    Market,
    Selection,
    SelectionExposure,
)
from betting.queries.books import lock_book_view
from betting.schemas.cash_outs import QuoteCashOutCommand
from betting.schemas.slips import PlaceSlipCommand
from project.kit import clock
from project.kit.money import format_milli, format_minor
from tests.betting.desk import (
    available,
    bet,
    fund,
    make_live_priced_event,
    make_priced_event,
    new_key,
    selection_of,
)
from tests.betting.test_bet_delay import held

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("queue")]

Risks = dict[UUID, tuple[int, int]]


def order(minute: int) -> Order:
    return Order("Wrong price", clock.now() + timedelta(minutes=minute))


def exposure() -> Risks:
    """Stakes and payouts by selection, folded or not, of those that carry any."""
    sums: Risks = {}
    for model in (ExposureDelta, SelectionExposure):
        rows = model._default_manager.values("selection_id").annotate(a=Sum("stake_minor"), b=Sum("payout_minor"))
        for row in rows.order_by():
            before = sums.get(row["selection_id"], (0, 0))
            sums[row["selection_id"]] = (before[0] + row["a"], before[1] + row["b"])
    return {selection_id: risk for selection_id, risk in sums.items() if risk != (0, 0)}


def restate(market_id: UUID) -> int:
    """Bring the market to what its slips put at risk; answers how many deltas that took."""
    before = ExposureDelta.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("SELECT betting_restate_exposure(%s)", [market_id])
    return ExposureDelta.objects.count() - before


def test_restating_may_take_longer_than_other_statements(monkeypatch: pytest.MonkeyPatch) -> None:
    home = selection_of(make_live_priced_event(), "1x2", "home")
    seen = "INSERT INTO seen SELECT current_setting('statement_timeout') WHERE %s IS NOT NULL"
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE seen (setting text)")
    monkeypatch.setattr(cancel_windows, "_RESTATE", seen)

    set_cancel_window(market_id=home.market_id, starts_at=None, ends_at=None, order=order(0))

    with connection.cursor() as cursor:
        cursor.execute("SELECT setting FROM seen")
        assert cursor.fetchall() == [("1min",)]


def placed_at(user: User, selection: Selection, stake: str) -> datetime:
    return BetSlip.objects.get(id=bet(user, selection, stake).id).placed_at


def risk_of(selection: Selection, stake_minor: int) -> tuple[int, int]:
    assert selection.odds_milli is not None
    return stake_minor, stake_minor * selection.odds_milli // 1_000


@pytest.mark.parametrize("is_folded", [False, True])
def test_the_bets_of_a_window_leave_the_exposure_and_come_back_when_it_is_undone(ada: User, is_folded: bool) -> None:
    fund(ada)
    event = make_live_priced_event()
    home, away = selection_of(event, "1x2", "home"), selection_of(event, "1x2", "away")
    starts_at = placed_at(ada, home, "10.00")
    placed_at(ada, away, "5.00")
    ends_at = placed_at(ada, home, "2.00")
    all_of_it = {home.id: risk_of(home, 1_000), away.id: risk_of(away, 500)}
    all_of_it[home.id] = tuple(a + b for a, b in zip(all_of_it[home.id], risk_of(home, 200), strict=True))  # type: ignore[assignment]  # two each
    assert exposure() == all_of_it
    if is_folded:
        fold_exposure()
    window: dict[str, Any] = {"market_id": home.market_id, "starts_at": starts_at, "ends_at": ends_at}

    set_cancel_window(**window, order=order(1))
    set_cancel_window(**window, order=order(2))
    assert exposure() == {home.id: risk_of(home, 200)}
    settle_event(event_id=event.pk)
    fold_exposure()
    assert exposure() == {home.id: risk_of(home, 200)}
    # What moves prices is the same, and what is written for nothing is nothing.
    assert [(one.stake_minor, one.payout_minor) for one in lock_book_view(event.pk).exposures[home.id]] == [
        risk_of(home, 200)
    ]

    undo_cancel_window(**window, order=order(3))
    settle_event(event_id=event.pk)
    undo_cancel_window(**window, order=order(4))
    assert exposure() == all_of_it
    assert restate(home.market_id) == 0


def test_what_two_windows_cover_is_void_until_both_are_undone(ada: User) -> None:
    fund(ada)
    event = make_live_priced_event()
    home, away = selection_of(event, "1x2", "home"), selection_of(event, "1x2", "away")
    first = placed_at(ada, home, "10.00")
    second = placed_at(ada, away, "5.00")
    last = second + timedelta(microseconds=1)
    both = {home.id: risk_of(home, 1_000), away.id: risk_of(away, 500)}
    wide: dict[str, Any] = {"market_id": home.market_id, "starts_at": first, "ends_at": last}
    narrow: dict[str, Any] = {"market_id": home.market_id, "starts_at": second, "ends_at": last}

    set_cancel_window(**narrow, order=order(1))
    assert exposure() == {home.id: both[home.id]}
    set_cancel_window(**wide, order=order(1))
    assert exposure() == {}
    undo_cancel_window(**narrow, order=order(2))
    assert exposure() == {}
    set_cancel_window(**narrow, order=order(3))
    undo_cancel_window(**wide, order=order(2))
    assert exposure() == {home.id: both[home.id]}
    undo_cancel_window(**narrow, order=order(4))
    assert exposure() == both


def test_results_move_nothing_of_what_is_void(ada: User) -> None:
    fund(ada)
    event = make_live_priced_event()
    home, away = selection_of(event, "1x2", "home"), selection_of(event, "1x2", "away")
    ends_at = placed_at(ada, home, "10.00") + timedelta(microseconds=1)
    placed_at(ada, away, "5.00")
    rest = {away.id: risk_of(away, 500)}
    window: dict[str, Any] = {"market_id": home.market_id, "starts_at": None, "ends_at": ends_at}
    set_cancel_window(**window, order=order(1))

    grades = {one.id: WON if one.id == home.id else LOST for one in home.market.selections.all()}
    set_results(market_id=home.market_id, grades=grades, order=order(2))
    settle_event(event_id=event.pk)
    assert exposure() == rest
    roll_back_results(market_id=home.market_id, order=order(3))
    settle_event(event_id=event.pk)
    assert exposure() == rest
    undo_cancel_window(**window, order=order(4))
    assert exposure() == rest | {home.id: risk_of(home, 1_000)}


@pytest.mark.parametrize("is_void", [False, True], ids=["control: they stand", "void"])
def test_stakes_that_are_given_back_make_no_room(
    ada: User, ben: User, monkeypatch: pytest.MonkeyPatch, is_void: bool
) -> None:
    """Ten on away make room for a bet on home while they stand, in a market that may cost twenty."""
    for person in (ada, ben):
        fund(person)
    event = make_live_priced_event()
    home, away = selection_of(event, "1x2", "home"), selection_of(event, "1x2", "away")
    ends_at = placed_at(ada, away, "10.00") + timedelta(microseconds=1)
    monkeypatch.setitem(LIMITS, "PLY", StakeLimits(10, 50_000, 5_000_000, 2_000))
    if is_void:
        set_cancel_window(market_id=home.market_id, starts_at=None, ends_at=ends_at, order=order(1))
    before = (available(ben), exposure())

    with pytest.raises(StakeAboveMax) as refusal:
        bet(ben, home, "100.00")

    assert home.odds_milli is not None
    room = 2_000 if is_void else 3_000
    # The largest stake with floor(stake x odds) - stake within the room.
    highest = ((room + 1) * 1_000 - 1) // (home.odds_milli - 1_000)
    assert refusal.value.extra == {"max_stake": format_minor(highest, "PLY"), "reason": "liability"}
    assert (available(ben), exposure()) == before
    bet(ben, home, format_minor(highest, "PLY"))


def command_of(shape: str, legs: list[Selection], **changes: Any) -> PlaceSlipCommand:
    given = [
        {
            "selection_id": str(one.id),
            "odds": format_milli(one.odds_milli or 0),
            "is_banker": shape == "banker" and place == 0,
        }
        for place, one in enumerate(legs)
    ]
    sizes = {"system": [1, 2], "banker": [1, 2]}.get(shape)
    document: dict[str, Any] = {
        "stake": "9.97",
        "currency": "PLY",
        "bet_type": "system" if shape == "banker" else shape,
        "line_sizes": sizes,
        "price_policy": "none",
        "legs": given,
    }
    return PlaceSlipCommand.model_validate(document | changes)


@pytest.mark.parametrize("kind", ["plain", "each way", "free"])
@pytest.mark.parametrize(
    ("shape", "count"), [("single", 1), ("accumulator", 3), ("system", 3), ("banker", 3), ("trixie", 3)]
)
def test_slips_of_every_kind_put_at_risk_what_acceptance_said(ada: User, shape: str, count: int, kind: str) -> None:
    """Added up from the slip's row nothing differs from what its placement appended; void on one market, that is gone
    and the rest stays."""
    fund(ada)
    outcomes = ("home",) if shape == "single" else ("home", "draw", "away")
    legs = [selection_of(make_priced_event(), "1x2", outcome) for outcome in outcomes]
    Market.objects.filter(id__in=[one.market_id for one in legs]).update(
        each_way_places=2, each_way_numerator=1, each_way_denominator=5
    )
    changes: dict[str, Any] = {"is_each_way": kind == "each way", "stake_kind": "total"}
    if kind == "free":
        token = FreeBet.objects.create(
            user=ada,
            currency="PLY",
            amount_minor=997,
            status="available",
            reason="Welcome",
            grant_key="one",
            granted_at=clock.now(),
            expires_at=clock.now() + timedelta(days=1),
        )
        changes["free_bet_id"] = str(token.id)
    elif kind == "each way":
        changes["stake"] = "28.00"
    place_slip(user_id=ada.id, command=command_of(shape, legs, **changes), key=new_key())
    before = exposure()
    assert set(before) == {one.id for one in legs}

    assert [restate(one.market_id) for one in legs] == [0] * len(legs)
    window: dict[str, Any] = {"market_id": legs[0].market_id, "starts_at": None, "ends_at": None}
    set_cancel_window(**window, order=order(1))
    assert exposure() == {one: risk for one, risk in before.items() if one != legs[0].id}
    undo_cancel_window(**window, order=order(2))
    assert exposure() == before


def test_a_part_cashed_out_while_a_leg_is_void_is_not_taken_from_its_market(ada: User) -> None:
    """Of an accumulator half is cashed out while its first leg is void, and that leg stands again: half of all is at
    risk, to the minor unit of a whole placed so."""
    fund(ada)
    legs = [selection_of(make_priced_event(), "1x2", "home") for _ in range(2)]
    reply = place_slip(user_id=ada.id, command=command_of("accumulator", legs, stake="10.00"), key=new_key())
    slip = BetSlip.objects.get(id=reply.id)
    product = (legs[0].odds_milli or 0) * (legs[1].odds_milli or 0)
    whole, half = ((minor, minor * product // 1_000_000) for minor in (1_000, 500))
    assert exposure() == {legs[0].id: whole, legs[1].id: whole}
    window: dict[str, Any] = {"market_id": legs[0].market_id, "starts_at": None, "ends_at": None}
    set_cancel_window(**window, order=order(1))
    settle_event(event_id=legs[0].market.event_id)

    slip.refresh_from_db()
    offer = quote_cash_out(slip=slip, command=QuoteCashOutCommand(stake="5.00"))
    take_cash_out(quote=CashOutQuote.objects.get(id=offer.id), key=new_key())

    assert exposure() == {legs[1].id: half}
    undo_cancel_window(**window, order=order(2))
    assert exposure() == {legs[0].id: half, legs[1].id: half}
    set_cancel_window(**window, order=order(3))
    slip.refresh_from_db()
    offer = quote_cash_out(slip=slip, command=QuoteCashOutCommand())
    take_cash_out(quote=CashOutQuote.objects.get(id=offer.id), key=new_key())
    assert exposure() == {}
    undo_cancel_window(**window, order=order(4))
    assert exposure() == {}


@pytest.mark.parametrize("is_void", [False, True], ids=["control: it stands", "void"])
def test_a_bet_that_waits_in_a_window_is_not_taken(ada: User, true_delays: None, is_void: bool) -> None:
    """The market goes on: the window was over when it was set."""
    fund(ada)
    home = selection_of(make_live_priced_event(), "1x2", "home")
    slip = BetSlip.objects.get(id=bet(ada, home, "10.00").id)
    ends_at = slip.placed_at + timedelta(microseconds=1)
    assert (slip.status, held(ada), exposure()) == ("pending_delay", 1_000, {})
    if is_void:
        set_cancel_window(market_id=home.market_id, starts_at=None, ends_at=ends_at, order=order(1))
        assert (Market.objects.get(id=home.market_id).status, exposure()) == ("active", {})

    with clock.frozen(clock.now() + timedelta(seconds=6)):
        assert judge_due_slips() == 1

    slip.refresh_from_db()
    if is_void:
        assert (slip.status, slip.rejection) == (
            "rejected",
            {"code": "market_suspended", "detail": {"reason": "stopped_meanwhile"}},
        )
        assert (available(ada), held(ada), exposure()) == (100_000, 0, {})
    else:
        assert (slip.status, available(ada), held(ada)) == ("accepted", 99_000, 0)
        assert exposure() == {home.id: risk_of(home, 1_000)}


def test_windows_that_stood_before_take_their_bets_out_once(ada: User) -> None:
    """The migration: run again it appends nothing, and undone later all is at risk again."""
    leave = import_module("betting.migrations.0026_void_bets_leave_the_exposure").LEAVE
    fund(ada)
    event = make_live_priced_event()
    home, away, yes = (
        selection_of(event, *where) for where in (("1x2", "home"), ("1x2", "away"), ("both_to_score", "yes"))
    )
    starts_at = placed_at(ada, home, "10.00")
    fold_exposure()
    ends_at = placed_at(ada, away, "5.00")
    placed_at(ada, yes, "1.00")
    before = exposure()
    now = clock.now()
    row = {"produced_at": now, "reason": "Old", "created_at": now}
    CancelWindow.objects.create(market_id=home.market_id, starts_at=starts_at, ends_at=ends_at, **row)
    CancelWindow.objects.create(market_id=home.market_id, ends_at=starts_at, **row)
    CancelWindow.objects.create(market_id=yes.market_id, is_active=False, undone_at=now, **row)
    assert exposure() == before

    for count in (1, 0):
        deltas = ExposureDelta.objects.count()
        with connection.cursor() as cursor:
            cursor.execute(leave)
        assert ExposureDelta.objects.count() - deltas == count
        assert exposure() == {away.id: risk_of(away, 500), yes.id: risk_of(yes, 100)}

    undo_cancel_window(market_id=home.market_id, starts_at=starts_at, ends_at=ends_at, order=order(1))
    assert exposure() == before
