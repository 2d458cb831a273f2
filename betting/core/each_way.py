"""Each-way bets: half to win, half on a place at a fraction of the win odds, where that fraction is no gift.

Whether usual terms suit a field depends on its odds: where one runner is nearly certain, or few are left, a quarter of
the others' long odds is more than their places are worth. So the place odds are judged as a book is: the chances that
they stand for, 1 / odds, have to sum to more than the places that are paid.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class EachWayTerms:
    """So many places pay `numerator/denominator` of the win odds."""

    places: int
    numerator: int
    denominator: int


# From so many runners on: the terms of British racing, of handicaps in large fields. For example
# https://helpcenter.paddypower.com/app/answers/detail/p/6/a_id/381
EACH_WAY_FIELDS: Final = (
    (16, EachWayTerms(4, 1, 4)),
    (12, EachWayTerms(3, 1, 4)),
    (8, EachWayTerms(3, 1, 5)),
    (5, EachWayTerms(2, 1, 4)),
)
# Stakes press on the prices of a market that has opened; its places go on while they leave half the usual margin.
PLACE_MARGIN_MIN: Final = 0.06


def find_each_way_terms(odds_milli: Iterable[int | None], overround: float) -> EachWayTerms | None:
    """The best terms for customers that leave the market's own overround at these odds; None if none do."""
    offered = [odds for odds in odds_milli if odds is not None]
    return next(
        (
            terms
            for smallest, terms in EACH_WAY_FIELDS
            if len(offered) >= smallest and place_margin(offered, terms) >= overround
        ),
        None,
    )


def takes_each_way(odds_milli: Sequence[int | None], terms: EachWayTerms | None) -> bool:
    """Whether a market with these terms takes each-way bets before the start at these odds."""
    return terms is not None and place_margin(odds_milli, terms) >= PLACE_MARGIN_MIN


def place_margin(odds_milli: Sequence[int | None], terms: EachWayTerms) -> float:
    """What the place odds of all runners leave the house of what is staked on places: their overround, 0 if fair.

    Who has no odds is not backed, and takes part in no sum.
    """
    fraction = terms.numerator / terms.denominator
    chances = sum(1.0 / (1.0 + (odds / 1_000 - 1.0) * fraction) for odds in odds_milli if odds is not None)
    return chances / terms.places - 1.0
