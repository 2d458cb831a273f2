"""The feed under a clock of its own: nothing here waits."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.db.models import Count

from project.kit import clock
from project.kit.models import RecordedEvent
from sports.actions import record_incident
from sports.core import sport_state
from sports.core.fixtures import Fixture
from sports.core.synthetic import SyntheticLeague
from sports.feeds import engine as engine_module
from sports.feeds.engine import FeedEngine
from sports.feeds.sources import FixtureSource, SyntheticSource
from sports.models import Event, EventResult, ExternalDataSource, FeedCursor, Incident, LiveState, RealTimeEventData
from sports.queries.odds import get_prematch_odds

pytestmark = pytest.mark.django_db

BEGIN = datetime(2031, 5, 10, 12, tzinfo=UTC)
MATCH_SECONDS = 200.0
LIVE = 4
LEAGUE = SyntheticLeague(11)  # one for all: it remembers the fixtures it has made


ACTIONS = ("schedule_fixture", "start_event", "record_incident", "advance_clock", "resume_betting", "confirm_result")


class Kill(BaseException):
    """Ends a run in the middle, as kill -9 would."""


def make_engine(source: FixtureSource | None = None, live_matches: int = LIVE) -> FeedEngine:
    return FeedEngine(source=source or SyntheticSource(LEAGUE), match_seconds=MATCH_SECONDS, live_matches=live_matches)


def open_at(at: datetime, **arguments: int) -> FeedEngine:
    engine = make_engine(**arguments)  # type: ignore[arg-type]  # only live_matches is passed
    with clock.frozen(at):
        engine.open()
    return engine


def run(engine: FeedEngine, begin: datetime, seconds: float, step: float = 0.5) -> datetime:
    """Let the engine work through this time; returns its end."""
    for number in range(1, int(seconds / step) + 1):
        with clock.frozen(begin + timedelta(seconds=number * step)):
            engine.run_due()
    return begin + timedelta(seconds=seconds)


def minutes_of_live_matches() -> list[int]:
    return sorted(LiveState.objects.filter(event__status="ongoing").values_list("minute", flat=True))


def check_histories() -> None:
    """Incidents are gapless and lead to each live state, and no fixture was played twice."""
    for live in LiveState.objects.select_related("event"):
        rows = list(Incident.objects.filter(event_id=live.event_id).order_by("seq"))
        assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
        assert len({row.source_ref for row in rows}) == len(rows)
        state = live.to_state()
        replayed = sport_state.initial_state(live.sport, runners=getattr(state, "runners", 2))
        for row in rows:
            replayed = sport_state.apply(replayed, row.to_fact())
        assert sport_state.without_progress(replayed) == sport_state.without_progress(state)
    assert not Event.objects.values("source_ref").annotate(times=Count("id")).filter(times__gt=1).exists()


def test_first_start_shows_matches_at_different_minutes() -> None:
    open_at(BEGIN)

    first, second, third, fourth = minutes_of_live_matches()
    assert (first, second) == (12, 37)
    assert 50 <= third <= 57  # after a half-time and stoppage of its own
    assert 75 <= fourth <= 82
    assert Event.objects.filter(status="scheduled", start_time__gt=BEGIN).count() == LIVE
    assert all(get_prematch_odds(event.pk).keys() == {"1x2", "over_under;total=2.5"} for event in Event.objects.all())
    check_histories()


def test_the_number_of_live_matches_holds_and_results_are_the_plans() -> None:
    engine = open_at(BEGIN)
    at = BEGIN
    for _ in range(30):
        at = run(engine, at, 10, step=10)
        live = Event.objects.filter(status="ongoing").count()
        assert LIVE - 2 <= live <= LIVE
        busy = Event.objects.filter(status__in=["scheduled", "ongoing"])
        names = list(busy.values_list("teams__name", flat=True))
        assert len(names) == len(set(names))

    results = EventResult.objects.select_related("event__feed_cursor")
    assert results.count() >= 5
    for result in results:
        plan = result.event.feed_cursor.state
        goals = [incident["side"] for incident in plan["incidents"] if incident["type"] == "goal"]
        assert result.goal_sides == goals
        assert result.event.status == "completed"
        assert RealTimeEventData.objects.get(event=result.event).live_statistics == plan["statistics"]
    check_histories()


def test_every_minute_moves_the_version() -> None:
    engine = open_at(BEGIN, live_matches=1)

    run(engine, BEGIN, MATCH_SECONDS * 1.2, step=1)

    event = EventResult.objects.order_by("id").first()
    assert event is not None
    second = Event.objects.filter(status="ongoing").get()
    ticks = RecordedEvent.objects.filter(type="sports.clock_advanced", payload__event_id=str(second.pk)).count()
    assert ticks >= second.live_state.minute - Incident.objects.filter(event=second).count()


def test_betting_is_stopped_after_a_goal_and_resumes() -> None:
    engine = open_at(BEGIN, live_matches=2)
    at = BEGIN
    stopped_for: dict[object, int] = {}
    longest = 0
    for _ in range(400):
        at = run(engine, at, 0.5)
        for live in LiveState.objects.filter(event__status="ongoing").exclude(phase="completed"):
            if live.is_betting_stopped:
                stopped_for[live.pk] = stopped_for.get(live.pk, 0) + 1
                longest = max(longest, stopped_for[live.pk])
            else:
                stopped_for.pop(live.pk, None)

    # 2 s a minute: every stop lasts 2 s, a second incident within it begins anew
    assert 4 <= longest <= 12


@pytest.mark.parametrize("kills", [5, 13])
def test_killed_anywhere_it_goes_on_and_every_incident_counts_once(kills: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """After every `kills`-th action the process is gone; the next one starts from the database alone."""
    done = 0

    def killing(action: Callable[..., object]) -> Callable[..., object]:
        def act(**arguments: object) -> object:
            nonlocal done
            result = action(**arguments)
            done += 1
            if done % kills == 0:
                raise Kill
            return result

        return act

    for name in ACTIONS:
        monkeypatch.setattr(engine_module, name, killing(getattr(engine_module, name)))

    at, starts = BEGIN, 0
    engine: FeedEngine | None = None
    while EventResult.objects.count() < 2:
        at += timedelta(seconds=1)
        with clock.frozen(at):
            try:
                if engine is None:
                    engine = make_engine(live_matches=2)
                    starts += 1
                    engine.open()
                engine.run_due()
            except Kill:
                engine = None
        assert starts < 1500

    check_histories()
    for result in EventResult.objects.select_related("event__feed_cursor"):
        planned = result.event.feed_cursor.state["incidents"]
        recorded = Incident.objects.filter(event=result.event, source_ref__startswith="incident:").order_by("seq")
        assert [(row.incident_type, row.side, row.minute, row.added) for row in recorded] == [
            (one["type"], one["side"], one["minute"], one["added"]) for one in planned
        ]
    assert Event.objects.filter(status__in=["scheduled", "ongoing"]).count() <= 2 * 2


def test_after_an_hours_absence_matches_go_on_where_they_stood() -> None:
    engine = open_at(BEGIN)
    at = run(engine, BEGIN, 30)
    before = {live.pk: (live.phase, live.minute) for live in LiveState.objects.filter(event__status="ongoing")}
    planned = set(Event.objects.filter(status="scheduled").values_list("pk", flat=True))

    later = at + timedelta(hours=1)
    open_at(later)

    ongoing = LiveState.objects.filter(event__status="ongoing")
    assert {live.pk for live in ongoing} == set(before)
    for live in ongoing:
        assert live.minute - before[live.pk][1] in (0, 1)
    waiting = Event.objects.filter(status="scheduled")
    assert {event.pk for event in waiting} == planned
    assert all(event.start_time > later for event in waiting)


@pytest.mark.parametrize("away_for", [timedelta(seconds=2), timedelta(minutes=1), timedelta(hours=9)])
def test_a_start_that_was_cut_short_still_staggers(away_for: timedelta, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process died when all matches were scheduled and none had begun."""

    def die(self: FeedEngine) -> float:
        raise Kill

    with monkeypatch.context() as patch:
        patch.setattr(FeedEngine, "run_due", die)
        with pytest.raises(Kill):
            open_at(BEGIN)
    assert Event.objects.filter(status="scheduled").count() == LIVE

    open_at(BEGIN + away_for)

    minutes = minutes_of_live_matches()
    assert len(minutes) == LIVE
    assert all(following - minute >= 15 for minute, following in pairwise(minutes))


