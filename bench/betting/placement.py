"""Placement with full rules and authentication beside pgbench: by socket, by HTTP, on one market, by one person.

Everything shares two cores: client, web process and PostgreSQL, as pgbench shares them with PostgreSQL. Rows of one
kind are measured in turn, round by round, because a machine's speed moves: compare rows of one run, never of two.
"""

import multiprocessing
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from django.conf import settings

from bench.betting.baseline import ONE_FUNCTION, SEVEN_TRIPS, Baseline, Bout
from bench.betting.client import Load, Outcome, Seat, Site, serve
from bench.betting.customers import Bet, Customer, make_bets, make_customers
from bench.betting.lines import ACCEPTED, HOST
from bench.betting.report import (
    HTTP,
    HTTP_HALF,
    ONE_MARKET,
    ONE_PERSON,
    SEVEN_TRIPS_HALF,
    SOCKET,
    SOCKET_HALF,
    Row,
    show_exactness,
    show_placement,
)
from bench.live_stack import running, wait_until_ready
from project.devstack.processes import list_processes

CUSTOMERS: Final = 600  # a socket takes 20 frames a second: so many carry 12,000 bets a second
MARKETS: Final = 40
ONE_PERSON_SOCKETS: Final = 10  # a person has no more; the other connections are a browser's
ONE_PERSON_BROWSERS: Final = 40
ONE_PERSON_BETS: Final = 2_200  # the funds end after 2,000
STAKE: Final = "0.10"
LARGE_STAKE: Final = "0.50"
FOLD_EVERY_S: Final = 0.5  # as Celery's schedule does
ALL_READY_WITHIN_S: Final = 30.0
# At a steady rate what waits while connections are opened, and sessions looked up, is behind by then.
STEADY_AFTER_S: Final = 4.0


@dataclass(frozen=True)
class Lengths:
    """How long what takes."""

    rounds: int
    window_s: float
    baseline_s: int
    half_s: float


LENGTHS: Final = {
    "quick": Lengths(rounds=1, window_s=1.0, baseline_s=1, half_s=1.0),
    "short": Lengths(rounds=2, window_s=5.0, baseline_s=4, half_s=20.0),
    "long": Lengths(rounds=6, window_s=10.0, baseline_s=8, half_s=30.0),
}


@dataclass
class Bench:
    """A running site with customers who have it open and callers of its API who do not, and the client that bets."""

    site: Site
    pipe: Connection
    customers: Sequence[Customer]
    callers: Sequence[Customer]
    markets: Sequence[Sequence[Bet]]
    accepted: int = 0
    rows: dict[str, Row] = field(default_factory=dict)
    loads: int = 0

    def run(self, load: Load) -> Outcome:
        """Place bets; what they did is added to the row of this name."""
        self.loads += 1
        self.pipe.send(replace(load, name=f"{self.loads}"))
        if not self.pipe.poll(120.0):
            raise SystemExit(f"the client did not come back from: {load.name}")
        outcome: Outcome = self.pipe.recv()
        self.accepted += outcome.accepted_in_all
        self._add(load.name, outcome)
        return outcome

    def add_baseline(self, baseline: Baseline, script: str, seconds: int) -> None:
        self._add_bout(script, baseline.run(script, seconds))

    def add_half(self, baseline: Baseline, seconds: int) -> None:
        """The seven trips at half of their own rate: the floor of what waits for cores and disk."""
        bout = baseline.run(SEVEN_TRIPS, seconds, per_s=self.rows[SEVEN_TRIPS].per_s / 2)
        self._add_bout(SEVEN_TRIPS_HALF, bout)

    def _add_bout(self, name: str, bout: Bout) -> None:
        outcome = Outcome(
            answers=Counter({ACCEPTED: bout.transactions}),
            seconds=bout.seconds,
            database_cpu_s=bout.database_cpu_s,
            client_cpu_s=bout.client_cpu_s,
            latencies_ms=list(bout.latencies_ms),
        )
        self._add(name, outcome)

    def _add(self, name: str, outcome: Outcome) -> None:
        self.rows.setdefault(name, Row()).add(outcome)
        print(f"{name}: {outcome.answers[ACCEPTED] / outcome.seconds:,.0f}/s", file=sys.stderr, flush=True)

    def sockets(self) -> list[Seat]:
        return [Seat("socket", customer.session_key) for customer in self.customers]

    def browsers(self) -> list[Seat]:
        return [Seat("http", caller.session_key) for caller in self.callers]

    def spread(self) -> list[str]:
        return spread_over(self.markets)

    def one_market(self) -> list[str]:
        return [write_bet(bet, STAKE) for bet in self.markets[0]]


def write_bet(bet: Bet, stake: str) -> str:
    """A single at the price shown, which may not move, as a client writes it."""
    legs = f'[{{"selection_id":"{bet.selection_id}","odds":"{bet.odds}"}}]'
    return f'{{"stake":"{stake}","currency":"PLY","price_policy":"none","legs":{legs}}}'


