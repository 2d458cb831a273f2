"""Events that do not go their way: given up, interrupted, abandoned, postponed, cancelled. What is decided stays so."""

from dataclasses import replace
from typing import Literal
from uuid import UUID

from django.db import transaction

from project.kit.events import publish
from sports.actions.incidents import announce_incident, store_incident
from sports.actions.live_states import publish_scoreboard, store_state
from sports.actions.results import find_newest_result, store_result
from sports.core.incidents import RecordedIncident, StopReason
from sports.core.sport_state import facts_of
from sports.errors import EventAlreadyStarted, ImpossibleIncident
from sports.events import (
    EventAbandoned,
    EventCancelled,
    EventInterrupted,
    EventPostponed,
    EventResumed,
    ResultConfirmed,
)
from sports.locks import lock_event_exclusive, lock_live_state
from sports.models import Event, EventResult, EventStatus, Incident, LiveState


@transaction.atomic(durable=True)
def give_up(*, event_id: UUID, side: Literal["home", "away"]) -> EventResult:
    """A tennis player retires, or does not come (a walkover): the opponent wins, and the result is final at once.

    Raises ImpossibleIncident for an event that is over or knows no giving up.
    """
    lock_event_exclusive(event_id)
    live = lock_live_state(event_id)
    if live.event.status not in (EventStatus.SCHEDULED, EventStatus.ONGOING, EventStatus.INTERRUPTED):
        raise ImpossibleIncident(f"The event is {live.event.status}")
    kind: Literal["walkover", "retirement"] = "walkover" if live.phase == "scheduled" else "retirement"
    incident = store_incident(live, RecordedIncident(live.incident_seq + 1, kind, side, live.minute, 0))
    _set_status(live, EventStatus.COMPLETED)
    result = store_result(live, version=1, facts=facts_of(live.to_state()), reason=kind)
    publish(ResultConfirmed(event_id=event_id, result_version=result.version))
    announce_incident(live, incident)
    return result


@transaction.atomic(durable=True)
def interrupt_event(*, event_id: UUID, reason: str) -> Incident:
    """Stop a live event, and betting on it, until `continue_event`. Raises ImpossibleIncident where it is not live."""
    lock_event_exclusive(event_id)
    live = lock_live_state(event_id)
    _check_status(live, EventStatus.ONGOING)
    incident = store_incident(live, RecordedIncident(live.incident_seq + 1, "interruption", "", live.minute, 0))
    _set_status(live, EventStatus.INTERRUPTED)
    publish(EventInterrupted(event_id=event_id, version=live.version, reason=reason))
    announce_incident(live, incident)
    return incident


@transaction.atomic(durable=True)
def continue_event(*, event_id: UUID) -> Incident:
    """Go on with an interrupted event. Raises ImpossibleIncident where it is not interrupted."""
    lock_event_exclusive(event_id)
    live = lock_live_state(event_id)
    _check_status(live, EventStatus.INTERRUPTED)
    incident = store_incident(live, RecordedIncident(live.incident_seq + 1, "resumption", "", live.minute, 0))
    _set_status(live, EventStatus.ONGOING)
    publish(EventResumed(event_id=event_id, version=live.version))
    announce_incident(live, incident)
    return incident


@transaction.atomic(durable=True)
def abandon_event(*, event_id: UUID, reason: str) -> EventResult:
    """End a live event for good before its end. Its result is final with the facts so far and `ending` "abandoned":
    what they decide stays decided, the rest is void. A second call returns the result of the first.

    Raises ImpossibleIncident where it is not live.
    """
    lock_event_exclusive(event_id)
    live = lock_live_state(event_id)
    known = find_newest_result(event_id)
    if known is not None and live.event.status == EventStatus.ABANDONED:
        return known
    if live.phase == "completed":
        raise ImpossibleIncident("The event has ended")
    _check_status(live, EventStatus.ONGOING, EventStatus.INTERRUPTED)
    incident = store_incident(live, RecordedIncident(live.incident_seq + 1, "abandonment", "", live.minute, 0))
    _set_status(live, EventStatus.ABANDONED)
    facts = replace(facts_of(live.to_state()), is_final=True, ending="abandoned")
    result = store_result(live, version=1, facts=facts, reason=reason)
    publish(EventAbandoned(event_id=event_id, result_version=result.version, reason=reason))
    announce_incident(live, incident)
    return result


@transaction.atomic(durable=True)
def postpone_event(*, event_id: UUID, reason: str) -> Event:
    """Take an event that has not begun off its date; `reschedule_event` gives it another.

    Raises EventAlreadyStarted.
    """
    live = _lock_unstarted(event_id, EventStatus.SCHEDULED)
    _set_status(live, EventStatus.POSTPONED)
    _stop(live, "postponed")
    publish(EventPostponed(event_id=event_id, reason=reason))
    publish_scoreboard(live)
    return live.event


@transaction.atomic(durable=True)
def cancel_event(*, event_id: UUID, reason: str) -> EventResult:
    """Call an event off that has not begun: its result is final and decides nothing.

    Raises EventAlreadyStarted.
    """
    live = _lock_unstarted(event_id, EventStatus.SCHEDULED, EventStatus.POSTPONED)
    _set_status(live, EventStatus.CANCELLED)
    _stop(live, "cancelled")
    facts = replace(facts_of(live.to_state()), is_final=True, ending="cancelled")
    result = store_result(live, version=1, facts=facts, reason=reason)
    publish(EventCancelled(event_id=event_id, result_version=result.version, reason=reason))
    publish_scoreboard(live)
    return result


def _lock_unstarted(event_id: UUID, *statuses: EventStatus) -> LiveState:
    lock_event_exclusive(event_id)
    live = lock_live_state(event_id)
    if live.event.status not in statuses:
        raise EventAlreadyStarted(f"The event is {live.event.status}")
    return live


def _check_status(live: LiveState, *statuses: EventStatus) -> None:
    if live.event.status not in statuses:
        raise ImpossibleIncident(f"The event is {live.event.status}")


def _set_status(live: LiveState, status: EventStatus) -> None:
    live.event.status = status
    live.event.save(update_fields=["status"])


def _stop(live: LiveState, reason: StopReason) -> None:
    store_state(live, replace(live.to_state(), is_betting_stopped=True, stop_reason=reason))
