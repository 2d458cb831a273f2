"""Made-up ticks and recordings, and rules to try on them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from betting.core.strategies.backtest import Worth
from betting.core.strategies.decide import Strategy
from betting.core.strategies.language import Rules, parse_rules
from betting.core.strategies.recording import (
    Listing,
    Opinion,
    OutsidePrice,
    PriceMove,
    Recording,
    ResultSeen,
    Seen,
)
from betting.core.strategies.ticks import Offer, Tick
from ml.core.goal_rates import GoalRates

NOON = datetime(2026, 3, 7, 12, tzinfo=UTC)
ALWAYS = {"kind": "compare", "fact": "minute", "op": "at_least", "value": 0}


def rules_document(**changes: Any) -> dict[str, Any]:
    document: dict[str, Any] = {
        "version": 1,
        "bank": "100.00",
        "markets": ["1x2"],
        "when": ALWAYS,
        "pick": "all",
        "staking": {"plan": "flat", "amount": "10.00"},
        "limits": {"bets_per_event": 5},
    }
    return document | changes


def rules(**changes: Any) -> Rules:
    return parse_rules(rules_document(**changes))


def strategy(**changes: Any) -> Strategy:
    return Strategy.of(rules(**changes))


def offer(outcome: str = "home", odds_milli: int = 2_000, **changes: Any) -> Offer:
    values: dict[str, Any] = {
        "selection_id": f"match:1x2:{outcome}",
        "market_key": "1x2",
        "market_type": "1x2",
        "outcome": outcome,
        "line_millionths": None,
        "odds_milli": odds_milli,
        "opening_odds_milli": 2_500,
        "market_millionths": 480_000,
        "model_millionths": 550_000,
        "outside_odds_milli": 2_100,
    }
    return Offer(**(values | changes))


def tick(*offers: Offer, **changes: Any) -> Tick:
    values: dict[str, Any] = {
        "event_id": "match",
        "at": NOON,
        "sport": "football",
        "phase": "first_half",
        "minute": 30,
        "minutes_to_start": -30,
        "home_score": 1,
        "away_score": 0,
        "home_reds": 0,
        "away_reds": 0,
        "is_stopped": False,
        "offers": offers or (offer(),),
    }
    return Tick(**(values | changes))


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def recording() -> Recording:
    """A match with early prices, two goals, a corrected result, outside prices and a model's opinion."""
    listings = {
        f"{key}:{outcome}": Listing(f"{key}:{outcome}", key, key.partition(";")[0], outcome, line)
        for key, outcomes, line in (
            ("1x2", ("home", "draw", "away"), None),
            ("over_under;total=2.5", ("over", "under"), 2_500_000),
        )
        for outcome in outcomes
    }
    prices: list[PriceMove] = []
    for step in range(-60, 96):
        minute = max(0, step)
        for number, name in enumerate(listings):
            milli = 1_500 + 300 * number + 7 * ((step * (number + 3)) % 41)
            prices.append(PriceMove(at(step), minute, name, milli, 1_000_000_000 // (milli + 60)))
    return Recording(
        event_id="match",
        sport="football",
        start_time=NOON,
        listings=listings,
        prices=prices,
        incidents=[
            Seen(at(0), "kick_off", "", 0, 0, 0),
            Seen(at(20.2), "goal", "home", 20, 1, 0),
            Seen(at(45.5), "half_time", "", 45, 1, 0),
            Seen(at(46), "second_half", "", 45, 1, 0),
            Seen(at(70.1), "goal", "away", 70, 1, 1),
            Seen(at(94.5), "full_time", "", 90, 1, 1),
        ],
        outside=[
            OutsidePrice(at(-50), "sharp", "1x2", "home", 2_050),
            OutsidePrice(at(-10), "sharp", "1x2", "home", 1_950),
            OutsidePrice(at(-10), "soft", "1x2", "home", 2_000),
        ],
        opinions=[Opinion(at(-30), GoalRates(1.6, 1.1, -0.05))],
        results=[
            *(ResultSeen(at(97), name, Worth("won" if name == "1x2:draw" else "lost")) for name in listings),
            ResultSeen(at(140), "1x2:draw", Worth("lost")),
            ResultSeen(at(140), "1x2:away", Worth("won")),
        ],
    )
