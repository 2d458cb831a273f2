"""Pools that go with their event: it was put off or brought forward, and so is their end."""

from uuid import UUID

from django.db import transaction

from betting.models import BettingPool, PoolStatus
from betting.streams import POOL, pool_changes
from project.kit import clock
from project.kit.streams import publish_latest
from sports.models import EventStatus


@transaction.atomic(durable=True)
def follow_event(*, pool_id: UUID) -> bool:
    """Tell when a pool ends now, and open one again whose end is ahead once more; answers whether anything changed.

    By the event as it stands, so that repeated and late calls change nothing. One that was settled or called off stays
    so. Locks the pool's row, and reads the event after that.
    """
    pool = BettingPool.objects.select_for_update(no_key=True).get(id=pool_id)
    if pool.status not in (PoolStatus.OPEN, PoolStatus.CLOSED):
        return False
    before = (pool.closes_at, pool.status)
    pool.closes_at = pool.ends_at
    if pool.event.status == EventStatus.SCHEDULED and clock.now() < pool.closes_at:
        pool.status = PoolStatus.OPEN
    if (pool.closes_at, pool.status) == before:
        return False
    pool.version += 1
    pool.save(update_fields=["closes_at", "status", "version"])
    publish_latest(POOL.name_for(pool_id=pool.id), pool_changes(pool))
    return True
