"""Closing the books: what all transfers so far came to is written down, so that audits need not read them again."""

from typing import Final

from django.db import OperationalError, connection, transaction

from payments.locks import lock_closings, wait_for_transfers
from payments.models import BookClosing
from payments.queries.audit import AUDIT_WITHIN, find_closing

WAIT_FOR_TRANSFERS: Final = "2s"  # bets wait behind it meanwhile; a closing can wait for the next night
LOCK_NOT_AVAILABLE: Final = "55P03"

_CARRY_FORWARD: Final = """
    WITH pair AS MATERIALIZED (
        SELECT debit_account_id, credit_account_id, sum(amount_minor) AS amount_minor, count(*) AS transfers
          FROM payments_transfer WHERE id > %(after)s AND id <= %(up_to)s
         GROUP BY debit_account_id, credit_account_id
    ), carried AS (
        INSERT INTO payments_closingbalance AS closed (account_id, balance_minor)
        SELECT account_id, sum(amount_minor)
          FROM (SELECT debit_account_id AS account_id, -amount_minor AS amount_minor FROM pair
                UNION ALL SELECT credit_account_id, amount_minor FROM pair) AS side
         GROUP BY account_id
            ON CONFLICT (account_id) DO UPDATE SET balance_minor = closed.balance_minor + excluded.balance_minor
    )
    SELECT coalesce(sum(transfers), 0)::bigint FROM pair
"""


def close_books() -> BookClosing | None:
    """Close the books up to the newest transfer; None where none is new, or where those being written take too long.

    For whoever has just found them right.
    """
    up_to = _find_newest()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [AUDIT_WITHIN])
        lock_closings()
        last = find_closing()
        after = last.up_to_transfer_id if last else 0
        if up_to <= after:
            return None
        cursor.execute(_CARRY_FORWARD, {"after": after, "up_to": up_to})
        transfers = cursor.fetchone()[0] + (last.transfers if last else 0)
        return BookClosing.objects.create(up_to_transfer_id=up_to, transfers=transfers)


def _find_newest() -> int:
    """The id of a transfer that nobody can write one before any more; 0 where that cannot be had now."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [WAIT_FOR_TRANSFERS])
            return wait_for_transfers()
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", None) != LOCK_NOT_AVAILABLE:
            raise
        return 0
