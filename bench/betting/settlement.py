"""Settlement beside its floor: singles, accumulators, two workers, a million, and placing beside it.

Every worker is a process of its own that runs the action a Celery worker runs. All share the machine's cores with
PostgreSQL, so a second worker shows what parallel ranges bring and not a second machine. Kinds are measured in turn,
round by round.
"""

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from bench.betting.rows import Match, end_set_up, make_event, make_people, publish_result, write_slips
from bench.betting.settlement_report import (
    A_MILLION,
    ACCUMULATORS,
    FLOOR,
    LEGS,
    MILLION,
    ONE_WORKER,
    TWO_WORKERS,
    Settled,
    SettlementRows,
    show_settlement,
)
from bench.betting.settler import Settler

SLIPS_A_PERSON: Final = 20


@dataclass(frozen=True)
class Sizes:
    """How many slips in each measurement, and how often each is repeated."""

    rounds: int
    slips: int


SIZES: Final = {
    "quick": Sizes(rounds=1, slips=20_000),
    "short": Sizes(rounds=3, slips=100_000),
    "long": Sizes(rounds=5, slips=200_000),
}


class Bench:
    """Events made one after the other, and the workers that settle them."""

    def __init__(self, people: Sequence[UUID]) -> None:
        self.people = people
        self.workers = [Settler(), Settler()]
        self.rows: SettlementRows = {}
        self._events = 0

    def prepare(self, slips: int, legs: int = 1, people: Sequence[UUID] = ()) -> list[Match]:
        """Slips on new matches, in tables without dead rows and with fresh statistics."""
        matches = [make_event(self._events + number) for number in range(legs)]
        self._events += legs
        write_slips(slips, people or self.people[: max(1, slips // SLIPS_A_PERSON)], matches)
        end_set_up()
        return matches

    def floor(self, slips: int) -> Settled:
        match = self.prepare(slips)[0]
        return self._timed("floor", match.event_id, workers=1)

    def settle(self, slips: int, legs: int = 1, workers: int = 1) -> Settled:
        """All legs but the last event's are graded before: its result settles the slips. Planning counts."""
        matches = self.prepare(slips, legs)
        publish_result(matches)
        event_id = matches[-1].event_id
        began = time.perf_counter()
        self.workers[0].send("plan", event_id)
        planned = self.workers[0].wait()
        settled = self._timed("settle", event_id, workers)
        if settled.slips != slips:
            raise SystemExit(f"{settled.slips:,} of {slips:,} slips were settled")
        return Settled(slips, time.perf_counter() - began, [planned, *settled.done])

    def add(self, name: str, run: Callable[[], Settled]) -> None:
        settled = run()
        self.rows.setdefault(name, []).append(settled)
        print(f"{name}: {settled.per_s:,.0f}/s", file=sys.stderr, flush=True)

    def _timed(self, command: str, event_id: UUID, workers: int) -> Settled:
        began = time.perf_counter()
        for worker in self.workers[:workers]:
            worker.send(command, event_id)
        done = [worker.wait() for worker in self.workers[:workers]]
        return Settled(sum(one.slips for one in done), time.perf_counter() - began, done)

    def close(self) -> None:
        for worker in self.workers:
            worker.close()


def measure(sizes: Sizes, *, with_million: bool) -> None:
    """Measure and print, on the PostgreSQL and Redis that this process' settings name. Django is set up."""
    from bench.betting.beside import measure_placing_beside

    bench = Bench(make_people((MILLION if with_million else sizes.slips) // SLIPS_A_PERSON))
    slips = sizes.slips
    for _ in range(sizes.rounds):
        bench.add(FLOOR, lambda: bench.floor(slips))
        bench.add(ONE_WORKER, lambda: bench.settle(slips))
        bench.add(TWO_WORKERS, lambda: bench.settle(slips, workers=2))
        bench.add(ACCUMULATORS, lambda: bench.settle(slips, legs=LEGS))
    if with_million:
        bench.add(A_MILLION, lambda: bench.settle(MILLION, workers=2))
    beside = measure_placing_beside(bench, 2 * slips)
    bench.close()
    show_settlement(bench.rows, beside)
