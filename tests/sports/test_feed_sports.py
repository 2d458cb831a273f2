"""The feed plays tennis, basketball and outright events from the first step to the result, killed in between or not."""

from datetime import UTC, datetime, timedelta

import pytest

from project.kit import clock
from sports.core import sport_state
from sports.core.outside_odds import BOOKMAKERS
from sports.feeds.engine import FeedEngine
from sports.feeds.sources import FixtureSource, open_other_sources
from sports.models import BettingOddsChange, Event, EventResult, Incident, LiveState
from sports.queries.events import find_event_detail, get_lobby
from sports.queries.odds import get_prematch_odds, list_outside_history, list_outside_odds
from sports.queries.results import get_final_result
from sports.queries.scoreboards import get_participant_names, get_side_names, list_lobby_scores
from tests.sports.test_feed_engine import check_histories

pytestmark = pytest.mark.django_db

BEGIN = datetime(2031, 5, 10, 12, tzinfo=UTC)
MATCH_SECONDS = 100.0  # a match minute takes a second
TENNIS, BASKETBALL, TRIALS = open_other_sources(seed=11)
MAIN_MARKETS = {"tennis": "match_winner", "basketball": "match_winner", "outright": "outright_winner"}
EVERY_SPORT = pytest.mark.parametrize("source", [TENNIS, BASKETBALL, TRIALS], ids=lambda one: one.sport)


def make_engine(source: FixtureSource) -> FeedEngine:
    return FeedEngine(source=source, match_seconds=MATCH_SECONDS, live_matches=1)


def run(engine: FeedEngine, begin: datetime, seconds: float, step: float = 1.0) -> datetime:
    for number in range(1, int(seconds / step) + 1):
        with clock.frozen(begin + timedelta(seconds=number * step)):
            engine.run_due()
    return begin + timedelta(seconds=seconds)


def first_event() -> Event:
    return Event.objects.order_by("start_time", "id")[0]


@EVERY_SPORT
def test_an_event_is_played_to_its_result(source: FixtureSource) -> None:
    engine = make_engine(source)
    with clock.frozen(BEGIN):
        engine.open()
    event = first_event()
    run(engine, BEGIN, 170)
    event.refresh_from_db()
    live = LiveState.objects.get(pk=event.pk)
    facts = get_final_result(event.pk).facts

    assert event.status == "completed"
    assert (live.sport, live.phase, live.is_betting_stopped, live.stop_reason) == (
        source.sport,
        "completed",
        True,
        "finished",
    )
    assert facts.is_final and facts.sport == source.sport
    assert facts == sport_state.facts_of(live.to_state())
    assert get_prematch_odds(event.pk)
    check_histories()


@EVERY_SPORT
def test_three_named_sources_quote_and_move_in_play(source: FixtureSource) -> None:
    engine = make_engine(source)
    with clock.frozen(BEGIN):
        engine.open()
    event = first_event()
    key = MAIN_MARKETS[source.sport]
    before = [one for one in list_outside_odds(event.pk) if one.market_key == key]
    run(engine, BEGIN, 60)

    names = {one.name for one in BOOKMAKERS}
    outcomes = set(get_participant_names(event.pk))
    assert {(one.source, one.outcome) for one in before} >= {(name, outcome) for name in names for outcome in outcomes}
    assert BettingOddsChange.objects.filter(event=event, market_key=key, source="Northgate").count() > len(outcomes)
    outcome = before[0].outcome
    history = list_outside_history(event.pk, market_key=key, outcome=outcome)
    latest = [one for one in list_outside_odds(event.pk) if (one.market_key, one.outcome) == (key, outcome)]
    assert {one.source: one.odds_milli for one in history} == {one.source: one.odds_milli for one in latest}


@EVERY_SPORT
def test_a_feed_that_dies_goes_on_where_it_was(source: FixtureSource) -> None:
    whole = make_engine(source)
    with clock.frozen(BEGIN):
        whole.open()
    event = first_event()
    now = BEGIN
    for _ in range(6):
        now = run(make_engine_again(source, now), now, 28)
    event.refresh_from_db()

    assert event.status == "completed"
    assert EventResult.objects.filter(event=event).count() == 1
    refs = list(Incident.objects.filter(event=event).values_list("source_ref", flat=True))
    assert len(refs) == len(set(refs))
    check_histories()


def make_engine_again(source: FixtureSource, now: datetime) -> FeedEngine:
    """As a new process would: nothing is left in memory."""
    engine = make_engine(source)
    with clock.frozen(now):
        engine.open()
    return engine


@EVERY_SPORT
def test_pages_and_topics_show_every_sport(source: FixtureSource) -> None:
    engine = make_engine(source)
    with clock.frozen(BEGIN):
        engine.open()
    run(engine, BEGIN, 20)
    event = first_event()
    detail = find_event_detail(event.pk)
    lobby = get_lobby()
    value = next(one.value for one in list_lobby_scores() if one.key == str(event.pk))

    assert detail is not None and value is not None
    assert detail.scoreboard.detail.sport == source.sport
    assert value["detail"]["sport"] == source.sport
    assert str(event.pk) in [str(row.id) for row in lobby.in_play]
    if source.sport == "outright":
        assert (detail.kind, detail.home, len(detail.participants)) == ("outright", None, 12)
        assert [one.outcome for one in detail.participants][:2] == ["p1", "p2"]
        assert get_side_names(event.pk) == ("", "")
        assert get_participant_names(event.pk)["p1"] == detail.participants[0].name
    else:
        assert detail.home is not None and detail.away is not None
        assert (detail.kind, detail.participants) == ("match", [])
        assert detail.name == f"{detail.home.name} v {detail.away.name}"
        assert value["home_name"] == detail.home.name
