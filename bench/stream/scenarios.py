"""What is measured, in the order in which it is printed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from bench.stream.measuring import Effort, Result, Trial, measure_together
from bench.stream.saturated import Saturated, measure_saturated
from bench.stream.stalled import StalledCost, measure_stalled
from bench.stream.updates import Load
from bench.stream.variants import (
    Variant,
    c_loop,
    channels_consumers,
    hub_on_daphne,
    hub_on_uvicorn,
    node_ws,
    python_loop,
)

MARKETS: Final = 20
MARKET_RATE: Final = 400.0
TOPIC_RATE: Final = 500.0


@dataclass(frozen=True)
class Scenario:
    """A load and its name. Without a rate each server gets its own."""

    name: str
    load: Load
    rate: float | None = None


ONE_FRAME: Final = Scenario("1 one frame an update", Load())
ONE_CHANGE: Final = Scenario("1 one frame a change, sequenced", Load(lane="sequenced"))
MARKETS_50: Final = Scenario("2 20 markets, 50 ms", Load(markets=MARKETS, conflate_ms=50), MARKET_RATE)
MARKETS_20: Final = Scenario("2 20 markets, 20 ms", Load(markets=MARKETS, conflate_ms=20), MARKET_RATE)
_FIFTY: Final = Load(topic_count=50, topics_a_client=5)
TOPICS_0: Final = Scenario("3 any 5 of 50 topics, 0 ms", _FIFTY, TOPIC_RATE)
TOPICS_20: Final = Scenario("3 any 5 of 50 topics, 20 ms", replace(_FIFTY, conflate_ms=20), TOPIC_RATE)
MATCHES_20: Final = Scenario(
    "3 the 5 topics of a match, 20 ms", replace(_FIFTY, conflate_ms=20, is_one_match=True), TOPIC_RATE
)
HUB_LOADS: Final = (ONE_FRAME, ONE_CHANGE, MARKETS_50, MARKETS_20, TOPICS_0, TOPICS_20, MATCHES_20)


@dataclass(frozen=True)
class Row:
    """One server under one load."""

    scenario: Scenario
    result: Result


def run_rows(folder: Path, effort: Effort, *, is_quick: bool) -> Iterator[Row]:
    """Scenarios 1 to 3."""
    for group in _list_groups(folder, is_quick=is_quick):
        trials = [
            Trial(variant, scenario.load, scenario.rate or (None if variant.is_slow else variant.rate))
            for scenario, variant in group
        ]
        results = measure_together(trials, effort)
        yield from (Row(scenario, result) for (scenario, _), result in zip(group, results, strict=True))


def _list_groups(folder: Path, *, is_quick: bool) -> Iterator[list[tuple[Scenario, Variant]]]:
    """What is compared stands in one group, whose windows take turns."""
    plain = [c_loop(folder), python_loop(), node_ws(folder)]
    one_frame = [(ONE_FRAME, variant) for variant in plain if variant is not None]
    one_frame += [(ONE_FRAME, hub_on_daphne()), (ONE_CHANGE, hub_on_daphne())]
    one_frame += [] if is_quick else [(ONE_FRAME, hub_on_uvicorn())]
    one_frame += [(ONE_FRAME, channels_consumers("pubsub", has_hop=False, rate=5))]
    yield one_frame
    if not is_quick:
        slower = [("pubsub", True, 2), ("redis", False, 3), ("redis", True, 1.5)]
        yield [(ONE_FRAME, channels_consumers(layer, has_hop=has_hop, rate=rate)) for layer, has_hop, rate in slower]
    for scenario in (MARKETS_50, MARKETS_20):
        group: list[Variant | None] = [hub_on_daphne()]
        if not is_quick:
            tick_ms = scenario.load.conflate_ms
            group += [python_loop(tick_ms), node_ws(folder, tick_ms)]
            group += [hub_on_uvicorn()] if scenario is MARKETS_50 else []
        yield [(scenario, variant) for variant in group if variant is not None]
    floors = [(TOPICS_0, c_loop(folder)), (TOPICS_20, c_loop(folder, 20)), (MATCHES_20, c_loop(folder, 20))]
    topics = [(scenario, variant) for scenario, variant in floors if variant is not None]
    yield topics + [(scenario, hub_on_daphne()) for scenario in (TOPICS_0, TOPICS_20, MATCHES_20)]


def run_stalled(folder: Path, effort: Effort, *, is_quick: bool) -> Iterator[StalledCost]:
    """Scenario 4, its second half; the first half stands in the rows."""
    stall_s = 5.0 if is_quick else 9.0
    yield measure_stalled(hub_on_daphne(), effort, stall_s=stall_s)
    if not is_quick:
        yield measure_stalled(hub_on_uvicorn(), effort, stall_s=stall_s)
        node = node_ws(folder, 50)
        if node is not None:
            yield measure_stalled(node, effort, stall_s=stall_s)


def run_saturated(folder: Path, effort: Effort, *, is_quick: bool) -> list[Saturated]:
    """Scenario 5, and what two processes of the C loop make of two cores that their clients share."""
    variants = [c_loop(folder, processes=count) for count in (1, 2)]
    variants += [hub_on_daphne(processes=count) for count in (1, 2)]
    present = [variant for variant in variants if variant is not None]
    return measure_saturated(present, effort, bursts=2 if is_quick else 4, burst_s=1.0 if is_quick else 2.0)
