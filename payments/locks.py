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
