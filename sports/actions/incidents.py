"""What happens in a match: kick-off, incidents, minutes that pass, betting that resumes."""

from uuid import UUID

from django.db import transaction

from project.kit import clock
from project.kit.events import publish
from project.kit.streams import Entry, append
from sports.actions.live_states import publish_scoreboard, store_state
from sports.core import reducer
from sports.core.match_state import IncidentType, RecordedIncident, Side
from sports.errors import EventAlreadyStarted, ImpossibleIncident
from sports.events import BettingResumed, ClockAdvanced, EventStarted, IncidentRecorded
from sports.locks import lock_event_exclusive, lock_live_state
from sports.models import EventStatus, Incident, LiveState
from sports.queries.events import describe_incident
from sports.streams import EVENT_INCIDENTS, IncidentRecordedChange

KICK_OFF_REF = "kick_off"


@transaction.atomic(durable=True)
def start_event(*, event_id: UUID, source_id: UUID | None = None) -> Incident:
    """Kick a scheduled event off; a second start from the same source gives the first one's incident.

    Raises EventAlreadyStarted.
    """
    lock_event_exclusive(event_id)
    live = lock_live_state(event_id)
    known = _find_incident(event_id, source_id, KICK_OFF_REF)
    if known is not None:
        return known
    if live.event.status != EventStatus.SCHEDULED:
        raise EventAlreadyStarted(f"The event is {live.event.status}")
    live.event.status = EventStatus.ONGOING
    live.event.save(update_fields=["status"])
    incident = _store(live, "kick_off", "", 0, 0, source_id, KICK_OFF_REF)
    publish(EventStarted(event_id=event_id, version=live.version))
    _announce(live, incident)
    return incident


@transaction.atomic(durable=True)
def record_incident(
    *,
    event_id: UUID,
    incident_type: IncidentType,
    side: Side = "",
    minute: int,
    added: int = 0,
    source_id: UUID | None = None,
    source_ref: str = "",
) -> Incident:
    """Append one incident and stop betting with it where it asks for that.

    The same (source, source_ref) of an event is recorded once; a repetition returns the stored incident.
    Raises ImpossibleIncident where it does not fit the match.
    """
    lock_event_exclusive(event_id)
    live = lock_live_state(event_id)
    known = _find_incident(event_id, source_id, source_ref)
    if known is not None:
        return known
    if live.event.status != EventStatus.ONGOING:
        raise ImpossibleIncident(f"The event is {live.event.status}")
    incident = _store(live, incident_type, side, minute, added, source_id, source_ref)
    _announce(live, incident)
    return incident


@transaction.atomic(durable=True)
def advance_clock(*, event_id: UUID, minute: int, added: int = 0) -> LiveState:
    """Move the clock on to this minute; nothing happens where it is already there or further.

    Only the row is locked: time takes no price away that a slip could still ask for.
    """
    live = lock_live_state(event_id)
    state = live.to_match_state()
    try:
        advanced = reducer.advance(state, minute=minute, added=added)
    except reducer.ImpossibleChange as error:
        raise ImpossibleIncident(str(error)) from error
    if advanced == state:
        return live
    store_state(live, advanced)
    publish(ClockAdvanced(event_id=event_id, version=live.version))
    publish_scoreboard(live)
    return live


@transaction.atomic(durable=True)
def resume_betting(*, event_id: UUID) -> LiveState:
    """Take bets again after an incident; nothing happens where they are taken or the match is over."""
    lock_event_exclusive(event_id)
    live = lock_live_state(event_id)
    state = live.to_match_state()
    resumed = reducer.resume(state)
    if resumed == state:
        return live
    store_state(live, resumed)
    publish(BettingResumed(event_id=event_id, version=live.version))
    publish_scoreboard(live)
    return live


def _find_incident(event_id: UUID, source_id: UUID | None, source_ref: str) -> Incident | None:
    if source_id is None:
        return None
    return Incident.objects.filter(event_id=event_id, source_id=source_id, source_ref=source_ref).first()


def _store(
    live: LiveState,
    incident_type: IncidentType,
    side: Side,
    minute: int,
    added: int,
    source_id: UUID | None,
    source_ref: str,
) -> Incident:
    state = live.to_match_state()
    fact = RecordedIncident(state.incident_seq + 1, incident_type, side, minute, added)
    try:
        changed = reducer.apply(state, fact)
    except reducer.ImpossibleChange as error:
        raise ImpossibleIncident(str(error)) from error
    store_state(live, changed)
    return Incident.objects.create(
        event_id=live.event_id,
        seq=fact.seq,
        incident_type=incident_type,
        side=side,
        minute=minute,
        added=added,
        home_goals=changed.home_goals,
        away_goals=changed.away_goals,
        source_id=source_id,
        source_ref=source_ref,
        recorded_at=clock.now(),
    )


def _announce(live: LiveState, incident: Incident) -> None:
    fact = incident.to_fact()
    publish(
        IncidentRecorded(
            event_id=live.event_id,
            seq=incident.seq,
            incident_type=fact.incident_type,
            version=live.version,
            is_suspending=fact.is_suspending,
        )
    )
    publish_scoreboard(live)
    topic = EVENT_INCIDENTS.name_for(event_id=str(live.event_id))
    append(Entry(topic, IncidentRecordedChange(incident=describe_incident(incident))))
