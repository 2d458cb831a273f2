"""The door through which betting gets chances: every market of one event from one model of it, so none disagree.

The chances of a market sum to 1; those of `double_chance` to 2, those of `top_finish` to its number of places. Where a
line can push, the chance given is the one that makes a bet fair at odds of its inverse: what is paid back does not
count, and half of a stake counts half. Runners withdrawn before the off are left out.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Final
from uuid import UUID

from ml.core import basketball, football_book, outright, tennis
from ml.core.inplay import inplay_state
from ml.core.overround import remove_overround_power
from ml.queries.priors import get_goal_rates, get_kept_odds
from sports.core.basketball.state import BasketballState
from sports.core.market_keys import MarketKey, parse_market_key
from sports.core.match_state import MatchState
from sports.core.outright.state import OutrightState
from sports.core.sport_state import AnyState
from sports.core.tennis.state import TennisState

PricedMarkets = Mapping[str, Mapping[str, float]]
EVEN: Final = 0.5


class UnpricedMarket(KeyError):
    """No model prices this market of this event now."""


def price_book(event_id: UUID, state: AnyState, open_keys: Iterable[str] = ()) -> PricedMarkets:
    """The chances of the markets usually offered in this state, and of those open ones that the model can still price.

    Lines are usual while they are near what is expected; one that was opened stays open when that moves away.
    """
    match state:
        case MatchState():
            return football_book.price_book(get_goal_rates(event_id), inplay_state(state), open_keys)
        case TennisState():
            serve = tennis_rates(event_id, state.best_of)
            ends = tennis.grid_of(serve, state)
            usual = tennis.default_keys(state, ends)
            return _price([*usual, *open_keys], lambda key: tennis.price_market(serve, state, ends, key))
        case BasketballState():
            scoring = basketball_rates(event_id, state.quarter_minutes)
            points = basketball.grid_of(scoring, state)
            usual = basketball.default_keys(state, points)
            return _price([*usual, *open_keys], lambda key: basketball.price_market(scoring, state, points, key))
        case OutrightState():
            strengths = outright_strengths(event_id)
            usual = outright.default_keys(state)
            return _price([*usual, *open_keys], lambda key: outright.price_market(strengths, state, key))


def price_markets(event_id: UUID, state: AnyState, keys: Iterable[str] | None = None) -> PricedMarkets:
    """The chance of every outcome by market key: of the markets asked for, else of those usually offered in this state.

    A decided market has chances of exactly 0 and 1. Raises UnpricedMarket.
    """
    if keys is None:
        return price_book(event_id, state)
    wanted = list(keys)
    prices = price_book(event_id, state, wanted)
    try:
        return {key: prices[key] for key in wanted}
    except KeyError as error:
        raise UnpricedMarket(*error.args) from error


def tennis_rates(event_id: UUID, best_of: int) -> tennis.ServeRates:
    """Serve rates out of the market before the match; even where nobody had prices."""
    chances = _fair(event_id, "match_winner")
    return _fitted_serve(round(chances.get("home", EVEN), 6), best_of)


def basketball_rates(event_id: UUID, quarter_minutes: int) -> basketball.ScoringRates:
    """Scoring rates out of the market before the match; an even one of typical length where nobody had prices."""
    home = round(_fair(event_id, "match_winner").get("home", EVEN), 6)
    line = next((key for key in get_kept_odds(event_id) if key.startswith("total_points;")), None)
    over = _fair(event_id, line).get("over") if line else None
    if line is None or over is None:
        return _fitted_scoring(home, basketball.TYPICAL_TOTAL * quarter_minutes / 10, EVEN, quarter_minutes)
    return _fitted_scoring(home, float(parse_market_key(line).get("total")), round(over, 6), quarter_minutes)


def outright_strengths(event_id: UUID) -> dict[str, float]:
    """Logarithms of strength by outcome out of the market before the event; empty, which is even, without one."""
    return outright.strengths_of(_fair(event_id, "outright_winner"))


@lru_cache(maxsize=2_000)
def _fitted_serve(home: float, best_of: int) -> tennis.ServeRates:
    return tennis.fit_serve_rates(home, best_of=best_of)


@lru_cache(maxsize=2_000)
def _fitted_scoring(home: float, total: float, p_over: float, quarter_minutes: int) -> basketball.ScoringRates:
    return basketball.fit_scoring_rates(home, total=total, p_over=p_over, quarter_minutes=quarter_minutes)


def _fair(event_id: UUID, key: str) -> dict[str, float]:
    """The chances in the prices before the start, without their margin."""
    prices = get_kept_odds(event_id).get(key, {})
    if len(prices) < 2:
        return {}
    return dict(zip(prices, remove_overround_power([price / 1_000 for price in prices.values()]), strict=True))


def _price(keys: Iterable[str], price: Callable[[MarketKey], Mapping[str, float] | None]) -> PricedMarkets:
    priced = {text: price(parse_market_key(text)) for text in dict.fromkeys(keys)}
    return {text: chances for text, chances in priced.items() if chances is not None}
