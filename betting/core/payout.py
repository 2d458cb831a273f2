"""Payout algebra in exact rationals: leg factors, lines of a multiple, and one floor to the minor unit per slip."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

LegOutcome = Literal["won", "lost", "void"]
SlipStatus = Literal["won", "lost", "partial", "void"]

ONE = Fraction(1)
# Rule 4 deductions of several withdrawals add up, and never take more than this share of the winnings.
DEDUCTION_MAX = Fraction(9, 10)


@dataclass(frozen=True)
class LegResult:
    """What became of one leg. `void_halves` is 2 for a push, 1 for half a bet returned, 0 otherwise."""

    outcome: LegOutcome
    odds_milli: int
    void_halves: int = 0
    dead_heat_places: int = 1
    dead_heat_tied: int = 1
    deductions: tuple[Fraction, ...] = ()
    place_fraction: Fraction = Fraction(1, 4)

    @property
    def is_void(self) -> bool:
        return self.outcome == "void" or self.void_halves == 2


@dataclass(frozen=True)
class Payout:
    """A slip's settlement: `exact_return` before the floor and the cap, `payout_minor` after both."""

    exact_return: Fraction
    payout_minor: int
    status: SlipStatus


def leg_factor(leg: LegResult) -> Fraction:
    """What one unit on this leg is worth: win `o * d`, lose 0, void 1, and half of each for half results."""
    return _factor(leg, _deducted_odds(leg))


def place_factor(leg: LegResult) -> Fraction:
    """As `leg_factor`, for the place part of an each-way bet; `outcome` then says whether it was placed."""
    return _factor(leg, ONE + (_deducted_odds(leg) - 1) * leg.place_fraction)


def _deducted_odds(leg: LegResult) -> Fraction:
    deduction = min(sum(leg.deductions, Fraction(0)), DEDUCTION_MAX)
    return ONE + (Fraction(leg.odds_milli, 1_000) - 1) * (1 - deduction)


def _factor(leg: LegResult, odds: Fraction) -> Fraction:
    if leg.is_void:  # void beats rule 4 and dead heat
        return ONE
    returned = Fraction(leg.void_halves, 2)
    if leg.outcome == "lost":
        return returned
    return returned + (1 - returned) * odds * Fraction(leg.dead_heat_places, leg.dead_heat_tied)


def sum_of_lines(factors: Sequence[Fraction], sizes: Sequence[int]) -> Fraction:
    """The sum over line sizes k of all products of k factors (elementary symmetric polynomials)."""
    elementary = [ONE] + [Fraction(0)] * len(factors)
    for count, factor in enumerate(factors, start=1):
        for size in range(count, 0, -1):
            elementary[size] += factor * elementary[size - 1]
    return sum((elementary[size] for size in sizes), Fraction(0))


def slip_return(
    unit_stake_minor: int, legs: Sequence[LegResult], sizes: Sequence[int], bankers: Sequence[LegResult] = ()
) -> Fraction:
    """The exact return of a slip: a single is one leg with sizes (1,), an accumulator of n legs has sizes (n,)."""
    product = ONE
    for banker in bankers:
        product *= leg_factor(banker)
    return unit_stake_minor * sum_of_lines([leg_factor(leg) for leg in legs], sizes) * product


def settle(
    *,
    stake_minor: int,
    exact_return: Fraction,
    is_all_void: bool,
    payout_minor_max: int | None = None,
    is_free_bet: bool = False,
) -> Payout:
    """Floor once, cap, and name the outcome. A free bet returns its stake only as a token, so it pays the winnings."""
    paid = max(Fraction(0), exact_return - stake_minor) if is_free_bet else exact_return
    payout_minor = paid.numerator // paid.denominator
    if payout_minor_max is not None:
        payout_minor = min(payout_minor, payout_minor_max)
    status = _status(stake_minor, exact_return, payout_minor, is_all_void=is_all_void, is_free_bet=is_free_bet)
    return Payout(exact_return, payout_minor, status)


def _status(
    stake_minor: int, exact_return: Fraction, payout_minor: int, *, is_all_void: bool, is_free_bet: bool
) -> SlipStatus:
    if is_all_void:
        return "void"
    if exact_return == 0:
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
