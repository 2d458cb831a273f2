"""What happens in an event: its start, incidents, progress between them, betting that resumes."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from project.kit import clock
from project.kit.events import publish
from project.kit.streams import Entry, append
from sports.actions.live_states import publish_scoreboard, store_state
from sports.core import sport_state
from sports.core.incidents import START_TYPES, ImpossibleChange, IncidentType, RecordedIncident, Side
from sports.core.match_clock import ClockReading
from sports.core.progress import Progress
from sports.core.sport_state import BEFORE_START
from sports.errors import EventAlreadyStarted, ImpossibleIncident
from sports.events import BettingResumed, ClockAdvanced, EventStarted, IncidentRecorded
from sports.locks import lock_event_exclusive, lock_live_state
from sports.models import EventStatus, Incident, LiveState
from sports.queries.events import describe_incident
from sports.streams import EVENT_INCIDENTS, IncidentRecordedChange

KICK_OFF_REF = "kick_off"


@transaction.atomic(durable=True)
def start_event(*, event_id: UUID, side: Side = "", source_id: UUID | None = None) -> Incident:
    """Kick a scheduled event off; a second start from the same source gives the first one's incident.

    `side` is who serves first in tennis. A stop from before the start, such as a withdrawal's, ends with it.

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
    fact = RecordedIncident(live.incident_seq + 1, START_TYPES[live.to_state().sport], side, 0, 0)
    incident = store_incident(live, fact, source_id=source_id, source_ref=KICK_OFF_REF)
    publish(EventStarted(event_id=event_id, version=live.version))
    announce_incident(live, incident)
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
    made: Progress | None = None,
    source_id: UUID | None = None,
    source_ref: str = "",
) -> Incident:
    """Append one incident and stop betting with it where it asks for that.

    `number` and `places` are what `RecordedIncident` says of them; `made` is how far play had come just before it.

    The same (source, source_ref) of an event is recorded once; a repetition returns the stored incident.
    Raises ImpossibleIncident where it does not fit the match.
    """
    lock_event_exclusive(event_id)
    live = lock_live_state(event_id)
    known = _find_incident(event_id, source_id, source_ref)
    if known is not None:
        return known
    is_possible = live.event.status == EventStatus.ONGOING or (
        live.event.status == EventStatus.SCHEDULED and incident_type in BEFORE_START
    )
    if not is_possible:
        raise ImpossibleIncident(f"The event is {live.event.status}")
    fact = RecordedIncident(live.incident_seq + 1, incident_type, side, minute, added, number, tuple(places))
    incident = store_incident(live, fact, made=made, source_id=source_id, source_ref=source_ref)
    announce_incident(live, incident)
    return incident


def advance_clock(*, event_id: UUID, minute: int, added: int = 0) -> LiveState:
    """Move a football match's clock on to this minute; nothing happens where it is already there or further."""
    return record_progress(event_id=event_id, made=ClockReading(minute, added))


@transaction.atomic(durable=True)
def record_progress(*, event_id: UUID, made: Progress) -> LiveState:
    """Move the event on between its incidents: clock, points of a game, order of runners.

    Only the row is locked: time takes no price away that a slip could still ask for. Raises ImpossibleIncident.
    """
    live = lock_live_state(event_id)
    state = live.to_state()
    if live.event.status != EventStatus.ONGOING:
        raise ImpossibleIncident(f"The event is {live.event.status}")
    try:
        advanced = sport_state.progress(state, made)
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


def store_incident(
    live: LiveState,
    fact: RecordedIncident,
    *,
    made: Progress | None = None,
    source_id: UUID | None = None,
    source_ref: str = "",
) -> Incident:
    """Apply the fact to the state and keep both, inside the caller's transaction with the live state locked.

    Raises ImpossibleIncident.
    """
    state = live.to_state()
    try:
        if made is not None:
            state = sport_state.progress(state, made)
        changed = sport_state.apply(state, fact)
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


def announce_incident(live: LiveState, incident: Incident) -> None:
    """Tell everyone of an incident stored in this transaction; the last thing an action does."""
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
