"""The whole site with topics of the benchmark beside its own: real hub, real subscriptions, an image in memory.

`bench:prices:<markets>-<name>` is conflated, `bench:changes:<markets>-<name>` sequenced. With BENCH_PROFILE the event
loop's thread is profiled between two SIGUSR1 and the figures are written to that file.
"""

import cProfile
import os
import signal
from collections.abc import Sequence
from types import FrameType
from typing import Any

from bench.stream.shapes import BenchChange, BenchMarket
from bench.stream.updates import make_value, market_name
from project.asgi import application as site_application
from project.kit.topics import Arguments, ConflatedTopic, Keyed, SequencedTopic, declare, everyone


def count_markets(arguments: Arguments) -> int:
    """The number before the first dash of the slug."""
    return int(arguments["slug"].split("-")[0])


def list_prices(arguments: Arguments) -> Sequence[Keyed]:
    """Version 1 of every market: whatever is published is newer."""
    return [Keyed(market_name(market), 1, make_value(0)) for market in range(count_markets(arguments))]


def show_markets(arguments: Arguments) -> dict[str, Any]:
    """The state before the first change."""
    return {market_name(market): make_value(0) for market in range(count_markets(arguments))}


declare(
    ConflatedTopic(
        name="bench_prices",
        pattern="bench:prices:{slug}",
        may_subscribe=everyone,
        values=(BenchMarket,),
        image=list_prices,
    )
)
declare(
    SequencedTopic(
        name="bench_changes",
        pattern="bench:changes:{slug}",
        may_subscribe=everyone,
        changes=(BenchChange,),
        image=show_markets,
    )
)


class LoopProfile:
    """Switched on and off by a signal, which Python handles on the thread of the event loop."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._profile: cProfile.Profile | None = None

    def switch(self, number: int, _: FrameType | None) -> None:
        """Begin, or end and write."""
        if self._profile is None:
            self._profile = cProfile.Profile()
            self._profile.enable()
        else:
            self._profile.disable()
            self._profile.dump_stats(self._path)
            self._profile = None


if path := os.environ.get("BENCH_PROFILE"):
    signal.signal(signal.SIGUSR1, LoopProfile(path).switch)

application = site_application
