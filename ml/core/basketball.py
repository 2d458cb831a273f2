"""All markets of a basketball match from one process of possessions, exact on whole points, overtime included.

Sides take turns of fifteen seconds; a possession of a side brings 3, 2, 1 or no points. The points still to come of a
side are so the sum of as many independent possessions as fit into the time left; a fraction of a possession is one
with that chance. Level after regulation, overtimes follow until one is ahead. Every market is a sum over the same
distributions.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from ml.core.root import find_root
from sports.core.basketball.state import OVERTIME_MINUTES, QUARTERS, BasketballState
from sports.core.market_keys import MarketKey

POSSESSION_SECONDS: Final = 30.0  # of one side and the other
# The chances of an average possession, scaled by a side's rate: their mean is one point.
POINT_CHANCES: Final = (0.54, 0.04, 0.30, 0.12)
RATE_MIN: Final = 0.55
RATE_MAX: Final = 1.75
TYPICAL_TOTAL: Final = 160.0
OVERTIMES: Final = 14  # by then less than 1e-13 of the level matches is left
SHIFT_MAX: Final = 0.4  # points a possession; nobody is that much better
FIT_ROUNDS: Final = 2  # the two hardly touch each other

Floats = npt.NDArray[np.float64]
Outcomes = dict[str, float]


class ScoringRates(NamedTuple):
    """Points a possession of each side."""

    home: float
    away: float


@dataclass(frozen=True)
class PointsGrid:
    """`margins[offset + m]` is the chance of a final lead of m for the home side, `totals[t]` of t points in all."""

    margins: Floats
    offset: int
    totals: Floats

    @property
    def home_win(self) -> float:
        return float(self.margins[self.offset + 1 :].sum())


@lru_cache(maxsize=4_000)
def points_of(rate: float, possessions: float) -> Floats:
    """The chances of 0, 1, 2, ... points from so many possessions."""
    whole = int(possessions)
    points = _power(rate, whole)
    rest = possessions - whole
    if rest > 1e-9:
        more: Floats = np.convolve(points, _possession(rate))
        more *= rest
        more[: len(points)] += (1.0 - rest) * points
        return more
    return points


@lru_cache(maxsize=4_000)
def _power(rate: float, possessions: int) -> Floats:
    if possessions == 0:
        return np.ones(1)
    half = _power(rate, possessions // 2)
    points: Floats = np.convolve(half, half)
    return points if possessions % 2 == 0 else np.convolve(points, _possession(rate))


def _possession(rate: float) -> Floats:
    scored = np.array(POINT_CHANCES) * rate
    scored[0] = 1.0 - scored[1:].sum()
    return scored


def margin_of(home: Floats, away: Floats) -> Floats:
    """The chances of home less away; the lead of 0 stands at `len(away) - 1`."""
    margins: Floats = np.convolve(home, away[::-1])
    return margins


def possessions_left(state: BasketballState) -> float:
    """Possessions of each side until the end of regulation, or of the running overtime."""
    if state.phase == "completed":
        return 0.0
    quarter = state.length_of(1) / POSSESSION_SECONDS
    running = state.seconds_left / POSSESSION_SECONDS if state.phase == "playing" else 0.0
    whole_quarters = max(0, QUARTERS - state.period)
    if state.phase == "break" and state.period >= QUARTERS:
        return _overtime_possessions()
    return running + whole_quarters * quarter


def grid_of(rates: ScoringRates, state: BasketballState) -> PointsGrid:
    """Lead and total at the end of the match, overtime included."""
    home_points, away_points = state.headline
    left = possessions_left(state)
    home = np.concatenate([np.zeros(home_points), points_of(rates.home, left)])
    away = np.concatenate([np.zeros(away_points), points_of(rates.away, left)])
    margins = margin_of(home, away)
    offset = len(away) - 1
    totals: Floats = np.convolve(home, away)
    level = float(margins[offset])
    if level == 0.0 or state.phase == "completed":
        return PointsGrid(margins, offset, totals)
    shared = min(len(home), len(away))
    level_totals = np.zeros(2 * shared - 1)
    level_totals[::2] = home[:shared] * away[:shared]
    overtime_margins, overtime_totals = _overtime(rates)
    margins = margins.copy()
    margins[offset] = 0.0
    room = (len(overtime_margins) - 1) // 2
    if offset < room or len(margins) - 1 - offset < room:
        margins = np.pad(margins, room)
        offset += room
    margins[offset - room : offset + room + 1] += level * overtime_margins
    totals = totals.copy()
    totals[: len(level_totals)] -= level_totals
    added = np.convolve(level_totals, overtime_totals)
    totals = np.pad(totals, (0, max(0, len(added) - len(totals))))
    totals[: len(added)] += added
    return PointsGrid(margins, offset, np.clip(totals, 0.0, None))


@lru_cache(maxsize=512)
def _overtime(rates: ScoringRates) -> tuple[Floats, Floats]:
    """The lead at the end of the last overtime, and the points of all of them, given that there is one."""
    home = points_of(rates.home, _overtime_possessions())
    away = points_of(rates.away, _overtime_possessions())
    margins = margin_of(home, away)
    middle = len(away) - 1
    level = float(margins[middle])
    margins[middle] = 0.0
    margins /= margins.sum()
    level_totals = np.zeros(2 * len(home) - 1)
    level_totals[::2] = home * away
    decided = np.convolve(home, away) - level_totals
    totals = decided
    again = decided
    for _ in range(OVERTIMES):
        again = np.convolve(again, level_totals)
        totals = np.pad(totals, (0, len(again) - len(totals))) + again
    assert abs(totals.sum() - 1.0) < 1e-9 or level > 0.2, "overtimes end"
    return margins, totals / totals.sum()


def _overtime_possessions() -> float:
    return OVERTIME_MINUTES * 60 / POSSESSION_SECONDS


def fit_scoring_rates(
    home_chance: float, *, total: float = TYPICAL_TOTAL, p_over: float = 0.5, quarter_minutes: int = 10
) -> ScoringRates:
    """The rates that give this chance of a home win and of more points than `total`."""
    state = BasketballState(quarter_minutes=quarter_minutes)
    mean, shift = total / (2 * possessions_left(state)), 0.0
    for _ in range(FIT_ROUNDS):
        kept = shift
        mean = find_root(lambda one: _over(one, kept, total, state) - p_over, RATE_MIN, RATE_MAX, tolerance=1e-9)  # noqa: B023  # called at once
        found = mean
        shift = find_root(lambda one: _win(found, one, state) - home_chance, -SHIFT_MAX, SHIFT_MAX)  # noqa: B023  # as above
    return _rates(mean, shift)


def _win(mean: float, shift: float, state: BasketballState) -> float:
    return grid_of(_rates(mean, shift), state).home_win


def _over(mean: float, shift: float, total: float, state: BasketballState) -> float:
    return _line(grid_of(_rates(mean, shift), state).totals, 0, total)


def _rates(mean: float, shift: float) -> ScoringRates:
    bounded = [min(RATE_MAX, max(RATE_MIN, rate)) for rate in (mean + shift, mean - shift)]
    return ScoringRates(bounded[0], bounded[1])


def default_keys(state: BasketballState, grid: PointsGrid) -> list[str]:
    """The markets usually offered in this state: lines around the middle of what is likely."""
    if state.phase == "completed":
        return ["match_winner"]
    lead = round(float((grid.margins * (np.arange(len(grid.margins)) - grid.offset)).sum()))
    total = int(float((grid.totals * np.arange(len(grid.totals))).sum()))
    keys = ["match_winner"]
    keys += [f"points_handicap;hcp={-lead + step + 0.5}" for step in (-6, -3, -1, 0, 2, 5)]
    keys += [f"total_points;total={total + step + 0.5}" for step in (-10, -5, 0, 5, 10) if total + step > 0]
    running = state.period + 1 if state.phase in ("break", "scheduled") else state.period
    keys += [f"quarter_result;quarter={number}" for number in range(max(1, running), QUARTERS + 1)]
    return keys


def price_market(rates: ScoringRates, state: BasketballState, grid: PointsGrid, key: MarketKey) -> Outcomes | None:
    """The chances of one market's outcomes; a line that can push gives the chances without the push."""
    match key.market_type:
        case "match_winner":
            home = min(1.0, grid.home_win)
            return {"home": home, "away": 1.0 - home}
        case "points_handicap":
            home = _line(grid.margins, grid.offset, -float(key.get("hcp")))
            return {"home": home, "away": 1.0 - home}
        case "total_points":
            over = _line(grid.totals, 0, float(key.get("total")))
            return {"over": over, "under": 1.0 - over}
        case "quarter_result":
            return _quarter(rates, state, int(key.get("quarter")))
    return None


