"""From the outbox to the bus: stored changes are published in the order of their streams, then forgotten as pending.

A relay that dies between the two publishes some changes twice; hubs drop what they have passed on already.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection, transaction

from project.kit import bus, clock
from project.kit.redis import redis_client

BATCH: Final = 500

_READ_PENDING: Final = """
    SELECT pending.id, pending.stream, pending.seq, stored.payload::text, stored.created_at, head.epoch
      FROM kit_outbox_pending AS pending
      JOIN kit_stream AS head ON head.name = pending.stream
      LEFT JOIN kit_outbox AS stored ON stored.stream = pending.stream AND stored.seq = pending.seq
     ORDER BY pending.id
     LIMIT %s
"""
_TRY_LOCK: Final = "SELECT pg_try_advisory_lock(hashtextextended('relay', 0))"


@dataclass(frozen=True)
class Relayed:
    """What one round did; `lag_ms` is how long its oldest change had waited."""

    count: int
    lag_ms: float


def try_become_relay() -> bool:
    """Take the lock that makes this process the one relay; it is held as long as the database connection."""
    with connection.cursor() as cursor:
        cursor.execute(_TRY_LOCK)
        (is_held,) = cursor.fetchone()
    return bool(is_held)


@transaction.atomic
def relay_pending(limit: int = BATCH) -> Relayed:
    """Publish the next pending changes. When Redis refuses, nothing is forgotten.

    Within a stream ids grow with seq, because both are given out under the lock of its head.
    """
    with connection.cursor() as cursor:
        cursor.execute(_READ_PENDING, [limit])
        rows = cursor.fetchall()
        if not rows:
            return Relayed(0, 0.0)
        oldest = _publish(rows)
        cursor.execute("DELETE FROM kit_outbox_pending WHERE id = ANY(%s)", [[row[0] for row in rows]])
    lag_ms = (clock.now() - oldest).total_seconds() * 1_000 if oldest else 0.0
    return Relayed(len(rows), lag_ms)


def _publish(rows: list[tuple[int, str, int, str | None, datetime | None, str]]) -> datetime | None:
    """Send the rows in one round trip; returns when the oldest was stored. Trimmed history has nothing to send."""
    pipeline = redis_client().pipeline(transaction=False)
    oldest: datetime | None = None
    for _, stream, seq, payload, created_at, epoch in rows:
        if payload is None or created_at is None:
            continue
        oldest = created_at if oldest is None else min(oldest, created_at)
        message = bus.sequenced_message(epoch=epoch, seq=seq, change=json.loads(payload))
        pipeline.publish(bus.channel_of(stream), message)
    pipeline.execute()
    return oldest
