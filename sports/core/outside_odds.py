"""Synthetic outside bookmakers: each sees an event's true chances through a bias of its own and adds its margin. Pure.

Their opinions are functions of (bookmaker, event, outcome), so a feed that starts again quotes the same.
"""

import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

Chances = Mapping[str, float]
OddsByMarket = Mapping[str, Mapping[str, int]]
Quotes = Mapping[str, OddsByMarket]

PREMATCH_SOURCE: Final = "prematch"  # no bookmaker: the market's prices before the start, as the feed got them
SHORTEST_ODDS_MILLI: Final = 1010
LONGEST_ODDS_MILLI: Final = 1_000_000
CHANCE_MIN: Final = 1e-6
GOALS: Final = 11
TYPICAL_GOALS: Final = 2.7


@dataclass(frozen=True, slots=True)
class Bookmaker:
    """`spread` is how far its opinion of an outcome may lie from the truth, on the scale of log odds."""

    name: str
    margin: float
    spread: float


BOOKMAKERS: Final = (
    Bookmaker("Northgate", 0.035, 0.04),
    Bookmaker("Bellwether", 0.055, 0.08),
    Bookmaker("Quayside", 0.075, 0.12),
)


def quote_all(market_key: str, chances: Chances, *, event_ref: str) -> dict[str, dict[str, dict[str, int]]]:
    """What every bookmaker offers on one market, in thousandths by its name, market key and outcome."""
    return {one.name: {market_key: quote(chances, one, event_ref=event_ref)} for one in BOOKMAKERS if len(chances) > 1}


def quote(chances: Chances, bookmaker: Bookmaker, *, event_ref: str) -> dict[str, int]:
    """One bookmaker's odds on the outcomes of a market."""
    believed = [
        max(chance, CHANCE_MIN) * math.exp(bookmaker.spread * _opinion(bookmaker.name, event_ref, outcome))
        for outcome, chance in chances.items()
    ]
    total = sum(believed)
    return dict(zip(chances, with_margin([one / total for one in believed], bookmaker.margin), strict=True))


def with_margin(probabilities: Sequence[float], margin: float) -> list[int]:
    """Odds whose inverse is each probability to one power, chosen so that they sum to 1 + margin."""
    low, high = 0.5, 1.0
    for _ in range(50):
        power = (low + high) / 2
        if sum(probability**power for probability in probabilities) > 1.0 + margin:
            low = power
        else:
            high = power
    return [
        min(LONGEST_ODDS_MILLI, max(SHORTEST_ODDS_MILLI, int(1000 / probability**high)))
        for probability in probabilities
    ]


def football_rates(home: float, away: float, *, goals: float = TYPICAL_GOALS) -> tuple[float, float]:
    """Expected goals of both sides whose difference in winning chances is the given one, by bisection."""
    low, high = 0.02, 0.98
    for _ in range(40):
        share = (low + high) / 2
        chances = football_result((share * goals, (1 - share) * goals), lead=0)
        low, high = (share, high) if chances["home"] - chances["away"] < home - away else (low, share)
    return share * goals, (1 - share) * goals


def football_result(to_come: tuple[float, float], *, lead: int) -> dict[str, float]:
    """Chances of the result when these goals are still expected and the home side leads by `lead`."""
    home, away = _poisson(to_come[0]), _poisson(to_come[1])
    wins = sum(home[h] * away[a] for h in range(GOALS) for a in range(GOALS) if h + lead > a)
    draws = sum(home[h] * away[h + lead] for h in range(GOALS) if 0 <= h + lead < GOALS)
    return {"home": wins, "draw": draws, "away": max(0.0, 1.0 - wins - draws)}


def _poisson(mean: float) -> list[float]:
    weights = [math.exp(-mean) * mean**goals / math.factorial(goals) for goals in range(GOALS)]
    total = sum(weights)
    return [weight / total for weight in weights]


def _opinion(bookmaker: str, event_ref: str, outcome: str) -> float:
    """Between -1 and 1, always the same for the same three."""
    return zlib.crc32(f"{bookmaker}:{event_ref}:{outcome}".encode()) / 0x7FFFFFFF - 1.0
