"""Moving pools with their events, closing those whose time is over and dividing those whose market has new results, one
transaction each."""

from collections.abc import Iterable
from uuid import UUID

from betting.actions.pools.follow_event import follow_event
from betting.actions.pools.settle_pool import close_pool, settle_pool_by_results
from betting.queries.pools import (
    list_pool_ids_of_event,
    list_pool_ids_to_close,
    list_pool_ids_to_move,
    list_pool_ids_to_settle,
)


def move_pools() -> int:
    """Let every pool follow its event that was put off or brought forward; answers how many changed."""
    return sum(follow_event(pool_id=pool_id) for pool_id in list_pool_ids_to_move())


def close_due_pools() -> int:
    """Say of every pool whose time is over that it takes no more stakes; answers how many there were."""
    pool_ids = list_pool_ids_to_close()
    for pool_id in pool_ids:
        close_pool(pool_id=pool_id)
    return len(pool_ids)


def settle_due_pools() -> int:
    """Divide every pool that is behind the results of its market; answers how many changed."""
    return _settle(list_pool_ids_to_settle())


def settle_pools_of_event(*, event_id: UUID) -> int:
    """Divide the pools of an event that has just been graded; answers how many changed."""
    return _settle(list_pool_ids_of_event(event_id))


def _settle(pool_ids: Iterable[UUID]) -> int:
    return sum(settle_pool_by_results(pool_id=pool_id) for pool_id in pool_ids)
