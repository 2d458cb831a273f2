"""Whether what this hub passes on is what is true. While nobody can tell, clients are told to show it as delayed.

Two links must stand: Redis, which brings a change at once, and PostgreSQL, which says whether one was missed.
"""

from typing import Final

COMPARED_WITHIN_S: Final = 6.0  # three rounds: one of them may take its time on a busy machine


class Freshness:
    """One per hub; every connection's heartbeats say what it found. The caller brings the clock."""

    __slots__ = ("_compared_at", "_returned_at", "is_delayed")

    def __init__(self, *, at: float = 0.0) -> None:
        self.is_delayed = False
        self._compared_at = at  # when the newest comparison that succeeded began
        self._returned_at = float("-inf")

    def note_comparison(self, *, began_at: float) -> None:
        """What every topic holds was compared with PostgreSQL, and is right where it was not."""
        self._compared_at = max(self._compared_at, began_at)

    def note_return(self, *, at: float) -> None:
        """The bus is back: what it should have brought meanwhile is missing until the next comparison."""
        self._returned_at = at

    def judge(self, *, is_bus_whole: bool, at: float) -> bool:
        """Find out whether to call it delayed; True when that has changed."""
        was_delayed = self.is_delayed
        is_compared = self._returned_at <= self._compared_at and at - self._compared_at <= COMPARED_WITHIN_S
        self.is_delayed = not (is_bus_whole and is_compared)
        return self.is_delayed != was_delayed
