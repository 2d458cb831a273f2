"""A token bucket of plain numbers: the caller brings the clock."""


class TokenBucket:
    """Lets `burst` frames through at once and `per_s` a second after that."""

    __slots__ = ("_burst", "_per_s", "_tokens", "_updated_at")

    def __init__(self, *, per_s: float, burst: int, at: float) -> None:
        self._per_s = per_s
        self._burst = burst
        self._tokens = float(burst)
        self._updated_at = at

    def take(self, at: float, count: int = 1) -> bool:
        """Spend tokens; False, and none spent, when there are too few."""
        if self.count_tokens(at) < count:
            return False
        self._tokens -= count
        return True

    def count_tokens(self, at: float) -> float:
        """How many could be spent now."""
        elapsed_s = max(0.0, at - self._updated_at)
        self._tokens = min(float(self._burst), self._tokens + elapsed_s * self._per_s)
        self._updated_at = at
        return self._tokens

    def get_wait_s(self) -> float:
        """Seconds until the next token, as of the last `take`."""
        return max(0.0, (1.0 - self._tokens) / self._per_s)
