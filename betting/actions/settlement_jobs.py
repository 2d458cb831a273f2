"""Waking the workers that settle. A wake-up may be lost: the sweep finds books with results ahead of their slips."""

from uuid import UUID

from project.kit.jobs import enqueue

HELPERS_MAX = 3  # workers beside the first that share a large event; each takes the next range nobody has


def settlement_key(event_id: UUID) -> str:
    """Settlements of one event that wait under this key are one, however often the sweep asks."""
    return f"settle:{event_id}"


def enqueue_settlement(event_id: UUID) -> None:
    enqueue("betting.settle_event", queue="money", coalesce=settlement_key(event_id), event_id=str(event_id))


def enqueue_helpers(event_id: UUID, count: int) -> None:
    """Let further workers take ranges of an event whose slips are planned."""
    for _ in range(min(count, HELPERS_MAX)):
        enqueue("betting.settle_ranges", queue="money", event_id=str(event_id))
