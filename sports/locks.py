"""Locks on events. They come first in the lock order of kit/locks.py."""

from collections.abc import Iterable
from uuid import UUID

from project.kit.errors import NotFound
from project.kit.locks import lock_exclusive, lock_shared
from sports.models import LiveState


def lock_event_shared(event_ids: Iterable[UUID]) -> None:
    """Hold off every stop of betting on these events until the transaction ends; slips take this."""
    lock_shared("event", event_ids)


def lock_event_exclusive(event_id: UUID) -> None:
    """Wait for the slips in flight on this event and hold off new ones until the transaction ends."""
    lock_exclusive("event", event_id)


def lock_live_state(event_id: UUID) -> LiveState:
    """The event's live state with its row locked, its event joined unlocked; after any advisory lock.

    Raises NotFound.
    """
    try:
        return LiveState.objects.select_related("event").select_for_update(of=("self",)).get(pk=event_id)
    except LiveState.DoesNotExist as error:
        raise NotFound("No such event") from error
