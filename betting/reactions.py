"""What betting does when a match moves: price it again soon, let its pools follow a new start, and settle it when its
result is final."""

from collections.abc import Sequence
from uuid import UUID

from betting.actions.repricing_jobs import enqueue_repricing
from betting.actions.settlement_jobs import enqueue_settlement
from project.kit.jobs import enqueue
from project.kit.reactions import reaction
from sports.events import (
    BettingResumed,
    ClockAdvanced,
    EventAbandoned,
    EventCancelled,
    EventRescheduled,
    EventScheduled,
    EventStarted,
    IncidentRecorded,
    ResultConfirmed,
)

MOVING_POOLS_KEY = "pools:move"
StateMoved = EventScheduled | EventStarted | IncidentRecorded | ClockAdvanced | BettingResumed


def targets_key(event_id: UUID) -> str:
    """Looks at the cash-out targets of one event that wait under this key are one."""
    return f"targets:{event_id}"


def enqueue_targets(event_id: UUID) -> None:
    enqueue("betting.take_cash_out_targets", queue="money", coalesce=targets_key(event_id), event_id=str(event_id))


@reaction(
    EventScheduled, EventStarted, IncidentRecorded, ClockAdvanced, BettingResumed, name="betting.reprice", hint=True
)
def reprice_soon(event: StateMoved) -> None:
    """A hint, for speed; the sweep finds events that are behind without it."""
    enqueue_repricing(event.event_id)


@reaction(EventRescheduled, name="betting.move_pools", hint=True)
def move_pools_soon(event: EventRescheduled) -> None:
    """A hint too: the sweep of pools finds them by their events' new starts, and so does the one task for all."""
    enqueue("betting.move_pools", queue="money", coalesce=MOVING_POOLS_KEY)


@reaction(ResultConfirmed, EventAbandoned, EventCancelled, name="betting.settle")
def settle_soon(events: Sequence[ResultConfirmed | EventAbandoned | EventCancelled]) -> None:
    """Durable, because people wait for their money; an event that is not played on pays back what it left open."""
    for event_id in {event.event_id for event in events}:
        enqueue_settlement(event_id)
