"""How far away the server is: round trips, the difference between the clocks, how old updates were when they came."""

from collections import deque
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

# The quickest of this many pings tells the clocks apart best: what delayed the others is not the clocks' doing.
SAMPLES: Final = 8


@dataclass(frozen=True, slots=True)
class Latency:
    """What was measured so far."""

    round_trip_ms: float | None = None
    """From the last ping to its answer."""
    clock_offset_ms: float = 0.0
    """Added to this machine's clock it gives the server's."""
    update_age_ms: float | None = None
    """From the publication of the last update to its arrival, by the server's clock."""


class LatencyMeter:
    """Adds up what pings and updates tell. Times are milliseconds since 1970 by this machine's clock."""

    def __init__(self) -> None:
        self.latency = Latency()
        self._samples: deque[tuple[float, float]] = deque(maxlen=SAMPLES)

    @property
    def sample_count(self) -> int:
        """How many pings of this connection were answered, up to the number that is kept."""
        return len(self._samples)

    def begin(self, server_time: str, now_ms: float) -> None:
        """A connection begins, perhaps to another server with another clock."""
        self._samples.clear()
        offset_ms = datetime.fromisoformat(server_time).timestamp() * 1_000 - now_ms
        self.latency = replace(self.latency, clock_offset_ms=offset_ms)

    def note_pong(self, server_ms: float, *, round_trip_ms: float, now_ms: float) -> None:
        """A ping was answered."""
        self._samples.append((round_trip_ms, server_ms - (now_ms - round_trip_ms / 2)))
        _, offset_ms = min(self._samples)
        self.latency = replace(self.latency, round_trip_ms=round_trip_ms, clock_offset_ms=offset_ms)

    def note_update(self, published_at_ms: float, now_ms: float) -> None:
        """An update arrived."""
        age_ms = max(0.0, now_ms + self.latency.clock_offset_ms - published_at_ms)
        self.latency = replace(self.latency, update_age_ms=age_ms)
