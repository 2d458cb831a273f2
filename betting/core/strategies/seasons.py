"""Imported past matches as moments: one tick an hour before kick-off, the closing prices, the result.

The model is the house's ratings, walked forward match by match: what it says of a match it has learnt from earlier
matches alone.
"""

import math
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from betting.core.grading import grade_market
from betting.core.strategies.backtest import Closing, Moment, Results, Worth
from betting.core.strategies.recording import in_millionths
from betting.core.strategies.ticks import MILLION, Offer, Tick
from ml.core.goal_rates import GoalRates
from ml.core.inplay import InPlayState, price_event
from ml.core.overround import remove_overround_power
from ml.core.ratings import RatingBook, RatingView
from ml.core.training_set import PastMatch
from sports.core.market_keys import parse_market_key
from sports.core.score_facts import ScoreFacts

PRICED_BEFORE: Final = timedelta(hours=1)
PLAYED_WITHIN: Final = timedelta(hours=2)
MATCHES_KNOWN_MIN: Final = 10  # of each side: before, its ratings are those of any newcomer
MARKET_TYPES: Final = ("1x2", "over_under")  # what can be settled by a final score without its goals in order
EVEN_MILLI: Final = 1_000

OddsByMarket = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class SeasonMatch:
    """One past match: early and closing prices in thousandths by market key and outcome."""

    event_id: str
    played_at: datetime
    past: PastMatch
    odds: OddsByMarket
    closing_odds: OddsByMarket


class SeasonWalk:
    """Goes through past matches in order of play. A match is learnt once it is over, and not a moment before."""

    def __init__(self) -> None:
        self._book = RatingBook()
        self._unlearnt: deque[SeasonMatch] = deque()

    def learn(self, match: SeasonMatch) -> None:
        """Learn in its time from a match that is not bet on."""
        self._unlearnt.append(match)

    def moments_of(self, match: SeasonMatch) -> Iterator[Moment]:
        """The moments of one match, and learn from it in its time."""
        self._learn_until(match.played_at - PRICED_BEFORE)
        chances = _chances(self._book.view(match.past.fixture))
        self.learn(match)
        offers = tuple(_offers(match, chances))
        if not offers:
            return
        yield _tick(match, offers)
        closing = {
            _name(match, key, outcome): odds
            for key, outcomes in match.closing_odds.items()
            for outcome, odds in outcomes.items()
        }
        yield Closing(match.event_id, match.played_at, closing)
        yield Results(match.event_id, match.played_at + PLAYED_WITHIN, _worth(match, offers))

    def _learn_until(self, at: datetime) -> None:
        """Matches of the same hour know nothing of each other."""
        while self._unlearnt and self._unlearnt[0].played_at + PLAYED_WITHIN <= at:
            over = self._unlearnt.popleft()
            self._book.learn(over.past.fixture, over.past.played)


def _chances(view: RatingView) -> Mapping[str, Mapping[str, float]]:
    """By the geometric mean of what goals and what past markets taught; nothing about teams hardly seen."""
    if min(view.home.matches, view.away.matches) < MATCHES_KNOWN_MIN:
        return {}
    rates = GoalRates(
        math.sqrt(view.goals.home * view.market.home),
        math.sqrt(view.goals.away * view.market.away),
        view.goals.correlation,
    )
    return price_event(rates, InPlayState())


def _offers(match: SeasonMatch, chances: Mapping[str, Mapping[str, float]]) -> Iterator[Offer]:
    for text, outcomes in sorted(match.odds.items()):
        key = parse_market_key(text)
        if key.market_type not in MARKET_TYPES or set(outcomes) != set(key.outcomes):
            continue
        if min(outcomes.values()) <= EVEN_MILLI:
            continue
        fair = remove_overround_power([odds / EVEN_MILLI for odds in outcomes.values()])
        line = dict(key.specifiers).get("total")
        for (outcome, odds_milli), market in zip(outcomes.items(), fair, strict=True):
            yield Offer(
                selection_id=_name(match, text, outcome),
                market_key=text,
                market_type=key.market_type,
                outcome=outcome,
                line_millionths=None if line is None else int(Decimal(line) * MILLION),
                odds_milli=odds_milli,
                opening_odds_milli=odds_milli,
                market_millionths=in_millionths(market),
                model_millionths=in_millionths(chances.get(text, {}).get(outcome)),
                outside_odds_milli=None,
            )


def _tick(match: SeasonMatch, offers: tuple[Offer, ...]) -> Tick:
    return Tick(
        event_id=match.event_id,
        at=match.played_at - PRICED_BEFORE,
        sport="football",
        phase="scheduled",
        minute=0,
        minutes_to_start=int(PRICED_BEFORE.total_seconds()) // 60,
        home_score=0,
        away_score=0,
        home_reds=0,
        away_reds=0,
        is_stopped=False,
        offers=offers,
    )


def _worth(match: SeasonMatch, offers: tuple[Offer, ...]) -> dict[str, Worth]:
    played = match.past.played
    facts = ScoreFacts("football", played.home_goals, played.away_goals, is_final=True, ending="full")
    worth: dict[str, Worth] = {}
    for text in dict.fromkeys(offer.market_key for offer in offers):
        key = parse_market_key(text)
        grades = grade_market(key.market_type, dict(key.specifiers), list(key.outcomes), facts)
        for outcome, grade in grades.items():
            worth[_name(match, text, outcome)] = Worth(grade.result, grade.void_halves)
    return worth


def _name(match: SeasonMatch, key: str, outcome: str) -> str:
    return f"{match.event_id}:{key}:{outcome}"
