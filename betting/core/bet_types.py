"""The lines of each bet type: which sizes its lines have, how many legs it needs, and how many lines come of it.

The named full-cover bets are those of British bookmaking: a Lucky is its full-cover bet with the singles.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import comb
from typing import Final


class InvalidLines(ValueError):
    """The legs, bankers and sizes do not make this bet; the message says why."""


@dataclass(frozen=True)
class FullCover:
    """A named bet on so many legs with all lines of `smallest` legs and more."""

    legs: int
    smallest: int


FULL_COVER: Final = {
    "trixie": FullCover(3, 2),
    "patent": FullCover(3, 1),
    "yankee": FullCover(4, 2),
    "lucky15": FullCover(4, 1),
    "super_yankee": FullCover(5, 2),
    "lucky31": FullCover(5, 1),
    "heinz": FullCover(6, 2),
    "lucky63": FullCover(6, 1),
    "super_heinz": FullCover(7, 2),
    "goliath": FullCover(8, 2),
}
LINES_MAX: Final = 20_000  # all doubles to tenfolds of 16 legs are about 58,000: more than a person can mean


@dataclass(frozen=True)
class Lines:
    """The sizes of the lines among the legs that are no bankers, ascending, and how many lines that makes."""

    sizes: tuple[int, ...]
    count: int


def lines_of(
    bet_type: str, *, leg_count: int, banker_count: int = 0, sizes: Sequence[int] | None = None, is_each_way: bool
) -> Lines:
    """The lines of a bet; an each-way bet has each of them twice. Raises InvalidLines."""
    chosen = _sizes_of(bet_type, leg_count=leg_count, banker_count=banker_count, sizes=sizes)
    count = count_lines(leg_count - banker_count, chosen) * (2 if is_each_way else 1)
    if count > LINES_MAX:
        raise InvalidLines(f"These are {count} lines, more than {LINES_MAX}")
    return Lines(chosen, count)


def count_lines(free_legs: int, sizes: Iterable[int]) -> int:
    """How many lines of these sizes the legs beside the bankers make."""
    return sum(comb(free_legs, size) for size in sizes)


def _sizes_of(bet_type: str, *, leg_count: int, banker_count: int, sizes: Sequence[int] | None) -> tuple[int, ...]:
    if bet_type == "system":
        return _system_sizes(leg_count - banker_count, banker_count, sizes)
    if sizes is not None:
        raise InvalidLines("Only a system chooses its line sizes")
    if banker_count:
        raise InvalidLines("Only a system has bankers")
    if bet_type == "single":
        if leg_count != 1:
            raise InvalidLines("A single has one leg")
        return (1,)
    if bet_type == "accumulator":
        if leg_count < 2:
            raise InvalidLines("An accumulator has at least two legs")
        return (leg_count,)
    cover = FULL_COVER[bet_type]
    if leg_count != cover.legs:
        raise InvalidLines(f"This bet has exactly {cover.legs} legs")
    return tuple(range(cover.smallest, cover.legs + 1))


def _system_sizes(free_legs: int, banker_count: int, sizes: Sequence[int] | None) -> tuple[int, ...]:
    if not sizes:
        raise InvalidLines("A system says how many legs its lines have")
    if len(set(sizes)) < len(sizes):
        raise InvalidLines("Each line size is named once")
    if free_legs + banker_count < 2:
        raise InvalidLines("A system has at least two legs")
    if min(sizes) < 1 or max(sizes) > free_legs:
        raise InvalidLines(f"Line sizes lie between 1 and {free_legs}, the legs beside the bankers")
    return tuple(sorted(sizes))
