"""Advisory locks and the one order in which every transaction takes its locks.

Order, always: betting switch advisory (all before one sport), event advisory, market advisory, book rows by event,
pool rows by id, slip rows by id, withdrawal row, ledger accounts by id, conversation or thread row, stream heads by
name (inside `stream_append`), always last. Advisory locks end with the transaction.
"""

from collections.abc import Iterable, Sequence
from typing import Literal
from uuid import UUID

from django.db import connection

Space = Literal["switch", "event", "market", "user"]

LOCK_TIMEOUT_MS = 5_000  # a waiter longer than this is stuck behind something broken; the client may replay


def lock_exclusive(space: Space, object_id: UUID | str) -> None:
    """Take the exclusive advisory lock of one object until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{space}:{object_id}"])


def lock_shared(space: Space, object_ids: Iterable[UUID]) -> None:
    """Take the shared advisory locks of several objects, in the order of their ids, in one statement."""
    lock_shared_spaces([(space, object_ids)])


def lock_shared_spaces(spaces: Sequence[tuple[Space, Iterable[UUID | str]]]) -> None:
    """Take shared advisory locks of several spaces in one statement: spaces as listed, each in the order of its ids.

    The caller lists the spaces in the order of this module.
    """
    names = [f"{space}:{one}" for space, object_ids in spaces for one in sorted({str(one) for one in object_ids})]
    if not names:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock_shared(hashtextextended(name, 0)) FROM unnest(%s::text[]) AS name", [names]
        )
