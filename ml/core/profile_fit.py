"""Fits a minute profile to recorded goals; `manage.py fit_inplay_profile` prints what `minute_profile` keeps."""

from collections.abc import Iterable
from typing import Final

import numpy as np
import numpy.typing as npt

from ml.core.minute_profile import ADDED_MINUTES, FULL_MINUTES, HALF_MINUTES, OPENING_MINUTES, HalfShape, MinuteProfile

ADDED_GOALS_MIN: Final = 20  # an added minute with fewer recorded goals says nothing of its own

Counts = npt.NDArray[np.float64]


def fit_profile(goals: Iterable[tuple[int, int]]) -> MinuteProfile:
    """The profile of goals given as (minute 1..90, added minutes); goals of extra time are left out."""
    counts = np.zeros((FULL_MINUTES + 1, ADDED_MINUTES + 1))
    for minute, added in goals:
        if 1 <= minute <= FULL_MINUTES:
            counts[minute, min(added, ADDED_MINUTES)] += 1
    total = counts.sum()
    assert total > 0, "a profile needs goals"
    return MinuteProfile(
        first=_fit_half(counts[1 : HALF_MINUTES + 1], 1, total),
        second=_fit_half(counts[HALF_MINUTES + 1 :], HALF_MINUTES + 1, total),
    )


def _fit_half(counts: Counts, first_minute: int, total: float) -> HalfShape:
    """A straight line through the minutes after the opening and before the last, where stoppage goals are filed too."""
    regular = counts[:, 0]
    minutes = np.arange(OPENING_MINUTES, HALF_MINUTES - 1)
    slope, start = np.polyfit(minutes + first_minute, regular[minutes], 1)
    last = start + slope * (first_minute + HALF_MINUTES - 1)
    unlabelled = max(0.0, regular[-1] - last)
    return HalfShape(
        opening=tuple(float(weight / total) for weight in regular[:OPENING_MINUTES]),
        start=float(start / total),
        slope=float(slope / total),
        stoppage=tuple(float(weight / total) for weight in _fit_stoppage(counts[-1, 1:], unlabelled)),
    )


def _fit_stoppage(goals: Counts, unlabelled: float) -> list[float]:
    """What is still to come after k added minutes, given that the half goes on.

    Goals filed under the last regular minute beyond its share are stoppage goals without their added minute: they are
    spread like the labelled ones. Scoring goes on at the rate of the first added minutes while a match lasts, so the
    goals of an added minute over that rate tell how many matches were still being played.
    """
    labelled = goals.sum()
    spread = goals * (1.0 + unlabelled / labelled) if labelled else goals
    rate = spread[:2].max()
    to_come = [float(spread.sum() if labelled else unlabelled)]
    for played in range(1, ADDED_MINUTES + 1):
        expected = to_come[-1]
        if goals[played - 1] >= ADDED_GOALS_MIN:
            still_playing = min(1.0, spread[played - 1] / rate)
            expected = min(expected, float(spread[played:].sum() / still_playing))
        to_come.append(expected)
    return to_come
