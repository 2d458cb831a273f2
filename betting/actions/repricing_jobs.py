"""Asking a worker to price an event again; those that wait for one event are one."""

from uuid import UUID

from project.kit.jobs import enqueue


def repricing_key(event_id: UUID) -> str:
    """Repricings of one event that wait under this key are one."""
    return f"reprice:{event_id}"


def enqueue_repricing(event_id: UUID) -> None:
    enqueue("betting.reprice_event", queue="prices", coalesce=repricing_key(event_id), event_id=str(event_id))
