"""The tables of settlement: each kind beside the floor of its run, and what is wanted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from bench.betting.client import Outcome
from bench.betting.lines import ACCEPTED
from bench.betting.report import Target, show_targets
from bench.betting.settler import BATCH_SLIPS, Done
from bench.table import percentile, print_table

LEGS: Final = 4
FLOOR: Final = "status-only UPDATE (the floor)"
ONE_WORKER: Final = "singles, one worker"
TWO_WORKERS: Final = "singles, two workers"
ACCUMULATORS: Final = f"{LEGS}-leg accumulators, one worker"
MILLION: Final = 1_000_000
A_MILLION: Final = f"{MILLION:,} singles, two workers"
MILLION_WITHIN_S: Final = 12.0
# What the machine on which the bounds were set did: status-only rows a second.
REFERENCE_FLOOR: Final = 137_894.0
COLUMNS: Final = ("what", "slips", "slips/s", "of the floor", "us a slip", "db us", "worker us", "busiest worker us")


@dataclass(frozen=True)
class Settled:
    """One run: how many slips in how many seconds, and what each process had to do with it."""

    slips: int
    seconds: float
    done: Sequence[Done]

    @property
    def per_s(self) -> float:
        return self.slips / self.seconds

    @property
    def session_us(self) -> float:
        return sum(one.session_cpu_s for one in self.done) * 1e6 / self.slips

    @property
    def worker_us(self) -> float:
        return sum(one.worker_cpu_s for one in self.done) * 1e6 / self.slips

    @property
    def busiest_us(self) -> float:
        """Processor time of the busiest worker with its session, of all slips: the time if it never had to wait."""
        return max(one.cpu_s for one in self.done) * 1e6 / self.slips


SettlementRows = dict[str, list[Settled]]


@dataclass(frozen=True)
class Beside:
    """Placing at a steady rate on an idle site and while an event is settled, for this share of the window."""

    idle: Outcome
    busy: Outcome
    per_s: float
    share: float

    @property
    def slowdown(self) -> float:
        """How many times as long the slowest of a hundred waits."""
        return percentile(self.busy.latencies_ms, 0.99) / percentile(self.idle.latencies_ms, 0.99)


def middle(runs: Sequence[Settled]) -> Settled:
    """The run of the middle rate."""
    return sorted(runs, key=lambda one: one.per_s)[(len(runs) - 1) // 2]


def ratio(rows: Mapping[str, Sequence[Settled]], name: str, to: str) -> float:
    """How many times as fast, round by round, the middle one: what slows the machine for a while slows both."""
    return median(one.per_s / other.per_s for one, other in zip(rows[name], rows[to], strict=True))


def list_settlement_targets(rows: Mapping[str, Sequence[Settled]], beside: Beside) -> list[Target]:
    targets = [
        Target("settling singles, of the floor", 0.6, ratio(rows, ONE_WORKER, FLOOR)),
        Target("two workers, of one", 1.8, ratio(rows, TWO_WORKERS, ONE_WORKER)),
        Target("accumulators, of singles", 0.7, ratio(rows, ACCUMULATORS, ONE_WORKER)),
        Target("placing while settling, p99 of idle", 3.0, beside.slowdown, is_ceiling=True),
    ]
    if A_MILLION in rows:
        [million] = rows[A_MILLION]
        speed = middle(rows[FLOOR]).per_s / REFERENCE_FLOOR
        targets.append(Target("a million singles, s", MILLION_WITHIN_S, million.seconds, is_ceiling=True, speed=speed))
    return targets


def show_settlement(rows: Mapping[str, Sequence[Settled]], beside: Beside) -> None:
    """Everything measured, then what is wanted of it."""
    floor = middle(rows[FLOOR]).per_s
    print_table(
        f"Settlement, batches of {BATCH_SLIPS:,}, the middle of {len(rows[FLOOR])} rounds",
        COLUMNS,
        [_cells(name, middle(runs), floor) for name, runs in rows.items()],
    )
    print_table(
        f"Placing by socket, {beside.per_s:.0f} slips/s due",
        ("what", "slips/s", "p50 ms", "p99 ms", "refused"),
        [
            _outcome_cells("nothing else", beside.idle),
            _outcome_cells(f"one worker settles, {beside.share:.0%} of the time", beside.busy),
        ],
    )
    show_targets("settlement", list_settlement_targets(rows, beside))
    print(f"The reference machine wrote {REFERENCE_FLOOR:,.0f} status-only rows a second.")


def _cells(name: str, one: Settled, floor_per_s: float) -> list[str]:
    return [
        name,
        f"{one.slips:,}",
        f"{one.per_s:,.0f}",
        f"{one.per_s / floor_per_s:.2f}",
        f"{1e6 / one.per_s:.1f}",
        f"{one.session_us:.1f}",
        f"{one.worker_us:.1f}",
        f"{one.busiest_us:.1f}",
    ]


def _outcome_cells(name: str, one: Outcome) -> list[str]:
    accepted = one.answers[ACCEPTED]
    return [
        name,
        f"{accepted / one.seconds:.0f}",
        *(f"{percentile(one.latencies_ms, share):.1f}" for share in (0.5, 0.99)),
        f"{sum(one.answers.values()) - accepted:,}",
    ]
