"""Dates of a season's file, with day and month put back where a mirror swapped them.

A swapped day is told by the file's own order, which is that of play: among all readings of the ambiguous days the one
that goes back in time least is taken, and a file that is in order as it stands is left alone.
"""

import re
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Final

SWAP_COST_DAYS: Final = 0.5  # between two readings that fit equally, the written one is right
OUTSIDE_COST_DAYS: Final = 400.0  # a day outside its season is worse than any disorder within

_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_BRITISH: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})\Z")


class UnreadableDate(ValueError):
    """The text is no date in a layout we know."""


def read_date(text: str) -> date:
    """`2018-08-10`, `10/08/2018` or `10/08/18`, day first where there are strokes."""
    iso = _ISO.match(text.strip())
    if iso:
        return _make(int(iso[1]), int(iso[2]), int(iso[3]), text)
    british = _BRITISH.match(text.strip())
    if british is None:
        raise UnreadableDate(f"{text!r} is no date")
    year = int(british[3])
    if year < 100:
        year += 2000 if year < 70 else 1900
    return _make(year, int(british[2]), int(british[1]), text)


def repair_swapped(days: Sequence[date], *, first: date, last: date) -> list[date]:
    """The days of one file in its own order, between `first` and `last` where any reading allows it."""
    if not days:
        return []
    choices = [_readings(day) for day in days]
    costs = [_cost(reading, first, last) for reading in choices[0]]
    paths: list[list[int]] = []
    for before, readings in pairwise(choices):
        step_costs, step_path = [], []
        for reading in readings:
            from_each = [cost + max(0, (prior[0] - reading[0]).days) for cost, prior in zip(costs, before, strict=True)]
            best = min(range(len(from_each)), key=from_each.__getitem__)
            step_costs.append(from_each[best] + _cost(reading, first, last))
            step_path.append(best)
        costs = step_costs
        paths.append(step_path)
    at = min(range(len(costs)), key=costs.__getitem__)
    chosen = [choices[-1][at][0]]
    for index in range(len(paths) - 1, -1, -1):
        at = paths[index][at]
        chosen.append(choices[index][at][0])
    return chosen[::-1]


def _readings(day: date) -> list[tuple[date, bool]]:
    """(day, is swapped) for each way to read it."""
    if day.day > 12 or day.day == day.month:
        return [(day, False)]
    return [(day, False), (date(day.year, day.day, day.month), True)]


def _cost(reading: tuple[date, bool], first: date, last: date) -> float:
    day, is_swapped = reading
    outside = 0.0 if first <= day <= last else OUTSIDE_COST_DAYS
    return outside + (SWAP_COST_DAYS if is_swapped else 0.0)


def _make(year: int, month: int, day: int, text: str) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        pass
    try:
        return date(year, day, month)  # a swapped day that is no date as written can only be meant this way
    except ValueError as error:
        raise UnreadableDate(f"{text!r} is no date") from error
