"""What a slip puts at risk on each of its legs, so that a cash-out can take exactly its share back.

The shares are those of acceptance: each leg carries the slip's whole stake and payout, less what lines without the leg
still pay.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from betting.core.payout import lines_return


@dataclass(frozen=True)
class StruckLeg:
    odds_milli: int
    is_banker: bool = False


@dataclass(frozen=True)
class Share:
    """What one leg adds to the exposure of its selection, in minor units."""

    stake_minor: int
    payout_minor: int


def shares_of(
    legs: Sequence[StruckLeg], *, line_sizes: Sequence[int], line_count: int, stake_minor: int
) -> list[Share]:
    """The exposure of a slip with so much stake, leg by leg."""
    odds = [Fraction(leg.odds_milli, 1_000) for leg in legs]
    promised = _return_minor(legs, odds, line_sizes, line_count, stake_minor)
    shares = []
    for position in range(len(legs)):
        without = [Fraction(0) if place == position else one for place, one in enumerate(odds)]
        still_paid = _return_minor(legs, without, line_sizes, line_count, stake_minor)
        shares.append(Share(stake_minor - still_paid, promised - still_paid))
    return shares


def _return_minor(
    legs: Sequence[StruckLeg], odds: Sequence[Fraction], line_sizes: Sequence[int], line_count: int, stake_minor: int
) -> int:
    free = [one for leg, one in zip(legs, odds, strict=True) if not leg.is_banker]
    bankers = [one for leg, one in zip(legs, odds, strict=True) if leg.is_banker]
    exact = lines_return(Fraction(stake_minor, line_count), free, line_sizes, bankers)
    return exact.numerator // exact.denominator
