"""What each process tells of itself every few seconds: numbers of now, kept in Redis, never the truth.

A process writes its whole report in one round trip. One that stops telling drops out by itself.
"""

import json
import os
import resource
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import redis

from project.kit.redis import redis_client

REPORT_EVERY_S: Final = 2.0
STALE_AFTER_S: Final = 15.0  # several reports in a row are missing: the process counts for nothing
FORGOTTEN_AFTER_S: Final = 60  # until then the desk shows that somebody has fallen silent

_PROCESSES: Final = "touchline:processes"  # a sorted set: who reported, by when
_MEMORY: Final = Path("/proc/self/statm")


@dataclass(frozen=True)
class Report:
    """One process as it described itself `age_s` seconds ago.

    Counters only grow while the process lives; `rates` is how much each grew in a second between the last two reports.
    What follows a dot in a counter's name is a label, as in `closed.4408`.
    """

    process: str
    kind: str
    state: str
    age_s: float
    gauges: Mapping[str, float]
    counters: Mapping[str, float]
    rates: Mapping[str, float]

    @property
    def is_stale(self) -> bool:
        return self.age_s > STALE_AFTER_S


class Reporter:
    """Writes the reports of this process. Not for several threads at once."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.process = f"{kind}@{socket.gethostname()}:{os.getpid()}"
        self._published_at = float("-inf")
        self._counters: Mapping[str, float] = {}

    def is_due(self) -> bool:
        """Whether the last report is old enough for another."""
        return time.monotonic() - self._published_at >= REPORT_EVERY_S

    def publish(
        self,
        *,
        gauges: Mapping[str, float] | None = None,
        counters: Mapping[str, float] | None = None,
        state: str = "",
    ) -> None:
        """Replace this process's report. Raises nothing: a report that is missing shows as missing."""
        at, now = time.monotonic(), time.time()
        counted = {**(counters or {}), "cpu_s": time.process_time()}
        content = {
            "kind": self.kind,
            "state": state,
            "at": now,
            "gauges": {**(gauges or {}), "memory_bytes": get_memory_bytes()},
            "counters": counted,
            "rates": self._measure_rates(counted, at - self._published_at),
        }
        self._published_at, self._counters = at, counted
        try:
            pipeline = redis_client().pipeline(transaction=False)
            pipeline.set(_key(self.process), json.dumps(content), ex=FORGOTTEN_AFTER_S)
            pipeline.zadd(_PROCESSES, {self.process: now})
            pipeline.zremrangebyscore(_PROCESSES, "-inf", now - FORGOTTEN_AFTER_S)
            pipeline.execute()
        except redis.RedisError:
            return

    def _measure_rates(self, counters: Mapping[str, float], elapsed_s: float) -> dict[str, float]:
        # After the first report the elapsed time is infinite, and every rate 0.
        return {
            name: max(0.0, value - self._counters.get(name, 0.0)) / elapsed_s if elapsed_s > 0 else 0.0
            for name, value in counters.items()
        }


def read_reports() -> list[Report]:
    """What every process said last, by kind and name, the silent ones included. Raises RedisError."""
    client: Any = redis_client()  # its types allow for a coroutine
    names = [name.decode() for name in client.zrange(_PROCESSES, 0, -1)]
    contents = client.mget([_key(name) for name in names]) if names else []
    now = time.time()
    reports = [_read(name, content, now) for name, content in zip(names, contents, strict=True) if content]
    return sorted((report for report in reports if report), key=lambda report: (report.kind, report.process))


def total(reports: Sequence[Report], figure: str) -> float:
    """A gauge summed over the processes that still report."""
    return sum(report.gauges.get(figure, 0.0) for report in reports if not report.is_stale)


def get_memory_bytes() -> int:
    """What this process holds in memory; where the system does not tell, the most it ever held."""
    if _MEMORY.exists():
        return int(_MEMORY.read_text().split()[1]) * resource.getpagesize()
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return largest if sys.platform == "darwin" else largest * 1024


def _key(process: str) -> str:
    return f"touchline:process:{process}"


def _read(process: str, content: bytes, now: float) -> Report | None:
    """None for what another version of the site wrote in a way of its own."""
    try:
        stored = json.loads(content)
        return Report(
            process=process,
            kind=stored["kind"],
            state=stored["state"],
            age_s=max(0.0, now - stored["at"]),
            gauges=stored["gauges"],
            counters=stored["counters"],
            rates=stored["rates"],
        )
    except (ValueError, KeyError, TypeError):
        return None
