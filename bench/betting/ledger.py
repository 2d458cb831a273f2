"""`manage.py verify_ledger` over ten million transfers, in a cluster of its own.

The transfers are written by one statement each for people and house, with the guards of the ledger off: what is
measured reads them. Their indexes are left out, the audit uses none.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Final

import psycopg2

from bench.betting.report import Target, show_targets
from bench.table import print_table
from project.devstack.stack import REPOSITORY

TRANSFERS: Final = 10_000_000
TRANSFERS_A_PERSON: Final = 100
WITHIN_S: Final = 3.0
RUNS: Final = 3

_FILL: Final = """
    SET session_replication_role = replica;
    ALTER TABLE payments_transfer DROP CONSTRAINT payments_transfer_once;
    DROP INDEX payments_transfer_debits;
    DROP INDEX payments_transfer_credits;
    SELECT ledger_house_account(kind, 'PLY') FROM unnest(ARRAY['issuance', 'open_stakes', 'house_revenue']) AS kind;
    CREATE TEMP TABLE person AS
        SELECT uuidv7() AS account, gen_random_uuid() AS owner, number
          FROM generate_series(0, %(transfers)s / %(each)s - 1) AS number;
    INSERT INTO payments_ledgeraccount (id, owner_id, kind, currency, balance_minor, won_minor, lost_minor, version)
    SELECT account, owner, 'wallet', 'PLY', 0, 0, 0, 0 FROM person;
    CREATE TEMP TABLE step AS
        SELECT number, CASE WHEN number = 0 THEN 'grant' ELSE (ARRAY['stake', 'payout', 'stake'])[1 + number %% 3] END
               AS kind
          FROM generate_series(0, %(each)s - 1) AS number;
    -- In the order of time: everybody's first, everybody's second.
    INSERT INTO payments_transfer (
        id, kind, ref, leg, debit_account_id, credit_account_id, amount_minor, debit_balance_after_minor,
        credit_balance_after_minor, ref_kind, ref_id, description)
    SELECT step.number * (%(transfers)s / %(each)s) + person.number + 1, step.kind, slip.id || ':1', 0,
           CASE step.kind WHEN 'grant' THEN issuance WHEN 'stake' THEN account ELSE house_revenue END,
           CASE step.kind WHEN 'stake' THEN open_stakes ELSE account END,
           CASE step.kind WHEN 'grant' THEN 100000 ELSE 100 + (person.number + step.number) %% 50 END,
           CASE step.kind WHEN 'stake' THEN 90000 END, CASE step.kind WHEN 'stake' THEN NULL ELSE 90000 END,
           'slip', slip.id, 'Paid out: Home, Match result, Northbridge - Southport'
      FROM step CROSS JOIN person
     CROSS JOIN LATERAL (SELECT uuidv7() AS id WHERE step.number >= 0) AS slip
     CROSS JOIN (SELECT ledger_house_account('issuance', 'PLY') AS issuance,
                        ledger_house_account('open_stakes', 'PLY') AS open_stakes,
                        ledger_house_account('house_revenue', 'PLY') AS house_revenue) AS house
     ORDER BY step.number, person.number;
    UPDATE payments_ledgeraccount AS account SET balance_minor = moved.amount
      FROM (SELECT id, sum(amount) AS amount
              FROM (SELECT debit_account_id AS id, -amount_minor AS amount FROM payments_transfer
                    UNION ALL SELECT credit_account_id, amount_minor FROM payments_transfer) AS side
             GROUP BY id) AS moved
     WHERE account.id = moved.id;
    -- The stakes that are open belong to one slip.
    INSERT INTO accounts_user (
        id, password, is_superuser, username, email, first_name, last_name, role, status, is_active, is_staff,
        session_epoch, country, city, bio, phone_number, department, profile_picture)
    SELECT owner, '', false, 'punter', 'punter@example.org', '', '', 'END_USER', 'active', true, false,
           0, '', '', '', '', '', ''
      FROM person LIMIT 1;
    INSERT INTO betting_slip (
        id, user_id, bet_type, line_sizes, line_count, is_each_way, predicted_outcome, currency, stake_minor,
        potential_win_minor, remaining_stake_minor, cashed_out_minor, results_sum, status, price_policy, match_state,
        settlement_no, placed_at)
    SELECT uuidv7(), accounts_user.id, 'single', '{1}', 1, false, '', 'PLY', balance_minor, balance_minor,
           balance_minor, 0, 0, 'accepted', 'none', '{}', 0, now()
      FROM accounts_user, payments_ledgeraccount AS stakes WHERE stakes.kind = 'open_stakes';
"""


def measure() -> None:
    """Fill, audit and print, on the PostgreSQL that DATABASE_URL names."""
    print("writing ten million transfers", file=sys.stderr, flush=True)
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    connection.autocommit = True
    with connection.cursor() as cursor:
        for statement in _FILL.split(";\n"):
            if statement.strip():
                cursor.execute(statement % {"transfers": TRANSFERS, "each": TRANSFERS_A_PERSON})
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("CHECKPOINT")

        def read_all() -> None:
            cursor.execute("SELECT sum(amount_minor), count(*) FROM payments_transfer")

        floor_s = min(_time(read_all) for _ in range(RUNS))
    start_s = min(_time(lambda: _manage("verify_ledger", "--help")) for _ in range(RUNS))
    all_s = min(_time(lambda: _manage("verify_ledger", "--all")) for _ in range(RUNS))
    closing_s = _time(lambda: _manage("verify_ledger", "--close"))
    since_s = min(_time(lambda: _manage("verify_ledger")) for _ in range(RUNS))
    print_table(
        f"The audit of {TRANSFERS:,} transfers, best of {RUNS}",
        ("what", "s"),
        [
            ["the sum of one column (the floor of reading all)", f"{floor_s:.2f}"],
            ["manage.py verify_ledger --all", f"{all_s:.2f}"],
            ["the same, and closing the books, once", f"{closing_s:.2f}"],
            ["manage.py verify_ledger, since the closing", f"{since_s:.2f}"],
            ["of each, starting Django", f"{start_s:.2f}"],
        ],
    )
    targets = [
        Target("verify_ledger with closed books, s", WITHIN_S, since_s, is_ceiling=True),
        Target("verify_ledger --all, s", WITHIN_S, all_s, is_ceiling=True),
    ]
    show_targets("the audit", targets)
    connection.close()


def _manage(*arguments: str) -> None:
    command = [sys.executable, "manage.py", *arguments]
    subprocess.run(command, cwd=REPOSITORY, check=True, stdout=subprocess.DEVNULL)


def _time(run: Callable[[], None]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began
