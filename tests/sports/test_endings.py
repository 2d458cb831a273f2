"""Events that do not go their way, through the real actions."""

from typing import Any

import pytest

from project.kit.models import RecordedEvent
from sports.actions import (
    abandon_event,
    cancel_event,
    confirm_result,
    continue_event,
    give_up,
    interrupt_event,
    postpone_event,
    record_incident,
    record_progress,
    reschedule_event,
    resume_betting,
    start_event,
)
from sports.core.match_clock import ClockReading
from sports.core.progress import GamePoints
from sports.errors import EventAlreadyStarted, ImpossibleIncident
from sports.models import Event, EventResult, Incident, LiveState
from sports.queries.results import get_final_result
from tests.sports.matches import make_event, make_live_event, play_to_end, score_goal
from tests.sports.other_events import make_outright, make_tennis, started

pytestmark = pytest.mark.django_db


def live_of(event: Event) -> LiveState:
    return LiveState.objects.select_related("event").get(pk=event.pk)


def published(event_type: str) -> list[dict[str, Any]]:
    return [row.payload for row in RecordedEvent.objects.filter(type=event_type).order_by("id")]


def test_an_abandoned_match_keeps_what_it_decided() -> None:
    event = make_live_event()
    score_goal(event, "home", minute=20)
    record_incident(event_id=event.pk, incident_type="half_time", minute=45)

    result = abandon_event(event_id=event.pk, reason="floodlights")
    facts = get_final_result(event.pk).facts
    live = live_of(event)

    assert (facts.is_final, facts.is_complete, facts.ending, facts.winner) == (True, False, "abandoned", "")
    assert (facts.periods, facts.scorers) == (((1, 0),), ("home",))
    assert (live.event.status, live.stop_reason) == ("abandoned", "abandoned")
    assert published("sports.event_abandoned") == [
        {
            "type": "sports.event_abandoned",
            "event_id": str(event.pk),
            "result_version": result.version,
            "reason": "floodlights",
        }
    ]
    assert abandon_event(event_id=event.pk, reason="again").pk == result.pk
    assert resume_betting(event_id=event.pk).is_betting_stopped


@pytest.mark.parametrize("make", [make_event, play_to_end])
def test_only_a_live_match_is_abandoned(make: Any) -> None:
    event = make()
    version = live_of(event).version

    with pytest.raises(ImpossibleIncident):
        abandon_event(event_id=event.pk, reason="rain")
    assert live_of(event).version == version
    assert not published("sports.event_abandoned")


def test_an_interruption_stops_betting_until_play_goes_on() -> None:
    event = make_live_event()
    stops = live_of(event).stop_count

    interrupt_event(event_id=event.pk, reason="rain")
    interrupted = live_of(event)
    with pytest.raises(ImpossibleIncident):
        record_incident(event_id=event.pk, incident_type="goal", side="home", minute=3)
    with pytest.raises(ImpossibleIncident):
        record_progress(event_id=event.pk, made=ClockReading(9, 0))
    resume_betting(event_id=event.pk)

    assert (interrupted.event.status, interrupted.stop_reason) == ("interrupted", "interrupted")
    assert interrupted.stop_count == stops + 1
    assert live_of(event).is_betting_stopped
    continue_event(event_id=event.pk)
    assert (live_of(event).event.status, live_of(event).is_betting_stopped) == ("ongoing", False)
    kinds = Incident.objects.filter(event=event).order_by("seq").values_list("incident_type", flat=True)
    assert list(kinds) == ["kick_off", "interruption", "resumption"]


def test_a_postponed_match_is_on_again_with_another_date() -> None:
    event = make_event()

    postpone_event(event_id=event.pk, reason="snow")
    postponed = live_of(event)
    reschedule_event(event_id=event.pk, start_time=event.start_time)
    again = live_of(event)

    assert (postponed.event.status, postponed.stop_reason) == ("postponed", "postponed")
    assert (again.event.status, again.is_betting_stopped) == ("scheduled", False)
    assert [one["reason"] for one in published("sports.event_postponed")] == ["snow"]
    start_event(event_id=event.pk)
    with pytest.raises(EventAlreadyStarted):
        postpone_event(event_id=event.pk, reason="late")


def test_a_cancelled_match_has_a_result_that_decides_nothing() -> None:
    event = make_event()

    cancel_event(event_id=event.pk, reason="a club withdrew")
    facts = get_final_result(event.pk).facts

    assert (facts.ending, facts.is_final, facts.periods, facts.winner) == ("cancelled", True, (), "")
    assert live_of(event).event.status == "cancelled"
    with pytest.raises(EventAlreadyStarted):
        start_event(event_id=event.pk)


def test_a_retirement_is_a_final_result_at_once() -> None:
    event = started(make_tennis())
    for _ in range(6):
        record_incident(event_id=event.pk, incident_type="game", side="home", minute=0)

    give_up(event_id=event.pk, side="home")
    result = get_final_result(event.pk)

    assert (result.facts.ending, result.facts.winner, result.facts.periods) == ("retirement", "away", ((6, 0),))
    assert EventResult.objects.get().outcome == "away"
    assert [one["result_version"] for one in published("sports.result_confirmed")] == [1]
    assert confirm_result(event_id=event.pk).version == 1
    with pytest.raises(ImpossibleIncident):
        give_up(event_id=event.pk, side="away")


def test_a_walkover_needs_no_start() -> None:
    event = make_tennis()

    give_up(event_id=event.pk, side="away")

    assert get_final_result(event.pk).facts.winner == "home"
    assert live_of(event).event.status == "completed"


def test_nobody_gives_up_in_football() -> None:
    event = make_live_event()

    with pytest.raises(ImpossibleIncident):
        give_up(event_id=event.pk, side="home")
    assert not EventResult.objects.exists()


def test_stops_are_counted_when_betting_goes_from_open_to_stopped() -> None:
    event = make_live_event()

    score_goal(event, "home", minute=5)
    record_incident(event_id=event.pk, incident_type="red_card", side="away", minute=6)
    one_stop = live_of(event).stop_count
    resume_betting(event_id=event.pk)
    score_goal(event, "home", minute=9)

    assert (one_stop, live_of(event).stop_count) == (1, 2)


def test_points_of_a_game_are_no_incidents() -> None:
    event = started(make_tennis())
    before = live_of(event)

    record_progress(event_id=event.pk, made=GamePoints(2, 1))
    after = live_of(event)

    assert (after.version, after.incident_seq) == (before.version + 1, before.incident_seq)
    assert len(published("sports.clock_advanced")) == 1
    with pytest.raises(ImpossibleIncident):
        record_progress(event_id=event.pk, made=ClockReading(3, 0))


def test_a_withdrawal_before_the_off_is_an_incident() -> None:
    event = make_outright()

    record_incident(event_id=event.pk, incident_type="withdrawal", minute=0, number=2)
    started(event)

    assert live_of(event).details["withdrawn"] == [2]
    with pytest.raises(ImpossibleIncident):
        record_incident(event_id=event.pk, incident_type="withdrawal", minute=0, number=3)
