"""The tables of a run, in Markdown, and each promise beside what was measured."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bench.stream.measuring import Result
from bench.stream.saturated import Saturated
from bench.stream.scenarios import (
    MARKETS_20,
    MARKETS_50,
    MATCHES_20,
    ONE_CHANGE,
    ONE_FRAME,
    TOPICS_0,
    TOPICS_20,
    Row,
    Scenario,
)
from bench.stream.stalled import ALLOWED_BYTES, StalledCost

HUB: Final = "our hub on daphne"
C_FLOOR: Final = "C send() loop"
PYTHON_FLOOR: Final = "Python send() loop"
NODE: Final = "Node ws"
CONSUMERS: Final = (
    "Channels consumers, pubsub layer, no database hop",
    "Channels consumers, redis layer, no database hop",
)
REFERENCE_FLOOR: Final = 282_051
COLUMNS: Final = (
    "load",
    "server",
    "updates/s",
    "updates / CPU-s",
    "of the floor",
    "server core",
    "client core",
    "delivered",
    "p50 ms",
    "p99 ms",
    "set-up us",
    "KB a socket",
    "KB after load",
)


@dataclass(frozen=True)
class Run:
    """Everything one run measured."""

    rows: Sequence[Row]
    stalled: Sequence[StalledCost]
    saturated: Sequence[Saturated]

    def find(self, scenario: Scenario, variant: str) -> Result | None:
        """One server under one load."""
        for row in self.rows:
            if row.scenario is scenario and row.result.trial.variant.name == variant:
                return row.result
        return None

    def speed(self, scenario: Scenario, variant: str) -> float:
        """Updates per CPU-second; NaN where it was not measured."""
        result = self.find(scenario, variant)
        return result.updates_a_cpu_s if result else math.nan

    @property
    def floor(self) -> float:
        """The C loop where there was a compiler, else the Python loop."""
        fastest = self.speed(ONE_FRAME, C_FLOOR)
        return self.speed(ONE_FRAME, PYTHON_FLOOR) if math.isnan(fastest) else fastest


@dataclass(frozen=True)
class Target:
    """A promise. `bound` is the least the figure may be, or the most if `is_ceiling`."""

    promise: str
    figure: float
    bound: float
    is_ceiling: bool = False

    @property
    def verdict(self) -> str:
        if math.isnan(self.figure):
            return "not measured"
        is_met = self.figure <= self.bound if self.is_ceiling else self.figure >= self.bound
        return "met" if is_met else "missed"

    def cells(self) -> list[str]:
        sign = "<=" if self.is_ceiling else ">="
        return [self.promise, f"{sign} {_short(self.bound)}", _short(self.figure), self.verdict]


def print_run(run: Run) -> None:
    """All tables."""
    _print_markdown(COLUMNS, [_cells_of(row, run.floor) for row in run.rows])
    stalled = [
        [cost.variant, f"{cost.stall_s:.0f}", f"{cost.reader_bytes / 1024:.1f}", str(cost.closed)]
        for cost in run.stalled
    ]
    _print_markdown(("server, 20 markets at 50 ms", "stalled s", "KB a stalled reader", "of 100 closed"), stalled)
    header = (
        "two cores, saturated",
        "sockets each",
        "updates / wall-s",
        "updates / CPU-s",
        "busiest CPU",
        "client CPU",
    )
    _print_markdown(header, [_saturated_cells(each) for each in run.saturated])
    _print_markdown(("promise", "wanted", "measured", "verdict"), [target.cells() for target in list_targets(run)])
    print(
        f"\nThe promised millions were set on a core whose floor was {REFERENCE_FLOOR:,}; "
        f"this one's is {run.floor / REFERENCE_FLOOR:.2f} of it."
    )


def list_targets(run: Run) -> list[Target]:
    """Every number that is promised, with the slower of our two lanes where both can do it."""
    ours = min(run.speed(ONE_FRAME, HUB), run.speed(ONE_CHANGE, HUB))
    consumers = max(
        (run.speed(ONE_FRAME, name) for name in CONSUMERS), key=lambda speed: -1 if math.isnan(speed) else speed
    )
    setup = run.find(ONE_FRAME, HUB)
    uncongested = run.find(TOPICS_0, HUB)
    one, two = run.saturated if len(run.saturated) == 2 else (None, None)
    return [
        Target("1 one frame an update: of the floor", ours / run.floor, 0.80),
        Target("1 the same, of the Python loop (for comparison)", ours / run.speed(ONE_FRAME, PYTHON_FLOOR), 0.80),
        Target("1 times Node ws", ours / run.speed(ONE_FRAME, NODE), 1.2),
        Target("1 times ordinary consumers without their database hop", ours / consumers, 25),
        Target("2 20 markets at 50 ms, million updates / CPU-s", run.speed(MARKETS_50, HUB) / 1e6, 2.8),
        Target("2 20 markets at 20 ms, million updates / CPU-s", run.speed(MARKETS_20, HUB) / 1e6, 1.0),
        Target("3 50 topics uncongested, p99 ms", uncongested.latency_ms(0.99) if uncongested else math.nan, 2, True),
        Target("3 gathered at 20 ms, any topics, million / CPU-s", run.speed(TOPICS_20, HUB) / 1e6, 0.4),
        Target("3 gathered at 20 ms, a match's topics, million / CPU-s", run.speed(MATCHES_20, HUB) / 1e6, 0.4),
        Target("4 set-up, us of CPU a connection", setup.opened.setup_us if setup else math.nan, 400, True),
        Target("4 KB a connection", setup.opened.connection_bytes / 1024 if setup else math.nan, 32, True),
        Target("4 KB a stalled reader", _stalled_kb(run), ALLOWED_BYTES / 1024, True),
        Target("5 two processes, updates / wall-s", two.per_wall_s / one.per_wall_s if one and two else math.nan, 1.8),
        Target(
            "5 the same by the busiest process' CPU",
            two.per_busiest_s / one.per_busiest_s if one and two else math.nan,
            1.8,
        ),
    ]


def _stalled_kb(run: Run) -> float:
    return next((cost.reader_bytes / 1024 for cost in run.stalled if cost.variant == HUB), math.nan)


def _cells_of(row: Row, floor: float) -> list[str]:
    result = row.result
    return [
        row.scenario.name,
        result.trial.variant.name,
        f"{result.rate:,.0f}",
        f"{result.updates_a_cpu_s:,.0f}",
        f"{result.updates_a_cpu_s / floor:.2f}",
        f"{result.server_share:.0%}",
        f"{result.client_share:.0%}",
        f"{result.delivered_share:.1%}" + (f", {closed} closed" if (closed := result.windows[-1].closed) else ""),
        f"{result.latency_ms(0.5):.2f}",
        f"{result.latency_ms(0.99):.2f}",
        f"{result.opened.setup_us:,.0f}",
        f"{result.opened.connection_bytes / 1024:.1f}",
        f"{result.windows[-1].connection_bytes / 1024:.1f}",
    ]


def _saturated_cells(each: Saturated) -> list[str]:
    return [
        each.variant,
        " + ".join(map(str, each.shares)),
        f"{each.per_wall_s:,.0f}",
        f"{each.updates / each.server_cpu_s:,.0f}",
        f"{each.busiest_cpu_s / each.wall_s:.0%}",
        f"{each.own_cpu_s / each.wall_s:.0%}",
    ]


def _short(figure: float) -> str:
    return f"{figure:,.0f}" if figure >= 100 else f"{figure:.2f}"


def _print_markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A Markdown table that can be read as it is: two text columns at most, then figures to the right."""
    if not rows:
        return
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]
    is_text = [not any(character.isdigit() for character in rows[0][column][:1]) for column in range(len(header))]
    is_text[0] = True

    def line(cells: Sequence[str]) -> str:
        aligned = zip(cells, widths, is_text, strict=True)
        return (
            "| " + " | ".join(cell.ljust(width) if text else cell.rjust(width) for cell, width, text in aligned) + " |"
        )

    rule = ["-" * width if text else "-" * (width - 1) + ":" for width, text in zip(widths, is_text, strict=True)]
    print("\n" + "\n".join([line(header), line(rule), *(line(row) for row in rows)]), flush=True)
