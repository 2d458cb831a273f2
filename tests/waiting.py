"""Waiting for what another thread, process or transaction does, without guessing how long that takes."""

from collections.abc import Callable

from django.db import connection

from project.devstack.supervisor import wait_until as has_come_within

WITHIN_S = 20
EVERY_S = 0.005
WAITING = """
    SELECT EXISTS (SELECT FROM pg_stat_activity
                   WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE %s)
"""
ADVISORY_LOCK_AWAITED = """
    SELECT EXISTS (SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
                   WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted)
"""
# A snapshot's xmin is the oldest transaction still running in any database of the server; what it counts as gone,
# the snapshots of this database's other sessions must count as gone too before its dead rows may be forgotten.
ALL_ENDED_BEFORE = """
    SELECT pg_snapshot_xmin(pg_current_snapshot()) >= %s::xid8
       AND NOT EXISTS (SELECT FROM pg_stat_activity
                       WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_xmin IS NOT NULL)
"""


def wait_until(is_so: Callable[[], object]) -> None:
    came = has_come_within(lambda: bool(is_so()), timeout_s=WITHIN_S, every_s=EVERY_S)
    assert came, "it never came to be"


def is_anybody_waiting(query: str = "%") -> bool:
    """Whether a session of this database waits for a lock, in a statement that is like `query`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction sees one snapshot of the activity
        cursor.execute(WAITING, [query])
        return bool(cursor.fetchone()[0])


def is_advisory_lock_awaited() -> bool:
    """Whether a session of this database waits for a lock that is no row's. The server lists those of all databases."""
    with connection.cursor() as cursor:
        cursor.execute(ADVISORY_LOCK_AWAITED)
        return bool(cursor.fetchone()[0])


def is_settlement_waiting() -> bool:
    return is_anybody_waiting("%betting_settle%")


def wait_for_older_transactions() -> None:
    """Until no transaction that ran before now, of this database or another, needs the rows deleted before now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")
        begun = cursor.fetchone()[0]

    def have_ended() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(ALL_ENDED_BEFORE, [begun])
            return bool(cursor.fetchone()[0])

    wait_until(have_ended)