def test_slots_that_ended_unnoticed_are_spread_among_the_others() -> None:
    """Half of the slots hold no match at all: the new ones lie between those in play."""
    open_at(BEGIN, live_matches=2)

    open_at(BEGIN + timedelta(seconds=1), live_matches=4)

    minutes = minutes_of_live_matches()
    assert len(minutes) == 4
    assert all(following - minute >= 10 for minute, following in pairwise(minutes))


def test_a_short_absence_is_caught_up() -> None:
    engine = open_at(BEGIN, live_matches=1)
    at = run(engine, BEGIN, 60)
    twin = FeedEngine(source=engine.source, match_seconds=MATCH_SECONDS, live_matches=1)
    minute = LiveState.objects.get(event__status="ongoing").minute

    with clock.frozen(at + timedelta(seconds=10)):
        twin.open()

    assert LiveState.objects.get(event__status="ongoing").minute - minute == 5


def test_plans_outlive_their_source() -> None:
    open_at(BEGIN)
    known = set(Event.objects.values_list("pk", flat=True))
    other = make_engine(SyntheticSource(SyntheticLeague(99), source_name="another source"))

    with clock.frozen(BEGIN + timedelta(seconds=1)):
        other.open()
    run(other, BEGIN + timedelta(seconds=1), MATCH_SECONDS * 2, step=20)

    assert not Event.objects.filter(pk__in=known, status__in=["scheduled", "ongoing"]).exists()
    assert Event.objects.filter(source__source_name="another source", status="ongoing").count() >= LIVE - 2
    check_histories()


