"""How the goals of a match spread over its minutes, stoppage time included, and how much of that is still to come.

All weights are shares of the goals of a whole match, so that a match before kick-off has 1.0 to come.
"""

from dataclasses import dataclass, field
from typing import Final

HALF_MINUTES: Final = 45
FULL_MINUTES: Final = 90
OPENING_MINUTES: Final = 3  # each half starts slowly; after that the rate grows in a straight line
ADDED_MINUTES: Final = 12  # longer stoppage is priced as this much


@dataclass(frozen=True)
class HalfShape:
    """One half. `opening` are its first minutes, then minute m weighs `start + slope * m` (m counted from kick-off).

    `stoppage[k]` is what is still expected in stoppage time once k added minutes are played and the half goes on.
    """

    opening: tuple[float, ...]
    start: float
    slope: float
    stoppage: tuple[float, ...]

    def minute_weights(self, first_minute: int) -> list[float]:
        line = [self.start + self.slope * (first_minute + offset) for offset in range(HALF_MINUTES)]
        return [*self.opening, *line[len(self.opening) :]]


@dataclass(frozen=True)
class MinuteProfile:
    """Answers `remaining` from two tables made once."""

    first: HalfShape
    second: HalfShape
    _by_minute: tuple[float, ...] = field(init=False, repr=False)
    _second_total: float = field(init=False, repr=False)
    _total: float = field(init=False, repr=False)

    def __post_init__(self) -> None:
        first = self.first.minute_weights(1)
        second = self.second.minute_weights(HALF_MINUTES + 1)
        second_total = sum(second) + self.second.stoppage[0]
        total = sum(first) + self.first.stoppage[0] + second_total
        to_come = [total - sum(first[:minute]) for minute in range(HALF_MINUTES + 1)]
        to_come += [second_total - sum(second[:minute]) for minute in range(1, HALF_MINUTES + 1)]
        object.__setattr__(self, "_by_minute", tuple(weight / total for weight in to_come))
        object.__setattr__(self, "_second_total", second_total / total)
        object.__setattr__(self, "_total", total)

    def remaining(self, phase: str, minute: int, added: int) -> float:
        """The share of the goals still to come once `minute` (and `added`) are played; `phase` as in MatchState."""
        if phase == "first_half":
            if minute >= HALF_MINUTES and added > 0:
                return self.first.stoppage[min(added, ADDED_MINUTES)] / self._total + self._second_total
            return self._by_minute[min(minute, HALF_MINUTES)]
        if phase == "second_half":
            if minute <= HALF_MINUTES:
                return self._second_total
            if minute >= FULL_MINUTES:
                return self.second.stoppage[min(added, ADDED_MINUTES)] / self._total
            return self._by_minute[minute]
        if phase == "half_time":
            return self._second_total
        return 0.0 if phase == "completed" else 1.0


FITTED: Final = MinuteProfile(
    first=HalfShape(
        opening=(0.004387, 0.007279, 0.007428),
        start=0.008639,
        slope=0.00003952,
        stoppage=(0.015723, 0.007167, 0.005839, *(0.003925,) * 10),
    ),
    second=HalfShape(
        opening=(0.005118, 0.009024, 0.010287),
        start=0.010253,
        slope=0.00001937,
        stoppage=(0.050089, 0.039276, 0.024618, 0.013264, 0.009015, *(0.006974,) * 8),
    ),
)
"""Fitted to the 60,187 recorded goals of twelve European leagues, seasons 2010-11 to 2017-18: the later seasons were
kept apart for judging it, the earlier ones do not record added minutes. `manage.py fit_inplay_profile` repeats the fit.
"""
