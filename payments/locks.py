"""Locking withdrawals and ledger accounts in their places in the lock order: after slips, before conversations."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from payments.models import Withdrawal
from project.kit.errors import NotFound


def lock_withdrawal(withdrawal_id: UUID) -> Withdrawal:
    """Lock one withdrawal until the transaction ends, before the accounts it moves between. Raises NotFound."""
    rows = Withdrawal.objects.select_for_update(of=("self",), no_key=True).select_related("wallet")
    withdrawal = rows.filter(id=withdrawal_id).first()
    if withdrawal is None:
        raise NotFound("No such withdrawal")
    return withdrawal


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
