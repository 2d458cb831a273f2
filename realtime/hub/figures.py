"""What this process's hub has done since it began: plain counters, counted where the work is done."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

LAG_WEIGHT: Final = 0.05  # of the newest message in the average


@dataclass(slots=True)
class Figures:
    """Counters only grow. `lag_ms` is the weighted mean from a message's publishing to its writing."""

    opened: int = 0
    closed: Counter[int] = field(default_factory=Counter)  # by the code this server sent
    bus_messages: int = 0
    frames: int = 0
    writes: int = 0  # several frames for one socket may leave in one write
    bytes: int = 0
    updates: int = 0  # changes and entries delivered, each once per socket
    conflated: int = 0  # updates withheld from a reader that was behind; it got newer values later
    lag_ms: float = 0.0

    def note_lag(self, lag_ms: float) -> None:
        """One more message has been written."""
        self.lag_ms += LAG_WEIGHT * (lag_ms - self.lag_ms)

    def count_written(self, *, sockets: int, frames: int, size: int, updates: int) -> None:
        """`size` bytes that hold `frames` frames with `updates` updates in all went to each of several sockets."""
        self.writes += sockets
        self.frames += sockets * frames
        self.bytes += sockets * size
        self.updates += sockets * updates

    def count_gathered(self, *, sockets: int, frames: int, size: int, updates: int) -> None:
        """Each of these sockets was written to once; the rest is what they got together."""
        self.writes += sockets
        self.frames += frames
        self.bytes += size
        self.updates += updates
