"""Whether the books are right: the transfers themselves are read, once, and must make what the accounts hold.

Those up to the last closing need not be read again: their table refuses every change, and the closing has what they
came to. Reading them all the same shows whether the closing is right too.
"""

from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction

from payments.models import BookClosing

# The limit of a request would end the audit of a large ledger half-way, and an audit that did not end finds nothing.
AUDIT_WITHIN: Final = "10min"

# Transfers are read once, by several processes, and added up by the two accounts they move between. A pair of accounts
# has one pair of currencies, so the few sums answer what all the transfers would. `closed` is the newest closing's last
# transfer, `after` the same or 0: what is read anew must also come to what the closing has.
_TRANSFERS_TOLD: Final = """
    WITH pair AS MATERIALIZED (
        SELECT debit_account_id, credit_account_id, sum(amount_minor) AS amount_minor, count(*) AS transfers,
               coalesce(sum(amount_minor) FILTER (WHERE id <= %(closed)s), 0) AS closed_minor
          FROM payments_transfer WHERE id > %(after)s GROUP BY debit_account_id, credit_account_id
    ), moved AS (
        SELECT account_id, sum(amount_minor) AS amount_minor, sum(closed_minor) AS closed_minor
          FROM (SELECT debit_account_id AS account_id, -amount_minor AS amount_minor, -closed_minor AS closed_minor
                  FROM pair
                UNION ALL
                SELECT credit_account_id, amount_minor, closed_minor FROM pair
                UNION ALL
                SELECT account_id, balance_minor, balance_minor FROM payments_closingbalance WHERE %(after)s > 0
               ) AS side
         GROUP BY account_id
    ), unfolded AS (
        SELECT account_id, sum(amount_minor) AS amount_minor FROM payments_housemovement GROUP BY account_id
    ), differing AS (
        SELECT format('account %%s holds %%s, its transfers make %%s', account.id,
                      account.balance_minor + coalesce(unfolded.amount_minor, 0), coalesce(moved.amount_minor, 0))
                   AS fault
          FROM payments_ledgeraccount AS account
          LEFT JOIN moved ON moved.account_id = account.id
          LEFT JOIN unfolded ON unfolded.account_id = account.id
         WHERE account.balance_minor + coalesce(unfolded.amount_minor, 0) <> coalesce(moved.amount_minor, 0)
         ORDER BY account.id
    ), closed_differing AS (
        SELECT format('account %%s was closed with %%s, its transfers up to %%s make %%s', account_id,
                      coalesce(balance.balance_minor, 0), %(closed)s, coalesce(moved.closed_minor, 0)) AS fault
          FROM payments_closingbalance AS balance FULL JOIN moved USING (account_id)
         WHERE coalesce(balance.balance_minor, 0) <> coalesce(moved.closed_minor, 0)
         ORDER BY account_id
    )
    SELECT (SELECT coalesce(sum(transfers), 0) FROM pair)::bigint,
           EXISTS (SELECT FROM pair
                     JOIN payments_ledgeraccount AS debit ON debit.id = debit_account_id
                     JOIN payments_ledgeraccount AS credit ON credit.id = credit_account_id
                    WHERE debit.currency <> credit.currency),
           ARRAY(SELECT fault FROM differing) || ARRAY(SELECT fault FROM closed_differing)
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

# A withdrawal is what its transfers tell, between the right accounts; and none of them is without its withdrawal.
_WITHDRAWALS_DIFFER: Final = """
    WITH moved AS (
        SELECT ref, amount_minor, transfer.id, CASE
                   WHEN transfer.kind = 'withdrawal' AND leg = 0 AND (debit.kind, credit.kind) = ('wallet', 'held')
                   THEN 'held'
                   WHEN transfer.kind = 'withdrawal' AND leg = 1
                        AND (debit.kind, credit.kind) = ('held', 'payout_clearing') THEN 'paid'
                   WHEN leg = 0 AND (debit.kind, credit.kind) = ('held', 'wallet') THEN 'released'
                   WHEN leg = 0 AND (debit.kind, credit.kind) = ('payout_clearing', 'wallet') THEN 'returned'
                   ELSE 'misled'
               END AS step, coalesce(debit.owner_id, credit.owner_id) AS owner_id
          FROM payments_transfer AS transfer
          JOIN payments_ledgeraccount AS debit ON debit.id = debit_account_id
          JOIN payments_ledgeraccount AS credit ON credit.id = credit_account_id
         WHERE transfer.kind IN ('withdrawal', 'withdrawal_reversal')
    ), told AS (
        SELECT ref, string_agg(step, ', ' ORDER BY id) AS steps, min(amount_minor) AS least, max(amount_minor) AS most,
               count(DISTINCT owner_id) AS owners, min(owner_id::text) AS owner_id
          FROM moved GROUP BY ref
    )
    SELECT format('withdrawal %s is %s over %s, its transfers are %s over %s', coalesce(asked.id::text, ref),
                  coalesce(asked.status, 'not there'), asked.amount_minor, coalesce(steps, 'none'), most)
      FROM payments_withdrawal AS asked FULL JOIN told ON told.ref = asked.id::text
     WHERE steps IS DISTINCT FROM CASE
               WHEN asked.status IN ('requested', 'approved', 'processing') THEN 'held'
               WHEN asked.status = 'paid' THEN 'held, paid'
               WHEN asked.status IN ('rejected', 'cancelled') THEN 'held, released'
               WHEN asked.status = 'failed' AND asked.paid_at IS NULL THEN 'held, released'
               WHEN asked.status = 'failed' THEN 'held, paid, returned'
           END
        OR (least, most) IS DISTINCT FROM (asked.amount_minor, asked.amount_minor)
        OR (owners, told.owner_id) IS DISTINCT FROM (1, asked.user_id::text)
     ORDER BY 1
