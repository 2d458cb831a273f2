"""The tables of a run: what was measured, and each wanted number beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bench.betting.baseline import SEVEN_TRIPS
from bench.betting.client import Outcome
from bench.betting.lines import ACCEPTED
from bench.table import percentile, print_table
from project.kit.money import format_minor, parse_minor

SOCKET: Final = "socket, 600 people on 40 markets"
ONE_MARKET: Final = "socket, 600 people on one market"
HTTP: Final = "HTTP, 600 people on 40 markets"
SEVEN_TRIPS_HALF: Final = "pgbench, 7 round trips, at half load"
SOCKET_HALF: Final = "socket at half load"
HTTP_HALF: Final = "HTTP at half load"
ONE_PERSON: Final = "one person, 10 sockets and 40 HTTP"
# What the machine on which the bounds were set did: 7 round trips of pgbench a second.
REFERENCE_SEVEN_TRIPS: Final = 6_488.0
COLUMNS: Final = (
    "what", "slips/s", "of 7 trips", "p50 ms", "p99 ms", "web us", "db us", "web+db us", "web core", "db core",
    "client core", "client share", "refused",
)  # fmt: skip


@dataclass
class Row(Outcome):
    """All windows of one kind, added up."""

    def add(self, outcome: Outcome) -> None:
        self.answers += outcome.answers
        self.latencies_ms += outcome.latencies_ms
        self.seconds += outcome.seconds
        self.web_cpu_s += outcome.web_cpu_s
        self.database_cpu_s += outcome.database_cpu_s
        self.client_cpu_s += outcome.client_cpu_s
        self.accepted_in_all += outcome.accepted_in_all

    @property
    def accepted(self) -> int:
        return self.answers[ACCEPTED]

    @property
    def per_s(self) -> float:
        return self.accepted / self.seconds

    @property
    def cpu_us(self) -> float:
        """Of web and database, a slip."""
        return (self.web_cpu_s + self.database_cpu_s) * 1e6 / self.accepted

    def p(self, share: float) -> float:
        return percentile(self.latencies_ms, share)

    def as_cells(self, name: str, baseline_per_s: float) -> list[str]:
        used_s = self.web_cpu_s + self.database_cpu_s + self.client_cpu_s
        refused = sum(self.answers.values()) - self.accepted
        return [
            name,
            f"{self.per_s:,.0f}",
            f"{self.per_s / baseline_per_s:.2f}",
            *(f"{self.p(share):.1f}" if self.latencies_ms else "" for share in (0.5, 0.99)),
            *(f"{cpu_s * 1e6 / self.accepted:.0f}" for cpu_s in (self.web_cpu_s, self.database_cpu_s)),
            f"{self.cpu_us:.0f}",
            *(f"{cpu_s / self.seconds:.0%}" for cpu_s in (self.web_cpu_s, self.database_cpu_s, self.client_cpu_s)),
            f"{self.client_cpu_s / used_s:.0%}" if used_s else "",
            f"{refused:,}",
        ]


@dataclass(frozen=True)
class Target:
    """A wanted number. `bound` is the least the figure may be, or the most if `is_ceiling`.

    `speed` is for figures that are times of a processor: how fast this run's was beside the reference machine's, on
    which the bound was set. The verdict is then about what the figure would be there.
    """

    what: str
    bound: float
    figure: float
    is_ceiling: bool = False
    speed: float | None = None

    @property
    def judged(self) -> float:
        return self.figure if self.speed is None else self.figure * self.speed

    @property
    def is_met(self) -> bool:
        return self.judged <= self.bound if self.is_ceiling else self.judged >= self.bound

    def as_cells(self) -> list[str]:
        sign = "<=" if self.is_ceiling else ">="
        on_reference = "" if self.speed is None else f"{self.judged:.2f}"
        verdict = "met" if self.is_met else "missed"
        return [self.what, f"{sign} {self.bound:.2f}", f"{self.figure:.2f}", on_reference, verdict]


def list_targets(rows: Mapping[str, Row]) -> list[Target]:
    """What is wanted of placement."""
    seven = rows[SEVEN_TRIPS].per_s
    speed = seven / REFERENCE_SEVEN_TRIPS
    return [
        Target("socket, of 7 round trips", 1.0, rows[SOCKET].per_s / seven),
        Target("HTTP, of 7 round trips", 1.0, rows[HTTP].per_s / seven),
        Target("one market, of spread", 0.9, rows[ONE_MARKET].per_s / rows[SOCKET].per_s),
        Target("socket at half load, p99 ms", 25.0, rows[SOCKET_HALF].p(0.99), is_ceiling=True),
        Target("HTTP at half load, p99 ms", 25.0, rows[HTTP_HALF].p(0.99), is_ceiling=True),
        Target("socket, CPU us a slip, web + database", 250.0, rows[SOCKET].cpu_us, is_ceiling=True, speed=speed),
        Target("HTTP, CPU us a slip, web + database", 250.0, rows[HTTP].cpu_us, is_ceiling=True, speed=speed),
    ]


def show_placement(rows: Mapping[str, Row]) -> None:
    """Everything measured, then what is wanted of it."""
    baseline = rows[SEVEN_TRIPS].per_s
    print_table("Placement", COLUMNS, [row.as_cells(name, baseline) for name, row in rows.items()])
    show_targets("placement", list_targets(rows))
    print(f"The reference machine made {REFERENCE_SEVEN_TRIPS:,.0f} transactions of 7 round trips a second.")


def show_targets(of: str, targets: Sequence[Target]) -> None:
    """Each wanted number beside what was measured."""
    header = (f"wanted of {of}", "bound", "measured", "on the reference machine", "verdict")
    print_table(f"{of.capitalize()} beside what is wanted", header, [one.as_cells() for one in targets])


def show_exactness(before_minor: int, after_minor: int, stake: str, outcome: Outcome) -> None:
    """Whether one person's balance fell by exactly what was accepted. Ends the run where it did not."""
    accepted = outcome.accepted_in_all
    stake_minor = parse_minor(stake, "PLY")
    refused = ", ".join(f"{count:,} {code}" for code, count in outcome.answers.items() if code != ACCEPTED)
    sums = f"{format_minor(before_minor, 'PLY')} - {accepted:,} x {stake} = {format_minor(after_minor, 'PLY')}"
    is_exact = before_minor - accepted * stake_minor == after_minor
    print(f"\n{ONE_PERSON}: {sums} {'exactly' if is_exact else 'DOES NOT HOLD'}; refused: {refused or 'none'}")
    if not is_exact:
        raise SystemExit("the balance is not what the answers say")
