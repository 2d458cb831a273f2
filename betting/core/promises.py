"""What a slip promises: its return if all its legs win, and its best return without one of them, in whole numbers.

The same sums as `payout.slip_return` gives for legs that win, kept as one integer fraction for each slip: this runs
for every slip, and Fractions would take most of the time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import lcm, prod

from betting.core.slip_facts import LegFacts, SlipTerms


@dataclass(slots=True)
class Promise:
    """Returns for each unit of the whole stake, all over `denominator`. `without[i]` is what the other lines still pay
    at best where leg i does not win; an each-way leg is then placed. Never changed once made."""

    whole: int
    without: tuple[int, ...]
    denominator: int

    def return_minor(self, stake_minor: int) -> int:
        """What the slip pays at best, stake included: one floor."""
        return stake_minor * self.whole // self.denominator

    def return_minor_without(self, position: int, stake_minor: int) -> int:
        return stake_minor * self.without[position] // self.denominator


def promise_of(terms: SlipTerms, legs: Sequence[LegFacts]) -> Promise:
    """The promise at the current prices, of which there is one for every leg."""
    if len(legs) == 1 and not terms.is_each_way:
        return Promise(_odds_of(legs[0]), (0,), 1_000)
    scale = _scale_of(legs) if terms.is_each_way else 1_000
    wins = [_odds_of(leg) * (scale // 1_000) for leg in legs]
    won = _part(wins, legs, terms.lines.sizes, scale)
    denominator: int = scale ** len(legs) * terms.lines.count
    if not terms.is_each_way:
        return Promise(won.whole, won.without, denominator)
    placed = _part([_place_factor(leg, scale) for leg in legs], legs, terms.lines.sizes, scale).whole
    return Promise(won.whole + placed, tuple(one + placed for one in won.without), denominator)


def total_odds_milli(legs: Sequence[LegFacts]) -> int:
    """The product of all odds in thousandths, floored."""
    if len(legs) == 1:
        return _odds_of(legs[0])
    product = prod(_odds_of(leg) for leg in legs)
    return int(product // 1_000 ** (len(legs) - 1))


def _odds_of(leg: LegFacts) -> int:
    assert leg.current_odds_milli is not None, "a leg without a price was let through"
    return leg.current_odds_milli


def _scale_of(legs: Sequence[LegFacts]) -> int:
    """What makes whole numbers of all win and place factors."""
    return 1_000 * lcm(*(leg.market.each_way.denominator for leg in legs if leg.market.each_way))


def _place_factor(leg: LegFacts, scale: int) -> int:
    """1 + (odds - 1) x fraction."""
    terms = leg.market.each_way
    assert terms is not None, "a leg without place terms was let through"
    return scale + (_odds_of(leg) - 1_000) * (scale // 1_000) * terms.numerator // terms.denominator


@dataclass(frozen=True, slots=True)
class _Part:
    whole: int
    without: tuple[int, ...]


def _part(factors: Sequence[int], legs: Sequence[LegFacts], sizes: Sequence[int], scale: int) -> _Part:
    """All lines over scale ** legs, and the same without the lines that a leg stands in."""
    bankers = prod(factor for factor, leg in zip(factors, legs, strict=True) if leg.is_banker)
    free = [factor for factor, leg in zip(factors, legs, strict=True) if not leg.is_banker]
    elementary = _elementary(free)
    without = tuple(
        0 if leg.is_banker else _sum_sizes(_divide_out(elementary, factor), sizes, scale) * scale * bankers
        for factor, leg in zip(factors, legs, strict=True)
    )
    return _Part(_sum_sizes(elementary, sizes, scale) * bankers, without)


def _elementary(factors: Sequence[int]) -> list[int]:
    """The sums of all products of k factors, for k from 0 on."""
    sums = [1] + [0] * len(factors)
    for count, factor in enumerate(factors, start=1):
        for size in range(count, 0, -1):
            sums[size] += factor * sums[size - 1]
    return sums


def _divide_out(elementary: Sequence[int], factor: int) -> list[int]:
    """The same sums without one of the factors."""
    sums = [1]
    for size in range(1, len(elementary) - 1):
        sums.append(elementary[size] - factor * sums[size - 1])
    return sums


def _sum_sizes(elementary: Sequence[int], sizes: Sequence[int], scale: int) -> int:
    count = len(elementary) - 1
    return sum(elementary[size] * scale ** (count - size) for size in sizes if size <= count)
