"""Every number that is promised beside what a run measured, and beside what that would be on the reference core.

Promises in units of a machine were set where the C loop sends 282,051 updates a CPU-second. On a slower core nobody
could keep them, on a faster one anybody; so the verdict follows the figure scaled by how fast this run's C loop was.
A figure is not scaled where it is a ratio within the run, or memory.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

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
C_GATHERING: Final = "C send() loop, gathering"
PYTHON_FLOOR: Final = "Python send() loop"
PYTHON_CONFLATING: Final = "Python send() loop, conflating"
NODE: Final = "Node ws"
CONSUMERS: Final = (
    "Channels consumers, pubsub layer, no database hop",
    "Channels consumers, redis layer, no database hop",
)
REFERENCE_FLOOR: Final = 282_051
OF_THE_FLOOR: Final = 0.80
P99_MS: Final = 2.0
OF_TWO_CORES: Final = 1.8


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

    def p99_ms(self, scenario: Scenario, variant: str) -> float:
        """NaN where it was not measured."""
        result = self.find(scenario, variant)
        return result.latency_ms(0.99) if result else math.nan

    @property
    def floor(self) -> float:
        """The C loop where there was a compiler, else the Python loop."""
        fastest = self.speed(ONE_FRAME, C_FLOOR)
        return self.speed(ONE_FRAME, PYTHON_FLOOR) if math.isnan(fastest) else fastest

    @property
    def machine(self) -> float:
        """How fast this run's core was, of the reference core. Without a C loop nobody knows."""
        return self.speed(ONE_FRAME, C_FLOOR) / REFERENCE_FLOOR

    def saturated_by(self, variant: str, processes: int) -> Saturated | None:
        """One server on two cores."""
        for each in self.saturated:
            if (each.variant.name, each.variant.processes) == (variant, processes):
                return each
        return None

    def gain(self, variant: str, by: Literal["wall", "busiest"]) -> float:
        """How much more two processes do than one; NaN where it was not measured."""
        one, two = self.saturated_by(variant, 1), self.saturated_by(variant, 2)
        if one is None or two is None:
            return math.nan
        return two.per_wall_s / one.per_wall_s if by == "wall" else two.per_busiest_s / one.per_busiest_s


@dataclass(frozen=True)
class Target:
    """A promise. `bound` is the least a figure may be, or the most if `is_ceiling`.

    `scaled` is the figure on the reference core where that makes a difference, `floor` what the simplest loop that
    does the same did in this run.
    """

    promise: str
    figure: float
    bound: float
    is_ceiling: bool = False
    scaled: float | None = None
    floor: float = math.nan

    @property
    def verdict(self) -> str:
        judged = self.figure if self.scaled is None else self.scaled
        if math.isnan(judged) or math.isnan(self.bound):
            return "not measured"
        return "met" if self._is_kept_by(judged) else "missed"

    def cells(self) -> list[str]:
        sign = "<=" if self.is_ceiling else ">="
        scaled = math.nan if self.scaled is None else self.scaled
        figures = [_short(figure) for figure in (self.floor, self.figure, scaled)]
        return [self.promise, f"{sign} {_short(self.bound)}", *figures, self.verdict]

    def _is_kept_by(self, figure: float) -> bool:
        return figure <= self.bound if self.is_ceiling else figure >= self.bound


def list_targets(run: Run) -> list[Target]:
    """In the order of the scenarios, with the slower of our two lanes where both can do it."""
    return [*_one_frame(run), *_conflated(run), *_topics(run), *_connections(run), *_two_processes(run)]


