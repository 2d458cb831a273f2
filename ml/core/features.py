"""What the result model sees of a match before it is played, in a fixed order, and the market it starts from."""

import math
from dataclasses import dataclass
from typing import Final

from ml.core.goal_rates import GoalRates
from ml.core.inplay import price_results
from ml.core.market_view import MarketView
from ml.core.ratings import REST_DAYS_MAX, Fixture, RatingBook, RatingView, TeamRating

FEATURES_VERSION: Final = 1  # raise it with any change of meaning: trained models are kept by it
NEW_TEAM_MATCHES: Final = 40.0  # from here on a team's ratings are as settled as they get
PROBABILITY_MIN: Final = 1e-4

FEATURE_NAMES: Final = (
    "market_home",
    "market_draw",
    "market_away",
    "goals_rating_home",
    "goals_rating_draw",
    "goals_rating_away",
    "market_rating_home",
    "market_rating_draw",
    "market_rating_away",
    "elo_difference",
    "form_home",
    "form_away",
    "goals_for_home",
    "goals_for_away",
    "goals_against_home",
    "goals_against_away",
    "rest_home",
    "rest_away",
    "experience_home",
    "experience_away",
    "total_goals",
)


@dataclass(frozen=True, slots=True)
class MatchFeatures:
    """`values` in the order of FEATURE_NAMES; `baseline` are the log chances the model starts from."""

    values: tuple[float, ...]
    baseline: tuple[float, float, float]


def build_features(book: RatingBook, fixture: Fixture, market: MarketView | None) -> MatchFeatures:
    """The features of a fixture from ratings as they stand. Without a market the past markets' ratings stand in for it.

    Rating chances are given as what they say beyond the market, since the model corrects the market.
    """
    view = book.view(fixture)
    past_market = _log_results(view.market)
    baseline = _logs(market.results) if market else past_market
    goals_rating = _log_results(view.goals)
    values = (
        *baseline,
        *(rating - start for rating, start in zip(goals_rating, baseline, strict=True)),
        *(rating - start for rating, start in zip(past_market, baseline, strict=True)),
        view.home.elo - view.away.elo,
        *_form(view),
        _rest(view.home, fixture.day),
        _rest(view.away, fixture.day),
        _experience(view.home),
        _experience(view.away),
        market.over25 if market and market.over25 is not None else math.nan,
    )
    return MatchFeatures(values, baseline)


def _log_results(rates: GoalRates) -> tuple[float, float, float]:
    return _logs(price_results(rates))


def _logs(chances: tuple[float, float, float]) -> tuple[float, float, float]:
    home, draw, away = (math.log(max(PROBABILITY_MIN, chance)) for chance in chances)
    return home, draw, away


def _form(view: RatingView) -> tuple[float, ...]:
    return (
        _mean(view.home.points),
        _mean(view.away.points),
        _mean(view.home.goals_for),
        _mean(view.away.goals_for),
        _mean(view.home.goals_against),
        _mean(view.away.goals_against),
    )


def _mean(values: list[int]) -> float:
    return sum(values) / len(values) if values else math.nan


def _rest(team: TeamRating, day: float) -> float:
    return min(REST_DAYS_MAX, max(0.0, day - team.last_day)) if team.last_day is not None else math.nan


def _experience(team: TeamRating) -> float:
    return min(1.0, team.matches / NEW_TEAM_MATCHES)
