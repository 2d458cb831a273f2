"""What all markets of one type in one sport share, from their name to their rules in words."""

from dataclasses import dataclass
from typing import Final, Literal

MarketGroup = Literal[
    "main", "goals", "asian", "halves", "score", "sets", "games", "handicap", "points", "quarters", "winner", "places"
]

# Order within a sport: kinds are this far apart, so that lines and numbers of one kind fit between them.
SORT_STEP: Final = 1_500


@dataclass(frozen=True)
class MarketKind:
    """`sort` is the kind's place among its sport's, from 1. `overround` is the margin on a sum of chances of 1.

    `stake_percent` and `liability_percent` scale the limits of a currency: thin markets take less. A bet in play waits
    `delay_ms` before it is judged, in a match that runs at its true speed. `pressure` is how far a market that has used
    up its whole liability moves the logarithm of a chance; 0 leaves prices to the model, as it must where several
    outcomes win together. `rules` are the sentences that decide what a bet comes to.
    """

    name: str
    group: MarketGroup
    sort: int
    overround: float
    rules: tuple[str, ...]
    is_charted: bool = False
    stake_percent: int = 100
    liability_percent: int = 100
    delay_ms: int = 5_000
    pressure: float = 0.25