def _one_frame(run: Run) -> list[Target]:
    ours = min(run.speed(ONE_FRAME, HUB), run.speed(ONE_CHANGE, HUB))
    consumers = max(
        (run.speed(ONE_FRAME, name) for name in CONSUMERS), key=lambda speed: -1 if math.isnan(speed) else speed
    )
    node = run.speed(ONE_FRAME, NODE)
    of_python = ours / run.speed(ONE_FRAME, PYTHON_FLOOR)
    return [
        Target("1 one frame an update: of the floor", ours / run.floor, OF_THE_FLOOR),
        Target("1 the same, of the Python loop (for comparison)", of_python, OF_THE_FLOOR),
        Target("1 times Node ws", ours / node, 1.2, floor=run.floor / node),
        Target(
            "1 times ordinary consumers without their database hop", ours / consumers, 25, floor=run.floor / consumers
        ),
    ]


def _conflated(run: Run) -> list[Target]:
    return [
        _millions(run, "2 20 markets at 50 ms", MARKETS_50, 2.8, floor=PYTHON_CONFLATING),
        _millions(run, "2 20 markets at 20 ms", MARKETS_20, 1.0, floor=PYTHON_CONFLATING),
    ]


def _topics(run: Run) -> list[Target]:
    """A p99 is not scaled: it is made of waiting. Beside the C loop's it may be longer by as much as an update may cost
    more here than there.
    """
    p99_ms, floor_ms = run.p99_ms(TOPICS_0, HUB), run.p99_ms(TOPICS_0, C_FLOOR)
    waits = [
        Target("3 50 topics uncongested, p99 ms", p99_ms, P99_MS, True, floor=floor_ms),
        Target("3 the same, of the floor's (for comparison)", p99_ms / floor_ms, 1 / OF_THE_FLOOR, True),
    ]
    gathered = ((TOPICS_20, "any topics"), (MATCHES_20, "a match's topics"))
    millions = [
        _millions(run, f"3 gathered at 20 ms, {name}", scenario, 0.4, floor=C_GATHERING) for scenario, name in gathered
    ]
    ratios = [
        Target(
            f"3 the same, {name}: of the floor (for comparison)",
            run.speed(scenario, HUB) / run.speed(scenario, C_GATHERING),
            OF_THE_FLOOR,
        )
        for scenario, name in gathered
    ]
    return [*waits, *millions, *ratios]


def _connections(run: Run) -> list[Target]:
    setup = run.find(ONE_FRAME, HUB)
    setup_us = setup.opened.setup_us if setup else math.nan
    socket_kb = setup.opened.connection_bytes / 1024 if setup else math.nan
    stalled_kb = next((cost.reader_bytes / 1024 for cost in run.stalled if cost.variant == HUB), math.nan)
    return [
        Target("4 set-up, us of CPU a connection", setup_us, 400, True, scaled=setup_us * run.machine),
        Target("4 KB a connection", socket_kb, 32, True),
        Target("4 KB a stalled reader", stalled_kb, ALLOWED_BYTES / 1024, True),
    ]


def _two_processes(run: Run) -> list[Target]:
    """The last row: 1.8 were promised of the 2 that two cores can give. What they give beside clients, C shows."""
    wall, busiest = run.gain(HUB, "wall"), run.gain(HUB, "busiest")
    floor = run.gain(C_FLOOR, "wall")
    return [
        Target("5 two processes, updates / wall-s", wall, OF_TWO_CORES, floor=floor),
        Target("5 the same by the busiest process' CPU", busiest, OF_TWO_CORES, floor=run.gain(C_FLOOR, "busiest")),
        Target("5 by wall time, of what two processes of the C loop gain", wall / floor, OF_TWO_CORES / 2),
    ]


def _millions(run: Run, promise: str, scenario: Scenario, bound: float, *, floor: str) -> Target:
    figure = run.speed(scenario, HUB) / 1e6
    name = f"{promise}, million updates / CPU-s"
    return Target(name, figure, bound, scaled=figure / run.machine, floor=run.speed(scenario, floor) / 1e6)


def _short(figure: float) -> str:
    if math.isnan(figure):
        return ""
    return f"{figure:,.0f}" if figure >= 100 else f"{figure:.2f}"
