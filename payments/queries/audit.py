"""Whether the books are right: the transfers themselves are read, once, and must make what the accounts hold."""

from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction

# Every transfer is read once, by several processes, and added up by the two accounts it moves between. A pair of
# accounts has one pair of currencies, so the few sums answer what all the transfers would.
_TRANSFERS_TOLD: Final = """
    WITH pair AS MATERIALIZED (
        SELECT debit_account_id, credit_account_id, sum(amount_minor) AS amount_minor, count(*) AS transfers
          FROM payments_transfer GROUP BY debit_account_id, credit_account_id
    ), moved AS (
        SELECT account_id, sum(amount_minor) AS amount_minor
          FROM (SELECT debit_account_id AS account_id, -amount_minor AS amount_minor FROM pair
                UNION ALL
                SELECT credit_account_id, amount_minor FROM pair) AS side
         GROUP BY account_id
    ), unfolded AS (
        SELECT account_id, sum(amount_minor) AS amount_minor FROM payments_housemovement GROUP BY account_id
    ), differing AS (
        SELECT format('account %s holds %s, its transfers make %s', account.id,
                      account.balance_minor + coalesce(unfolded.amount_minor, 0), coalesce(moved.amount_minor, 0))
                   AS fault
          FROM payments_ledgeraccount AS account
          LEFT JOIN moved ON moved.account_id = account.id
          LEFT JOIN unfolded ON unfolded.account_id = account.id
         WHERE account.balance_minor + coalesce(unfolded.amount_minor, 0) <> coalesce(moved.amount_minor, 0)
         ORDER BY account.id
    )
    SELECT (SELECT coalesce(sum(transfers), 0) FROM pair)::bigint,
           EXISTS (SELECT FROM pair
                     JOIN payments_ledgeraccount AS debit ON debit.id = debit_account_id
                     JOIN payments_ledgeraccount AS credit ON credit.id = credit_account_id
                    WHERE debit.currency <> credit.currency),
           ARRAY(SELECT fault FROM differing)
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

# Memory for the sums of some hundred thousand accounts in each process, without a detour over the disk; and sums are
# handed from process to process at no charge, or the planner would rather read everything in one.
_SETTINGS: Final = "SELECT set_config('work_mem', '256MB', true), set_config('parallel_tuple_cost', '0', true)"


@dataclass(frozen=True)
class Audit:
    """How many transfers were read, and all that is wrong as sentences for a person: nothing when books are right."""

    transfers: int
    faults: list[str]


def audit_ledger() -> Audit:
    """Read every transfer: for checks at night and after crashes, not for requests. Demands a transaction."""
    assert connection.in_atomic_block, "the settings made here end with the transaction"
    with connection.cursor() as cursor:
        cursor.execute(_SETTINGS)
        cursor.execute(_TRANSFERS_TOLD)
        transfers, are_mixed, faults = cursor.fetchone()
        for check in (_SUM_NOT_ZERO, _OVERDRAWN_UNEXPLAINED, *([_CURRENCIES_MIXED] if are_mixed else [])):
            cursor.execute(check)
            faults.extend(row[0] for row in cursor.fetchall())
    return Audit(transfers, faults)


def list_ledger_faults() -> list[str]:
    """Everything that is wrong with the ledger."""
    with transaction.atomic():
        return audit_ledger().faults
