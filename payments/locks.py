"""Locking ledger accounts in their place in the lock order: after slips, before conversations and streams."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection


def lock_accounts(account_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Lock personal accounts in the order of their ids and answer their balances. House accounts are left alone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT account_id, balance_minor FROM ledger_lock(%s::uuid[])", [[str(one) for one in account_ids]]
        )
        return dict(cursor.fetchall())


def wait_for_transfers() -> int:
    """Wait until no transaction is writing transfers, and let none begin until this one ends: the newest one's id.

    Whatever is written later has a higher id.
    """
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE payments_transfer IN SHARE MODE")
        cursor.execute("SELECT coalesce(max(id), 0) FROM payments_transfer")
        newest: int = cursor.fetchone()[0]
    return newest


def lock_closings() -> None:
    """One closing at a time."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE payments_bookclosing IN SHARE ROW EXCLUSIVE MODE")
