"""What bookmakers think of a match: their prices without the margin."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ml.core.goal_rates import GoalRates, fit_goal_rates
from ml.core.overround import remove_overround_power

OUTCOMES: Final = ("home", "draw", "away")
RESULT_KEY: Final = "1x2"
TOTAL_KEY: Final = "over_under;total=2.5"
EVEN_MILLI: Final = 1_000  # odds of one in thousandths: a price must be above it

OddsByMarket = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class MarketView:
    """Fair chances of the result; `over25` is None where there were no totals."""

    home: float
    draw: float
    away: float
    over25: float | None

    @property
    def results(self) -> tuple[float, float, float]:
        return self.home, self.draw, self.away

    def rates(self) -> GoalRates:
        return fit_goal_rates(self.home, self.draw, self.away, self.over25)


def read_market_view(odds: OddsByMarket) -> MarketView | None:
    """The view that prices in thousandths express, or None unless all three results have one."""
    results = _fair(odds, RESULT_KEY, OUTCOMES)
    if results is None:
        return None
    totals = _fair(odds, TOTAL_KEY, ("over", "under"))
    home, draw, away = results
    return MarketView(home, draw, away, totals[0] if totals else None)


def _fair(odds: OddsByMarket, key: str, outcomes: tuple[str, ...]) -> list[float] | None:
    prices = [odds.get(key, {}).get(outcome, 0) for outcome in outcomes]
    if min(prices) <= EVEN_MILLI:
        return None
    return remove_overround_power([price / EVEN_MILLI for price in prices])
