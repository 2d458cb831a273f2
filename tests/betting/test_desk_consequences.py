"""What follows from proposals of the desk beside money: lists show it, records tell it, keys repeat it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from accounts.models import User
from betting.actions.pools.sweep_pools import settle_pools_of_event
from betting.actions.set_results import Order, set_cancel_window, set_results
from betting.actions.settle_event import settle_event
from betting.core.grading.grade import LOST, WON
from betting.errors import MarketSuspended
from betting.models import BetSlip, CancelWindow, Deduction, DeskAction, DeskRecord, Market, Selection
from project.kit import clock
from tests.betting.desk import (
    available,
    bet,
    everything,
    fund,
    listening,
    make_live_priced_event,
    make_priced_event,
    new_key,
    selection_of,
)
from tests.betting.pools import held_by, make_pool, stake
from tests.betting.test_desk_actions import apply, call, propose, results

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(ada: User) -> Selection:
    """A selection on which ada has 10.00."""
    fund(ada)
    selection = selection_of(make_live_priced_event(), "1x2", "home")
    bet(ada, selection, "10.00")
    return selection


@pytest.mark.django_db(transaction=True)
def test_a_void_market_is_seen_stopped_and_opens_once_the_void_is_undone(home: Selection, trader: User) -> None:
    market, body = home.market, {"is_stopped": False, "reason": "Looked into"}
    with listening("lobby:prices") as ear:
        apply(trader, propose(trader, market, "void_market"))
        [message] = ear.hear()
    [(key, _, row)] = message["k"]
    assert (key, row["status"]) == (str(market.event_id), "suspended")
    settle_event(event_id=market.event_id)
    desk = Client(headers={"Idempotency-Key": new_key()})
    desk.force_login(trader)

    refused = desk.post(f"/api/desk/markets/{market.id}/stop", body, content_type="application/json")

    assert (refused.status_code, refused.json()["code"]) == (409, "version_conflict")
    assert Market.objects.get(id=market.id).status == "suspended"
    apply(trader, propose(trader, market, "undo_void", window_id=str(CancelWindow.objects.get().id)))
    settle_event(event_id=market.event_id)
    opened = desk.post(f"/api/desk/markets/{market.id}/stop", body, content_type="application/json")
    assert (opened.status_code, opened.json()["status"]) == (200, "active")


def test_the_desk_s_results_hold_though_a_producer_s_clock_runs_ahead(home: Selection, trader: User, ada: User) -> None:
    market = home.market
    grades = {one.id: WON if one == home else LOST for one in Selection.objects.filter(market=market)}
    ahead = Order("Full time", clock.now() + timedelta(hours=1))
    set_results(market_id=market.id, grades=grades, order=ahead)
    settle_event(event_id=market.event_id)

    corrected = apply(trader, propose(trader, market, "settle_market", **results(market, "away")))
    settle_event(event_id=market.event_id)
    home.refresh_from_db()
    assert (corrected.status_code, home.result, home.result_produced_at) == (200, "lost", ahead.produced_at)
    assert (BetSlip.objects.get().status, available(ada)) == ("lost", 99_000)

    taken_back = apply(trader, propose(trader, market, "roll_back"))
    settle_event(event_id=market.event_id)
    home.refresh_from_db()
    assert (taken_back.status_code, home.result, BetSlip.objects.get().status) == (200, "", "accepted")


def test_a_window_that_is_not_over_suspends_its_market_and_one_that_is_does_not(
    home: Selection, trader: User, ada: User
) -> None:
    market, now = home.market, clock.now()
    before, later = ((now + timedelta(hours=hours)).isoformat() for hours in (-1, 1))

    apply(trader, propose(trader, market, "void_market", ends_at=before))
    assert Market.objects.get(id=market.id).status == "active"
    settle_event(event_id=market.event_id)
    apply(trader, propose(trader, market, "void_market", starts_at=before, ends_at=later))
    settle_event(event_id=market.event_id)

    assert (Market.objects.get(id=market.id).status, available(ada)) == ("suspended", 100_000)
    with pytest.raises(MarketSuspended):
        bet(ada, home, "5.00")
    assert available(ada) == 100_000


def test_the_same_bets_are_made_void_once(home: Selection, trader: User, ada: User) -> None:
    """Whether the desk or a message was first; undone and made void again it is the same window."""
    market = home.market
    body = {"kind": "void_market", "market_id": str(market.id), "payload": {}, "reason": "Wrong price"}
    apply(trader, propose(trader, market, "void_market"))
    settle_event(event_id=market.event_id)
    before = (everything(ada), DeskAction.objects.count(), DeskRecord.objects.count())

    for path in ("/preview", ""):
        refused = call(trader, path, body)
        assert (refused.status_code, refused.json()["code"]) == (409, "version_conflict")
    assert (everything(ada), DeskAction.objects.count(), DeskRecord.objects.count()) == before
    window = CancelWindow.objects.get()
    apply(trader, propose(trader, market, "undo_void", window_id=str(window.id)))
    settle_event(event_id=market.event_id)
    assert available(ada) == 99_000
    late = Order("Feed", clock.now() + timedelta(hours=1))  # a producer whose clock is ahead
    set_cancel_window(market_id=market.id, starts_at=None, ends_at=None, order=late)
    settle_event(event_id=market.event_id)
    assert available(ada) == 100_000
    assert call(trader, "/preview", body).status_code == 409
    apply(trader, propose(trader, market, "undo_void", window_id=str(window.id)))
    settle_event(event_id=market.event_id)

    assert available(ada) == 99_000
    assert [(one.id, one.is_active) for one in CancelWindow.objects.all()] == [(window.id, False)]


def test_of_two_proposals_of_one_void_the_second_moves_nothing(home: Selection, trader: User, ada: User) -> None:
    first, second = (propose(trader, home.market, "void_market") for _ in range(2))
    assert apply(trader, first).json()["status"] == "applied"
    versions = list(Selection.objects.filter(market=home.market).values_list("result_version", flat=True))

    assert apply(trader, second).status_code == 409
    settle_event(event_id=home.market.event_id)
    assert apply(trader, second).status_code == 409

    assert (CancelWindow.objects.count(), available(ada)) == (1, 100_000)
    assert list(Selection.objects.filter(market=home.market).values_list("result_version", flat=True)) == versions
    assert DeskAction.objects.get(id=second["id"]).status == "proposed"


@pytest.mark.django_db(transaction=True)
def test_results_of_one_market_leave_the_event_in_the_lobby(home: Selection, trader: User) -> None:
    market = selection_of(home.market.event, "over_under;total=2.5", "over").market
    with listening("lobby:prices") as ear:
        apply(trader, propose(trader, market, "settle_market", **results(market, "over")))
        assert ear.hear() == []
        settle_event(event_id=market.event_id)
        apply(trader, propose(trader, home.market, "settle_market", **results(home.market, "home")))
        [message] = ear.hear()
    [(_, _, row)] = message["k"]
    assert (row["market_id"], row["status"]) == (str(home.market_id), "settled")


def test_whose_bets_are_void_as_a_whole_is_scratched_in_pools_too(trader: User, ada: User, ben: User) -> None:
    """Thirty on home go back whole; the other seventy are all on the winner, so the dividend is 1.00."""
    for person in (ada, ben):
        fund(person)
    event = make_priced_event()
    pool = make_pool(None, event)
    home, away = selection_of(event, "1x2", "home"), selection_of(event, "1x2", "away")
    stake(ada, pool, home, "30.00")
    stake(ben, pool, away, "70.00")
    given = results(home.market, "away")["results"]
    given = [one | ({"void_halves": 2} if one["selection_id"] == str(home.id) else {}) for one in given]

    assert apply(trader, propose(trader, home.market, "settle_market", results=given)).status_code == 200
    settle_event(event_id=event.pk)
    assert settle_pools_of_event(event_id=event.pk) == 1

    home.refresh_from_db()
    assert (home.result, home.void_halves) == ("void", 2)
    assert (available(ada), available(ben), held_by(pool)) == (100_000, 100_000, 0)


def test_the_same_key_answers_the_proposal_whatever_became_of_it(home: Selection, trader: User) -> None:
    given = results(home.market, "home")
    body = {"kind": "settle_market", "market_id": str(home.market_id), "payload": given, "reason": "Whistle"}
    first = call(trader, "", body, key="once").json()
    assert apply(trader, first).status_code == 200

    again = call(trader, "", body, key="once")

    assert (again.status_code, again.json()["id"], again.json()["status"]) == (201, first["id"], "applied")
    assert DeskAction.objects.count() == 1


def test_a_record_tells_ties_and_places_apart(home: Selection, trader: User) -> None:
    given = results(home.market, "home")
    apply(trader, propose(trader, home.market, "settle_market", **given))
    settle_event(event_id=home.market.event_id)
    [won] = [one for one in given["results"] if one["result"] == "won"]
    won |= {"dead_heat_tied": 2, "place_result": "won"}

    apply(trader, propose(trader, home.market, "settle_market", **given))

    record = DeskRecord.objects.filter(change="settle_market_applied").latest("id")
    before, after = (state["results"][str(home.id)] for state in (record.before, record.after))
    assert (before["dead_heat_tied"], before["place_result"]) == (1, "")
    assert (after["dead_heat_tied"], after["place_result"]) == (2, "won")


def test_a_window_divides_slips_of_one_millisecond_as_it_was_shown(home: Selection, trader: User, ada: User) -> None:
    """Its border lies between two slips, 400 microseconds after the one and 400 before the other."""
    bet(ada, home, "20.00")
    border = datetime(2026, 3, 1, 15, 0, 0, 123_500, tzinfo=UTC)
    older, newer = BetSlip.objects.order_by("stake_minor")
    for slip, offset in ((older, -400), (newer, 400)):
        BetSlip.objects.filter(id=slip.id).update(placed_at=border + timedelta(microseconds=offset))

    action = propose(trader, home.market, "void_market", starts_at=border.isoformat())
    assert action["payload"] == {"starts_at": "2026-03-01T15:00:00.123500Z", "ends_at": None}
    assert action["preview"]["outcomes"] == {"void": 1}
    assert apply(trader, action).json()["status"] == "applied"
    settle_event(event_id=home.market.event_id)
    assert CancelWindow.objects.get().starts_at == border
    assert [BetSlip.objects.get(id=slip.id).status for slip in (older, newer)] == ["accepted", "void"]

    cut = {"percent": 25, "placed_before": border.isoformat()}
    apply(trader, propose(trader, home.market, "deduction", **cut))
    assert Deduction.objects.get().placed_before == border
