"""Advisory locks and the one order in which every transaction takes its locks.

Order, always: event advisory, market advisory, slip rows by id, ledger accounts by id, conversation or thread row,
stream heads by name (inside `stream_append`), always last. Advisory locks end with the transaction.
"""

from collections.abc import Iterable
from typing import Literal
from uuid import UUID

from django.db import connection

Space = Literal["event", "market", "user"]

LOCK_TIMEOUT_MS = 5_000  # a waiter longer than this is stuck behind something broken; the client may replay


def lock_exclusive(space: Space, object_id: UUID) -> None:
    """Take the exclusive advisory lock of one object until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{space}:{object_id}"])


def lock_shared(space: Space, object_ids: Iterable[UUID]) -> None:
    """Take the shared advisory locks of several objects, in the order of their ids, in one statement."""
    names = [f"{space}:{object_id}" for object_id in sorted(set(object_ids))]
    if not names:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock_shared(hashtextextended(name, 0)) FROM unnest(%s::text[]) AS name", [names]
        )