def spread_over(markets: Sequence[Sequence[Bet]]) -> list[str]:
    """Bets of the small stake, every market's first outcome before any market's second."""
    return [write_bet(bet, STAKE) for outcomes in zip(*markets, strict=True) for bet in outcomes]


def measure(folder: Path, lengths: Lengths) -> None:
    """Measure and print, on the PostgreSQL and Redis that this process' settings name. Django is set up."""
    from bench.betting.rows import find_postgres_id

    postgres_id = find_postgres_id()
    customers, loner = _split(make_customers(CUSTOMERS + 1, name="bettor", are_listening=True))
    callers = make_customers(CUSTOMERS, name="caller", are_listening=False)
    markets = make_bets(MARKETS, name="Placement")
    baseline = Baseline(folder, accounts=CUSTOMERS, markets=MARKETS, postgres_id=postgres_id)
    with running_web() as (port, web_id), folding(), client_of(Site(port, web_id, postgres_id)) as pipe:
        bench = Bench(Site(port, web_id, postgres_id), pipe, customers, callers, markets)
        for _ in range(lengths.rounds):
            bench.add_baseline(baseline, SEVEN_TRIPS, lengths.baseline_s)
            bench.run(Load(SOCKET, bench.sockets(), bench.spread(), window_s=lengths.window_s))
            bench.run(Load(ONE_MARKET, bench.sockets(), bench.one_market(), window_s=lengths.window_s))
            bench.run(Load(HTTP, bench.browsers(), bench.spread(), window_s=lengths.window_s))
            bench.add_baseline(baseline, ONE_FUNCTION, max(1, lengths.baseline_s - 1))
        bench.add_half(baseline, round(lengths.half_s))
        for name, whole, seats in ((SOCKET_HALF, SOCKET, bench.sockets()), (HTTP_HALF, HTTP, bench.browsers())):
            rate = bench.rows[whole].per_s / 2
            bench.run(Load(name, seats, bench.spread(), warm_s=STEADY_AFTER_S, window_s=lengths.half_s, per_s=rate))
        before = available(loner)
        outcome = bench.run(_load_of_one(loner, bench.markets[0]))
        after = available(loner)
    show_placement(bench.rows)
    show_exactness(before, after, LARGE_STAKE, outcome)
    check_slips(bench.accepted)


def _split(customers: Sequence[Customer]) -> tuple[Sequence[Customer], Customer]:
    return customers[:-1], customers[-1]


def _load_of_one(customer: Customer, outcomes: Sequence[Bet]) -> Load:
    seats = [Seat("socket", customer.session_key)] * ONE_PERSON_SOCKETS
    seats += [Seat("http", customer.session_key)] * ONE_PERSON_BROWSERS
    return Load(ONE_PERSON, seats, [write_bet(bet, LARGE_STAKE) for bet in outcomes], count=ONE_PERSON_BETS)


def available(customer: Customer) -> int:
    """What a person may stake, in minor units."""
    from payments.queries.wallets import get_wallet

    return get_wallet(customer.user_id, "PLY").available_minor


def check_slips(accepted: int) -> None:
    """Every accepted answer is a slip, and every slip was answered."""
    from betting.models import BetSlip

    slips = BetSlip.objects.count()
    if slips != accepted:
        raise SystemExit(f"{accepted:,} bets were answered as accepted and {slips:,} slips are there")
    print(f"{slips:,} slips are in the tables, as many as were answered as accepted.")


@contextmanager
def running_web() -> Iterator[tuple[int, int]]:
    """The web as `make run` starts it, in as many processes as WEB_PROCESSES says; yields its port and process id."""
    port = int(os.environ["PORT"])
    [command] = [process.command for process in list_processes(host=HOST, port=port) if process.name == "web"]
    with running(command) as web_id:
        wait_until_ready(f"http://{HOST}:{port}")
        wait_for_all()
        yield port, web_id


def wait_for_all() -> None:
    """Until every web process reports: one that comes later would have no connections."""
    from project.kit.metrics import read_reports

    deadline = time.monotonic() + ALL_READY_WITHIN_S
    while sum(report.kind == "web" for report in read_reports()) < settings.WEB_PROCESSES:
        if time.monotonic() > deadline:
            raise SystemExit("not every web process has come up")
        time.sleep(0.2)


@contextmanager
def folding() -> Iterator[None]:
    """Exposure is folded as often as on a running site; without it every slip would add up all since the start."""
    from django.db import connection

    from betting.actions.fold_exposure import fold_exposure

    is_over = threading.Event()

    def fold() -> None:
        while not is_over.wait(FOLD_EVERY_S):
            fold_exposure()
        connection.close()

    thread = threading.Thread(target=fold)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


@contextmanager
def client_of(site: Site) -> Iterator[Connection]:
    """The load client's process; yields the pipe that it takes loads from."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(site, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        yield ours
        ours.send(None)
        process.join(10)
    finally:
        if process.is_alive():
            process.terminate()
            process.join()
