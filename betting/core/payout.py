"""Payout algebra in exact rationals: leg factors, lines of a multiple, and one floor to the minor unit per slip.

The one truth of what a slip pays: the SQL of settlement must equal it, slip by slip.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Literal

LegOutcome = Literal["won", "lost", "void", ""]  # the empty one: no result yet
SlipStatus = Literal["won", "lost", "partial", "void"]

ONE = Fraction(1)
# Rule 4 deductions of several withdrawals add up, and never take more than this share of the winnings.
DEDUCTION_MAX = Fraction(9, 10)


@dataclass(frozen=True)
class LegResult:
    """What became of one leg. `void_halves` is 2 for a push, 1 for half a bet returned, 0 otherwise.

    `place_...` belong to the place part of an each-way bet. A leg that is void is so in both parts; a half void one
    is so in its win part alone.
    """

    outcome: LegOutcome
    odds_milli: int
    void_halves: int = 0
    dead_heat_places: int = 1
    dead_heat_tied: int = 1
    deductions: tuple[Fraction, ...] = ()
    place_fraction: Fraction = Fraction(1, 4)
    place_outcome: LegOutcome = ""
    place_dead_heat_places: int = 1
    place_dead_heat_tied: int = 1
    is_banker: bool = False

    @property
    def is_void(self) -> bool:
        return self.outcome == "void" or self.void_halves == 2

    def is_open(self, *, is_each_way: bool = False) -> bool:
        """Whether a part of it that the slip bets on has no result yet."""
        if self.is_void:
            return False
        return not self.outcome or (is_each_way and not self.place_outcome)


@dataclass(frozen=True)
class SlipTerms:
    """What a slip pays by. `line_count` counts each-way lines twice; `stake_minor` is what still runs of its stake."""

    stake_minor: int
    line_sizes: tuple[int, ...] = (1,)
    line_count: int = 1
    is_each_way: bool = False
    is_free_bet: bool = False
    payout_minor_max: int | None = None


@dataclass(frozen=True)
class Payout:
    """A slip's settlement: `exact_return` before the floor, `uncapped_minor` after it, `payout_minor` after the cap."""

    exact_return: Fraction
    uncapped_minor: int
    payout_minor: int
    status: SlipStatus


def leg_factor(leg: LegResult) -> Fraction:
    """What one unit on this leg is worth: win `o * d`, lose 0, void 1, and half of each for half results."""
    if leg.is_void:  # void beats rule 4 and dead heat
        return ONE
    returned = Fraction(leg.void_halves, 2)
    if leg.outcome == "lost":
        return returned
    return returned + (1 - returned) * _deducted_odds(leg) * Fraction(leg.dead_heat_places, leg.dead_heat_tied)


def place_factor(leg: LegResult) -> Fraction:
    """As `leg_factor`, for the place part of an each-way bet: its share of the deducted odds' winnings."""
    if leg.is_void or leg.place_outcome == "void":
        return ONE
    if leg.place_outcome == "lost":
        return Fraction(0)
    odds = ONE + (_deducted_odds(leg) - 1) * leg.place_fraction
    return odds * Fraction(leg.place_dead_heat_places, leg.place_dead_heat_tied)


def _deducted_odds(leg: LegResult) -> Fraction:
    deduction = min(sum(leg.deductions, Fraction(0)), DEDUCTION_MAX)
    return ONE + (Fraction(leg.odds_milli, 1_000) - 1) * (1 - deduction)


def sum_of_lines(factors: Sequence[Fraction], sizes: Sequence[int]) -> Fraction:
    """The sum over line sizes k of all products of k factors (elementary symmetric polynomials)."""
    elementary = [ONE] + [Fraction(0)] * len(factors)
    for count, factor in enumerate(factors, start=1):
        for size in range(count, 0, -1):
            elementary[size] += factor * elementary[size - 1]
    return sum((elementary[size] for size in sizes), Fraction(0))


def lines_return(
    unit_stake_minor: Fraction | int, factors: Sequence[Fraction], sizes: Sequence[int], bankers: Sequence[Fraction]
) -> Fraction:
    """The exact return of all lines: every banker stands in each of them."""
    product = ONE
    for banker in bankers:
        product *= banker
    return unit_stake_minor * sum_of_lines(factors, sizes) * product


def slip_return(
    unit_stake_minor: Fraction | int,
    legs: Sequence[LegResult],
    sizes: Sequence[int],
    bankers: Sequence[LegResult] = (),
    *,
    is_each_way: bool = False,
) -> Fraction:
    """The exact return of a slip: a single is one leg with sizes (1,), an accumulator of n legs has sizes (n,)."""
    parts = (leg_factor, place_factor) if is_each_way else (leg_factor,)
    return sum(
        (
            lines_return(unit_stake_minor, [part(leg) for leg in legs], sizes, [part(leg) for leg in bankers])
            for part in parts
        ),
        Fraction(0),
    )


def settle_slip(terms: SlipTerms, legs: Sequence[LegResult]) -> Payout | None:
    """What a slip comes to by the results there are; None while a further result could change its return.

    It is settled when every leg has its results, or when its return is zero whatever the open ones bring.
    """
    is_open = any(leg.is_open(is_each_way=terms.is_each_way) for leg in legs)
    exact = slip_return(
        Fraction(terms.stake_minor, terms.line_count),
        [leg for leg in legs if not leg.is_banker],
        terms.line_sizes,
        [leg for leg in legs if leg.is_banker],
        is_each_way=terms.is_each_way,
    )
    # An open leg counted as won: every product it is in is zero exactly when another factor of it is.
    if is_open and exact > 0:
        return None
    return settle(
        stake_minor=terms.stake_minor,
        exact_return=exact,
        is_all_void=all(leg.is_void for leg in legs),
        payout_minor_max=terms.payout_minor_max,
        is_free_bet=terms.is_free_bet,
    )


def settle(
    *,
    stake_minor: int,
    exact_return: Fraction,
    is_all_void: bool,
    payout_minor_max: int | None = None,
    is_free_bet: bool = False,
) -> Payout:
    """Floor once, cap, and name the outcome. A free bet returns its stake only as a token, so it pays the winnings, and
    has lost where there are none."""
    returned = max(Fraction(0), exact_return - stake_minor) if is_free_bet else exact_return
    uncapped_minor = floor(returned)
    payout_minor = uncapped_minor if payout_minor_max is None else min(uncapped_minor, payout_minor_max)
    status = _status(stake_minor, returned, payout_minor, is_all_void=is_all_void, is_free_bet=is_free_bet)
    return Payout(exact_return, uncapped_minor, payout_minor, status)


def _status(
    stake_minor: int, returned: Fraction, payout_minor: int, *, is_all_void: bool, is_free_bet: bool
) -> SlipStatus:
    if is_all_void:
        return "void"
    if returned == 0:
        return "lost"
    if payout_minor > stake_minor or (is_free_bet and payout_minor > 0):
        return "won"
    return "partial"


def potential_return(stake_minor: int, odds_milli: int) -> int:
    """What a single pays if it wins, stake included."""
    return stake_minor * odds_milli // 1_000


def stake_for_return(return_minor_max: int, odds_milli: int) -> int:
    """The largest stake whose potential return stays within a cap."""
    # floor(stake * odds / 1000) <= cap  <=>  stake * odds < (cap + 1) * 1000
    return max(0, ((return_minor_max + 1) * 1_000 - 1) // odds_milli)