"""

# Memory for the sums of some hundred thousand accounts in each process, without a detour over the disk; and sums are
# handed from process to process at no charge, or the planner would rather read everything in one.
_SETTINGS: Final = "SELECT set_config('work_mem', '256MB', true), set_config('parallel_tuple_cost', '0', true)"


@dataclass(frozen=True)
class Audit:
    """All that is wrong, as sentences for a person, nothing when the books are right; how many transfers there are, and
    how many of them were read.
    """

    transfers: int
    read: int
    faults: list[str]


def find_closing() -> BookClosing | None:
    """The newest closing."""
    return BookClosing.objects.order_by("-up_to_transfer_id").first()


def audit_ledger(*, since_closing: bool = False) -> Audit:
    """Read every transfer, or those since the books were closed: for checks at night and after crashes, not requests.

    Demands a transaction.
    """
    assert connection.in_atomic_block, "the settings made here end with the transaction"
    with connection.cursor() as cursor:
        cursor.execute(_SETTINGS)
        while True:
            closing = find_closing()
            closed = closing.up_to_transfer_id if closing else 0
            cursor.execute(_TRANSFERS_TOLD, {"closed": closed, "after": closed if since_closing else 0})
            read, are_mixed, faults = cursor.fetchone()
            if find_closing() == closing:
                break  # what was read belongs to the closing it was compared with
        for check in (
            _SUM_NOT_ZERO,
            _OVERDRAWN_UNEXPLAINED,
            _WITHDRAWALS_DIFFER,
            *([_CURRENCIES_MIXED] if are_mixed else []),
        ):
            cursor.execute(check)
            faults.extend(row[0] for row in cursor.fetchall())
    unread = closing.transfers if closing and since_closing else 0
    return Audit(transfers=read + unread, read=read, faults=faults)


def list_ledger_faults() -> list[str]:
    """Everything that is wrong with the ledger."""
    with transaction.atomic():
        return audit_ledger().faults