def test_more_slots_are_filled_and_fewer_run_out() -> None:
    open_at(BEGIN, live_matches=2)
    open_at(BEGIN + timedelta(seconds=1), live_matches=5)
    assert Event.objects.filter(status="ongoing").count() == 5

    engine = open_at(BEGIN + timedelta(seconds=2), live_matches=1)
    run(engine, BEGIN + timedelta(seconds=2), MATCH_SECONDS * 3, step=20)

    assert Event.objects.filter(status="ongoing").count() <= 1
    assert Event.objects.filter(status="scheduled").count() <= 1


def test_a_match_that_somebody_else_changed_is_let_go(caplog: pytest.LogCaptureFixture) -> None:
    engine = open_at(BEGIN, live_matches=1)
    event = Event.objects.get(status="ongoing")
    with clock.frozen(BEGIN + timedelta(seconds=1)):
        record_incident(event_id=event.pk, incident_type="second_half", minute=45)

    run(engine, BEGIN + timedelta(seconds=1), MATCH_SECONDS * 2)

    assert f"lets go of event {event.pk}" in caplog.text
    assert Event.objects.exclude(pk=event.pk).filter(status__in=["ongoing", "completed"]).exists()


def test_a_lagging_feed_catches_up_in_one_go() -> None:
    engine = open_at(BEGIN, live_matches=1)
    event = Event.objects.get(status="ongoing")

    with clock.frozen(BEGIN + timedelta(seconds=MATCH_SECONDS)):
        engine.run_due()

    event.refresh_from_db()
    assert event.status == "completed"
    assert RecordedEvent.objects.filter(type="sports.clock_advanced").count() <= 3
    check_histories()


def test_the_source_cursor_remembers_what_was_put_off() -> None:
    engine = open_at(BEGIN)
    run(engine, BEGIN, MATCH_SECONDS * 3, step=20)

    cursor = FeedCursor.objects.get(event=None)
    assert (cursor.position, cursor.state["skipped"]) == (engine.position, engine.skipped)
    assert Event.objects.count() == engine.position - len(engine.skipped)


def test_a_source_is_as_reliable_as_what_it_sent() -> None:
    class Patchy(SyntheticSource):
        def find_fixture(self, index: int) -> Fixture | None:
            return None if index % 4 == 0 else super().find_fixture(index)

    engine = make_engine(Patchy(LEAGUE, source_name="patchy"), live_matches=3)
    with clock.frozen(BEGIN):
        engine.open()

    source = ExternalDataSource.objects.get(source_name="patchy")
    assert engine.unusable == 2
    assert source.reliability_score == pytest.approx(1 - engine.unusable / engine.position)
    assert source.last_accessed == BEGIN
