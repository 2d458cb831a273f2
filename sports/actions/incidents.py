"""What happens in a match: kick-off, incidents, minutes that pass, betting that resumes."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from project.kit import clock
from project.kit.events import publish
from project.kit.streams import Entry, append
from sports.actions.live_states import publish_scoreboard, store_state
from sports.core import reducer, sport_state
from sports.core.incidents import START_TYPES, ImpossibleChange, IncidentType, RecordedIncident, Side
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
    fact = RecordedIncident(live.incident_seq + 1, START_TYPES[live.to_state().sport], "", 0, 0)
    incident = _store(live, fact, source_id, KICK_OFF_REF)
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
    number: int = 0,
    places: Sequence[int] = (),
    source_id: UUID | None = None,
    source_ref: str = "",
) -> Incident:
    """Append one incident and stop betting with it where it asks for that.

    `number` and `places` are what `RecordedIncident` says of them.

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
    fact = RecordedIncident(live.incident_seq + 1, incident_type, side, minute, added, number, tuple(places))
    incident = _store(live, fact, source_id, source_ref)
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
    except ImpossibleChange as error:
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
    state = live.to_state()
    resumed = sport_state.resume(state)
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


def _store(live: LiveState, fact: RecordedIncident, source_id: UUID | None, source_ref: str) -> Incident:
    try:
        changed = sport_state.apply(live.to_state(), fact)
    except ImpossibleChange as error:
        raise ImpossibleIncident(str(error)) from error
    store_state(live, changed)
    return Incident.objects.create(
        event_id=live.event_id,
        seq=fact.seq,
        incident_type=fact.incident_type,
        side=fact.side,
        minute=fact.minute,
        added=fact.added,
        home_goals=live.home_goals,
        away_goals=live.away_goals,
        number=fact.number,
        places=list(fact.places),
        score=sport_state.score_text(changed),
        source_id=source_id,
        source_ref=source_ref,
        recorded_at=clock.now(),
    )


def _announce(live: LiveState, incident: Incident) -> None:
    publish(
        IncidentRecorded(
            event_id=live.event_id,
            seq=incident.seq,
            incident_type=incident.to_fact().incident_type,
            version=live.version,
            is_suspending=live.is_betting_stopped,
        )
    )
    publish_scoreboard(live)
    topic = EVENT_INCIDENTS.name_for(event_id=str(live.event_id))
    append(Entry(topic, IncidentRecordedChange(incident=describe_incident(incident))))
