"""Repricing: everything opens once, only what moved is written, and a state that was priced is left alone."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from betting.actions.held_prices import hold_price
from betting.actions.reprice_event import reprice_event
from betting.actions.set_results import Order, roll_back_results, set_results
from betting.core.catalogue import KINDS
from betting.core.grading import VOID
from betting.core.ladder import is_rung
from betting.models import DynamicOdds, EventBook, Market, PricePoint, Selection
from ml.queries.pricing import price_markets
from project.kit import clock
from sports.actions import advance_clock, record_incident
from sports.models import Event, LiveState
from tests.betting.desk import goal, make_live_priced_event, make_priced_event, selection_of, tick
from tests.sports.matches import end_match, make_event, score_goal

pytestmark = pytest.mark.django_db


def prices(event: Event) -> dict[Any, tuple[int | None, int]]:
    rows = Selection.objects.filter(market__event_id=event.pk)
    return {row.id: (row.odds_milli, row.version) for row in rows}


def test_the_first_repricing_opens_every_market_with_prices_from_the_ladder() -> None:
    event = make_event()

    repricing = reprice_event(event_id=event.pk)

    markets = Market.objects.filter(event_id=event.pk)
    assert {market.key for market in markets} == set(
        price_markets(event.pk, LiveState.objects.get(event_id=event.pk).to_state())
    )
    assert {market.status for market in markets} == {"active"}
    assert (repricing.version, repricing.opened, repricing.decided) == (1, 23, 0)
    offered = Selection.objects.filter(market__event_id=event.pk, odds_milli__isnull=False)
    assert offered.count() == repricing.moved
    for selection in offered:
        assert selection.odds_milli is not None
        assert is_rung(selection.odds_milli)
        assert selection.initial_odds_milli == selection.odds_milli
        assert selection.version == 1
    result = {one.outcome: one for one in offered.filter(market__key="1x2")}
    assert result["home"].name == "Aldrowmere Rovers"
    assert sum(1_000 / one.odds_milli for one in result.values() if one.odds_milli) == pytest.approx(1.06, abs=0.02)
    assert sum(one.probability for one in result.values() if one.probability) == pytest.approx(1.0, abs=1e-9)


def test_names_and_order_are_those_people_read() -> None:
    event = make_priced_event()

    names = list(Market.objects.filter(event_id=event.pk).order_by("sort").values_list("name", flat=True))

    assert names == [
        "Full-time result",
        "Double chance",
        "Draw no bet",
        "Next goal (1st)",
        "Total goals 0.5",
        "Total goals 1.5",
        "Total goals 2.5",
        "Total goals 3.5",
        "Total goals 4.5",
        "Total goals 5.5",
        "Both teams to score",
        "Asian handicap -1",
        "Asian handicap -0.75",
        "Asian handicap -0.5",
        "Asian handicap -0.25",
        "Asian handicap 0",
        "Asian total 2.25",
        "Asian total 2.75",
        "Asian total 3",
        "Asian total 3.25",
        "Half-time result",
        "Half time/full time",
        "Correct score",
    ]
    assert selection_of(event, "over_under;total=2.5", "over").name == "Over 2.5"
    assert selection_of(event, "correct_score", "other_away").name == "Any other Cindlewick City win"
    assert selection_of(event, "next_goal;goal=1", "none").name == "No goal"


def test_a_state_that_is_priced_is_left_alone() -> None:
    event = make_priced_event()
    before = prices(event)

    repricing = reprice_event(event_id=event.pk)

    assert (repricing.moved, repricing.opened, repricing.version) == (0, 0, 1)
    assert prices(event) == before


def test_a_minute_writes_only_the_prices_that_moved() -> None:
    event = make_live_priced_event()
    before, points = prices(event), PricePoint.objects.count()

    advance_clock(event_id=event.pk, minute=2)
    repricing = reprice_event(event_id=event.pk)

    after = prices(event)
    moved = {key for key in after if after[key] != before[key]}
    assert 0 < len(moved) == repricing.moved < len(after)
    assert all(after[key][0] != before[key][0] for key in moved)
    assert all(after[key][1] == repricing.version for key in moved)
    charted = [kind for kind, about in KINDS["football"].items() if about.is_charted]
    moved_and_charted = Selection.objects.filter(id__in=moved, market__market_type__in=charted).count()
    assert PricePoint.objects.count() == points + moved_and_charted


def test_an_incident_moves_prices_and_records_its_minute() -> None:
    event = make_live_priced_event()
    home = selection_of(event, "1x2", "home")

    score_goal(event, "home", minute=17)
    reprice_event(event_id=event.pk)

    moved = selection_of(event, "1x2", "home")
    assert moved.odds_milli is not None and home.odds_milli is not None
    assert moved.odds_milli < home.odds_milli
    assert moved.initial_odds_milli == home.initial_odds_milli
    point = PricePoint.objects.filter(selection=moved).latest("id")
    assert (point.minute, point.odds_milli, point.probability) == (17, moved.odds_milli, moved.probability)
    odds = DynamicOdds.objects.get(selection_id=moved.id)
    assert (odds.bet_type, odds.initial_odds_milli, odds.current_odds_milli) == (
        "1x2:home",
        home.initial_odds_milli,
        moved.odds_milli,
    )


def test_a_goal_ends_the_offers_it_decides_and_opens_the_next_goal() -> None:
    event = make_live_priced_event()

    goal(event, "away", 20)

    statuses = dict(Market.objects.filter(event_id=event.pk).values_list("key", "status"))
    assert statuses["over_under;total=0.5"] == "inactive"
    assert statuses["next_goal;goal=1"] == "inactive"
    assert statuses["next_goal;goal=2"] == "active"
    assert statuses["over_under;total=1.5"] == "active"
    ended = Selection.objects.filter(market__key="over_under;total=0.5", market__event_id=event.pk)
    assert list(ended.values_list("odds_milli", flat=True)) == [None, None]
    assert selection_of(event, "next_goal;goal=2", "home").odds_milli is not None
    assert selection_of(event, "correct_score", "0-0").odds_milli is None


def test_full_time_ends_every_offer() -> None:
    event = make_live_priced_event()
    end_match(event)

    reprice_event(event_id=event.pk)

    assert set(Market.objects.filter(event_id=event.pk).values_list("status", flat=True)) == {"inactive"}
    assert not Selection.objects.filter(market__event_id=event.pk, odds_milli__isnull=False).exists()


def test_the_newest_state_wins_however_often_it_is_priced() -> None:
    event = make_live_priced_event()

    tick(event, 30)
    tick(event, 60)

    book = EventBook.objects.get(event_id=event.pk)
    live = LiveState.objects.get(event_id=event.pk)
    assert (book.priced_state_version, book.priced_incident_seq) == (live.version, live.incident_seq)


def count_queries(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    return len([query for query in captured.captured_queries if "SAVEPOINT" not in query["sql"]])


def test_the_number_of_queries_does_not_depend_on_how_much_moves() -> None:
    event = make_live_priced_event()
    advance_clock(event_id=event.pk, minute=2)
    for_a_minute = count_queries(lambda: reprice_event(event_id=event.pk))
    record_incident(event_id=event.pk, incident_type="red_card", side="home", minute=3)
    for_a_red_card = count_queries(lambda: reprice_event(event_id=event.pk))

    assert for_a_minute == 2  # one reads, one writes
    assert for_a_red_card <= 7  # and lines are opened


def test_a_selection_with_a_result_gets_no_price_again(mod: User) -> None:
    """A runner that was scratched, in a market that goes on, and one whose price the desk holds."""
    event = make_live_priced_event()
    draw, away = selection_of(event, "1x2", "draw"), selection_of(event, "1x2", "away")
    hold_price(actor_id=mod.id, selection_id=away.id, odds_milli=2_500, reason="Team news")
    order = Order("Did not start", clock.now())
    set_results(market_id=draw.market_id, grades={draw.id: VOID, away.id: VOID}, order=order)

    tick(event, 30)

    found = {one.outcome: one for one in Selection.objects.filter(market_id=draw.market_id)}
    assert [(name, found[name].result, found[name].odds_milli) for name in ("draw", "away")] == [
        ("draw", "void", None),
        ("away", "void", None),
    ]
    assert found["home"].odds_milli is not None
    roll_back_results(market_id=draw.market_id, order=Order("They did", clock.now()))
    tick(event, 31)
    again = {one.outcome: one.odds_milli for one in Selection.objects.filter(market_id=draw.market_id)}
    assert again["draw"] is not None
    assert again["away"] == 2_500


def test_price_points_refuse_change() -> None:
    event = make_priced_event()
    point = PricePoint.objects.filter(market__event_id=event.pk).first()
    assert point is not None

    with pytest.raises(DatabaseError, match="append-only"):
        PricePoint.objects.filter(id=point.id).update(minute=99)
