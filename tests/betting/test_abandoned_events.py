"""Events that are not played to an end: what was decided is paid, the rest comes back, through the same settlement."""

from datetime import timedelta
from uuid import UUID

import pytest

from betting import reactions
from betting.actions.grade_event import grade_event
from betting.actions.reprice_event import reprice_event
from betting.models import Selection
from project.kit.models import RecordedEvent
from sports.actions import (
    abandon_event,
    cancel_event,
    give_up,
    postpone_event,
    record_incident,
    reschedule_event,
)
from sports.events import EventAbandoned, EventCancelled
from sports.models import Event
from tests.sports.other_events import make_basketball, make_tennis, started

pytestmark = pytest.mark.django_db


def results_of(event_id: UUID, key: str) -> dict[str, tuple[str, int]]:
    selections = Selection.objects.filter(market__event_id=event_id, market__key=key)
    return {one.outcome: (one.result, one.void_halves) for one in selections}


def tennis_after_a_set() -> Event:
    """Six games to none, and one of the second set."""
    event = started(make_tennis())
    reprice_event(event_id=event.pk)
    for _ in range(7):
        record_incident(event_id=event.pk, incident_type="game", side="home", minute=0)
    return event


def test_an_abandoned_match_keeps_the_quarter_that_was_played() -> None:
    event = started(make_basketball())
    reprice_event(event_id=event.pk)
    record_incident(event_id=event.pk, incident_type="basket", side="home", minute=3, number=3)
    record_incident(event_id=event.pk, incident_type="period_end", minute=10)
    abandon_event(event_id=event.pk, reason="power")
    grade_event(event_id=event.pk)

    assert results_of(event.pk, "quarter_result;quarter=1") == {
        "home": ("won", 0),
        "draw": ("lost", 0),
        "away": ("lost", 0),
    }
    assert results_of(event.pk, "quarter_result;quarter=2")["home"] == ("void", 2)
    assert results_of(event.pk, "match_winner") == {"home": ("void", 2), "away": ("void", 2)}


def test_a_cancelled_match_pays_everything_back() -> None:
    event = make_basketball()
    reprice_event(event_id=event.pk)
    cancel_event(event_id=event.pk, reason="no floor")
    grade_event(event_id=event.pk)

    given = Selection.objects.filter(market__event_id=event.pk).values_list("result", "void_halves").distinct()
    assert list(given) == [("void", 2)]


def test_bets_stand_for_the_new_date_of_a_match_that_is_put_off() -> None:
    event = make_basketball()
    reprice_event(event_id=event.pk)
    postpone_event(event_id=event.pk, reason="no floor")
    reschedule_event(event_id=event.pk, start_time=event.start_time + timedelta(days=7))

    assert grade_event(event_id=event.pk) == 0
    given = Selection.objects.filter(market__event_id=event.pk).values_list("market__status", "result").distinct()
    assert list(given) == [("active", "")]


def test_a_tennis_match_that_is_abandoned_keeps_what_was_played() -> None:
    event = tennis_after_a_set()
    abandon_event(event_id=event.pk, reason="rain")
    grade_event(event_id=event.pk)

    assert results_of(event.pk, "match_winner") == {"home": ("void", 2), "away": ("void", 2)}
    assert results_of(event.pk, "set_winner;set=1") == {"home": ("won", 0), "away": ("lost", 0)}
    assert set(results_of(event.pk, "set_score").values()) == {("void", 2)}


def test_a_retirement_decides_the_match_after_a_set() -> None:
    event = tennis_after_a_set()
    give_up(event_id=event.pk, side="home")
    grade_event(event_id=event.pk)

    assert results_of(event.pk, "match_winner") == {"home": ("lost", 0), "away": ("won", 0)}
    assert results_of(event.pk, "set_winner;set=1") == {"home": ("won", 0), "away": ("lost", 0)}
    assert set(results_of(event.pk, "set_score").values()) == {("void", 2)}


def test_both_endings_ask_for_settlement(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[UUID] = []
    monkeypatch.setattr(reactions, "enqueue_settlement", asked.append)
    abandoned, cancelled = started(make_basketball()), make_tennis()
    abandon_event(event_id=abandoned.pk, reason="power")
    cancel_event(event_id=cancelled.pk, reason="rain")

    rows = RecordedEvent.objects.filter(type__in=["sports.event_abandoned", "sports.event_cancelled"]).order_by("id")
    first, second = [row.payload for row in rows]
    reactions.settle_soon([EventAbandoned.model_validate(first), EventCancelled.model_validate(second)])

    assert set(asked) == {abandoned.pk, cancelled.pk}