def _quarter(rates: ScoringRates, state: BasketballState, quarter: int) -> Outcomes:
    if quarter <= len(state.periods):
        home, away = state.periods[quarter - 1]
        return {"home": float(home > away), "draw": float(home == away), "away": float(home < away)}
    is_running = state.phase == "playing" and quarter == state.period
    lead = state.home_points - state.away_points if is_running else 0
    left = (state.seconds_left if is_running else state.length_of(1)) / POSSESSION_SECONDS
    away_points = points_of(rates.away, left)
    margins = margin_of(points_of(rates.home, left), away_points)
    level = len(away_points) - 1 - lead
    draw = float(margins[level]) if 0 <= level < len(margins) else 0.0
    home_wins = float(margins[max(0, level + 1) :].sum())
    return {"home": home_wins, "draw": draw, "away": max(0.0, 1.0 - home_wins - draw)}


def _line(chances: Floats, offset: int, line: float) -> float:
    """The chance to lie above the line, of all that does not lie on it."""
    first = int(np.floor(line)) + 1 + offset
    over = float(chances[max(0, first) :].sum()) if first < len(chances) else 0.0
    on = int(line) + offset
    push = float(chances[on]) if line == int(line) and 0 <= on < len(chances) else 0.0
    return min(1.0, over / (1.0 - push)) if push < 1.0 else 0.5
