"""Keeps what we send within the server's limit on frames: a burst goes out at once, the rest as fast as is allowed."""

from typing import Final

# Nothing says how the network bunches frames, so we use half of the burst and most of the rate.
BURST_SHARE: Final = 0.5
RATE_SHARE: Final = 0.9


class Pacer:
    """A bucket of frames that may leave. The caller brings the clock, in seconds."""

    def __init__(self) -> None:
        self._capacity = 1.0
        self._per_s = 1.0
        self._tokens = 0.0
        self._filled_at = 0.0

    def begin(self, *, frames_per_s: float, burst: float, at: float) -> None:
        """A new connection, with nothing sent yet."""
        self._capacity = max(1.0, burst * BURST_SHARE)
        self._per_s = frames_per_s * RATE_SHARE
        self._tokens = self._capacity
        self._filled_at = at

    def find_wait_s(self, at: float, *, behind: int = 0) -> float:
        """How long until a frame may leave that stands behind so many others; 0 for now."""
        self._tokens = min(self._capacity, self._tokens + max(0.0, at - self._filled_at) * self._per_s)
        self._filled_at = at
        return max(0.0, behind + 1.0 - self._tokens) / self._per_s

    def take(self) -> None:
        """A frame leaves."""
        self._tokens -= 1.0
