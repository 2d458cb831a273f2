"""Whether the books are right: every check reads the transfers themselves and must find nothing."""

from typing import Final

from django.db import connection

_BALANCES_DIFFER: Final = """
    WITH moved AS (
        SELECT account_id, sum(amount_minor) AS amount_minor
          FROM (SELECT debit_account_id AS account_id, -amount_minor AS amount_minor FROM payments_transfer
                UNION ALL
                SELECT credit_account_id, amount_minor FROM payments_transfer) AS side
         GROUP BY account_id
    ), unfolded AS (
        SELECT account_id, sum(amount_minor) AS amount_minor FROM payments_housemovement GROUP BY account_id
    )
    SELECT format('account %s holds %s, its transfers make %s', account.id,
                  account.balance_minor + coalesce(unfolded.amount_minor, 0), coalesce(moved.amount_minor, 0))
      FROM payments_ledgeraccount AS account
      LEFT JOIN moved ON moved.account_id = account.id
      LEFT JOIN unfolded ON unfolded.account_id = account.id
     WHERE account.balance_minor + coalesce(unfolded.amount_minor, 0) <> coalesce(moved.amount_minor, 0)
     ORDER BY account.id
"""

_SUM_NOT_ZERO: Final = """
    SELECT format('all %s accounts together hold %s', currency, sum(amount_minor))
      FROM (SELECT account.currency, account.balance_minor AS amount_minor FROM payments_ledgeraccount AS account
            UNION ALL
            SELECT account.currency, movement.amount_minor
              FROM payments_housemovement AS movement
              JOIN payments_ledgeraccount AS account ON account.id = movement.account_id) AS held
     GROUP BY currency HAVING sum(amount_minor) <> 0
     ORDER BY currency
"""

_OVERDRAWN_UNEXPLAINED: Final = """
    SELECT format('account %s is at %s without a reason', id, balance_minor)
      FROM payments_ledgeraccount
     WHERE owner_id IS NOT NULL AND balance_minor < 0 AND overdrawn_by IS NULL
     ORDER BY id
"""

_CURRENCIES_MIXED: Final = """
    SELECT format('transfer %s moves %s into %s', transfer.id, debit.currency, credit.currency)
      FROM payments_transfer AS transfer
      JOIN payments_ledgeraccount AS debit ON debit.id = transfer.debit_account_id
      JOIN payments_ledgeraccount AS credit ON credit.id = transfer.credit_account_id
     WHERE debit.currency <> credit.currency
     ORDER BY transfer.id
"""


def list_ledger_faults() -> list[str]:
    """Everything that is wrong with the books, as sentences for a person; empty when they are right.

    Reads every transfer: for checks at night and after crashes, not for requests.
    """
    faults: list[str] = []
    with connection.cursor() as cursor:
        for check in (_BALANCES_DIFFER, _SUM_NOT_ZERO, _OVERDRAWN_UNEXPLAINED, _CURRENCIES_MIXED):
            cursor.execute(check)
            faults.extend(row[0] for row in cursor.fetchall())
    return faults
