"""Facts that sports publishes. Higher apps react to them; nothing here knows who does."""

from typing import Literal
from uuid import UUID

from project.kit.events import DomainEvent
from sports.core.incidents import IncidentType


class EventScheduled(DomainEvent):
    """A match exists and may be priced."""

    type: Literal["sports.event_scheduled"] = "sports.event_scheduled"
    event_id: UUID


class EventRescheduled(DomainEvent):
    """A match that has not begun got another start time."""

    type: Literal["sports.event_rescheduled"] = "sports.event_rescheduled"
    event_id: UUID


class EventStarted(DomainEvent):
    """The match has kicked off; its first incident was recorded in the same transaction."""

    type: Literal["sports.event_started"] = "sports.event_started"
    event_id: UUID
    version: int


class IncidentRecorded(DomainEvent):
    """Something happened in an event; `is_suspending` says that betting stands still after it."""

    type: Literal["sports.incident_recorded"] = "sports.incident_recorded"
    event_id: UUID
    seq: int
    incident_type: IncidentType
    version: int
    is_suspending: bool


class ClockAdvanced(DomainEvent):
    """Play went on without an incident: a minute of the clock, a point of a game, a change of places."""

    type: Literal["sports.clock_advanced"] = "sports.clock_advanced"
    event_id: UUID
    version: int


class BettingResumed(DomainEvent):
    """A stop of betting by an incident is over."""

    type: Literal["sports.betting_resumed"] = "sports.betting_resumed"
    event_id: UUID
    version: int


class EventInterrupted(DomainEvent):
    """Play has stopped for a while, and betting with it."""

    type: Literal["sports.event_interrupted"] = "sports.event_interrupted"
    event_id: UUID
    version: int
    reason: str


class EventResumed(DomainEvent):
    """An interrupted event goes on."""

    type: Literal["sports.event_resumed"] = "sports.event_resumed"
    event_id: UUID
    version: int


class EventAbandoned(DomainEvent):
    """Nothing more will be played: what the facts of this result decide stays decided, the rest is void."""

    type: Literal["sports.event_abandoned"] = "sports.event_abandoned"
    event_id: UUID
    result_version: int
    reason: str


class EventPostponed(DomainEvent):
    """The event is off its date; `EventRescheduled` follows if it gets another one."""

    type: Literal["sports.event_postponed"] = "sports.event_postponed"
    event_id: UUID
    reason: str


class EventCancelled(DomainEvent):
    """The event will never be played; its final result decides nothing."""

    type: Literal["sports.event_cancelled"] = "sports.event_cancelled"
    event_id: UUID
    result_version: int
    reason: str


class ResultConfirmed(DomainEvent):
    """A version of the result is final; published for the first one and for every correction."""

    type: Literal["sports.result_confirmed"] = "sports.result_confirmed"
    event_id: UUID
    result_version: int


class ResultCorrected(DomainEvent):
    """A final result was replaced; what was settled by `previous_version` is settled again by the new one."""

    type: Literal["sports.result_corrected"] = "sports.result_corrected"
    event_id: UUID
    result_version: int
    previous_version: int
