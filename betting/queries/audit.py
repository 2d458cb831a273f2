"""Whether the books are right as a whole: the ledger by itself, and open stakes against the slips that run."""

from dataclasses import replace
from typing import Final

from django.db import connection, transaction

from payments.queries.audit import AUDIT_WITHIN, Audit, audit_ledger

_STAKES_DIFFER: Final = """
    WITH held AS (
        SELECT account.currency, account.balance_minor + coalesce((
                   SELECT sum(amount_minor) FROM payments_housemovement WHERE account_id = account.id), 0) AS minor
          FROM payments_ledgeraccount AS account WHERE account.kind = 'open_stakes'
    ), running AS (
        SELECT currency, sum(remaining_stake_minor) AS minor
          FROM betting_slip WHERE status = 'accepted' GROUP BY currency
    )
    SELECT format('open stakes in %s are %s, the slips that run have %s', currency,
                  coalesce(held.minor, 0), coalesce(running.minor, 0))
      FROM held FULL JOIN running USING (currency)
     WHERE coalesce(held.minor, 0) <> coalesce(running.minor, 0)
     ORDER BY currency
"""


def audit_books(*, since_closing: bool = False) -> Audit:
    """Read every transfer, or those since the books were closed, and every slip: not for requests."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [AUDIT_WITHIN])
        ledger = audit_ledger(since_closing=since_closing)
        cursor.execute(_STAKES_DIFFER)
        return replace(ledger, faults=[*ledger.faults, *(row[0] for row in cursor.fetchall())])


def list_book_faults() -> list[str]:
    """Everything that is wrong, as sentences for a person; empty when the books are right."""
    return audit_books().faults
