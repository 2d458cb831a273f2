"""How goals and cards fall in the synthetic league: one draw per side and minute, and the exact odds of every score.

The same per-minute chances are used to play a match and to sum over all ways it can go, so the probabilities are true.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from sports.core.match_plan import FULL_MINUTES, HALF_MINUTES, MatchPlan, PlannedIncident, PlannedSide, PlannedType

# The chance of a goal grows through a match: the last minute is worth about two thirds more than the first.
PROFILE_FIRST: Final = 0.75
PROFILE_LAST: Final = 1.25
OWN_RED: Final = 0.617
OPPONENT_RED: Final = 1.65
ONE_BEHIND: Final = 1.11
TWO_BEHIND: Final = 1.16
ONE_AHEAD: Final = 0.96
RED_CHANCE: Final = {"home": 0.065, "away": 0.078}  # per match, at most one a side
YELLOW_MEAN: Final = {"home": 1.9, "away": 2.2}
MISSED_PENALTY_MEAN: Final = 0.025  # per side and match
GOALS_MAX: Final = 10  # the grid's last row stands for "this many or more"
NOMINAL_ADDED: Final = (2, 4)

Grid = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, order=True)
class TrueRates:
    """Expected goals of each side if neither score nor cards changed anything."""

    home: float
    away: float


@dataclass(frozen=True, slots=True)
class TrueProbabilities:
    """What can be bet on before the match, exactly."""

    home: float
    draw: float
    away: float
    over_25: float


def minute_weights(first_half_added: int, second_half_added: int) -> list[tuple[int, int, float]]:
    """(minute, added, share of the match's goal chance) for each minute played; the shares sum to 1."""
    minutes = [(minute, 0) for minute in range(1, HALF_MINUTES + 1)]
    minutes += [(HALF_MINUTES, added) for added in range(1, first_half_added + 1)]
    minutes += [(minute, 0) for minute in range(HALF_MINUTES + 1, FULL_MINUTES + 1)]
    minutes += [(FULL_MINUTES, added) for added in range(1, second_half_added + 1)]
    raw = [PROFILE_FIRST + (PROFILE_LAST - PROFILE_FIRST) * minute / FULL_MINUTES for minute, _ in minutes]
    total = sum(raw)
    return [(minute, added, weight / total) for (minute, added), weight in zip(minutes, raw, strict=True)]


def multiplier(lead: int, *, has_own_red: bool, has_opponent_red: bool) -> float:
    """How score and cards change a side's chance of a goal; `lead` is negative for the side behind."""
    factor = 1.0
    if lead <= -2:
        factor = TWO_BEHIND
    elif lead == -1:
        factor = ONE_BEHIND
    elif lead == 1:
        factor = ONE_AHEAD
    if has_own_red:
        factor *= OWN_RED
    if has_opponent_red:
        factor *= OPPONENT_RED
    return factor


def play(rates: TrueRates, draw: random.Random) -> MatchPlan:
    """One match drawn minute by minute, with its shots."""
    first_added, second_added = draw.randint(1, 4), draw.randint(2, 7)
    incidents: list[PlannedIncident] = []
    goals = {"home": 0, "away": 0}
    has_red = {"home": False, "away": False}

    def happen(minute: int, added: int, incident_type: PlannedType, side: PlannedSide) -> None:
        incidents.append(PlannedIncident(minute, added, incident_type, side))

    for minute, added, weight in minute_weights(first_added, second_added):
        lead = goals["home"] - goals["away"]
        home = rates.home * weight * multiplier(lead, has_own_red=has_red["home"], has_opponent_red=has_red["away"])
        away = rates.away * weight * multiplier(-lead, has_own_red=has_red["away"], has_opponent_red=has_red["home"])
        chance = draw.random()
        if chance < home + away:
            scorer: PlannedSide = "home" if chance < home else "away"
            goals[scorer] += 1
            happen(minute, added, "goal", scorer)
        for side in _SIDES:
            if draw.random() < YELLOW_MEAN[side] * weight:
                happen(minute, added, "yellow_card", side)
            if draw.random() < MISSED_PENALTY_MEAN * weight:
                happen(minute, added, "penalty_missed", side)
        reds = [side for side in _SIDES if draw.random() < RED_CHANCE[side] * weight and not has_red[side]]
        for side in reds:
            has_red[side] = True
            happen(minute, added, "red_card", side)
    return MatchPlan(first_added, second_added, tuple(incidents), _statistics(rates, goals, draw))


def true_probabilities(rates: Sequence[TrueRates]) -> list[TrueProbabilities]:
    """The exact chances of several matches, summed over every way their minutes can go."""
    if not rates:
        return []
    grid = _score_grid(np.array([one.home for one in rates]), np.array([one.away for one in rates]))
    goals = np.arange(GOALS_MAX + 1)
    difference = goals[:, None] - goals[None, :]
    over = goals[:, None] + goals[None, :] > 2
    home = grid[:, difference > 0].sum(axis=1)
    draw = grid[:, difference == 0].sum(axis=1)
    away = grid[:, difference < 0].sum(axis=1)
    over_25 = grid[:, over].sum(axis=1)
    return [
        TrueProbabilities(float(h), float(d), float(a), float(o))
        for h, d, a, o in zip(home, draw, away, over_25, strict=True)
    ]


_SIDES: Final[tuple[Literal["home", "away"], ...]] = ("home", "away")


def _score_grid(home_rates: Grid, away_rates: Grid) -> Grid:
    """P(home goals, away goals) per match: state is (home red, away red, home goals, away goals), stepped by minute."""
    size = GOALS_MAX + 1
    lead = np.subtract.outer(np.arange(size), np.arange(size))
    home_factor, away_factor = np.ones((2, 2, size, size)), np.ones((2, 2, size, size))
    for home_red in (0, 1):
        for away_red in (0, 1):
            reds = {"has_own_red": bool(home_red), "has_opponent_red": bool(away_red)}
            swapped = {"has_own_red": bool(away_red), "has_opponent_red": bool(home_red)}
            home_factor[home_red, away_red] = np.vectorize(lambda d, reds=reds: multiplier(d, **reds))(lead)
            away_factor[home_red, away_red] = np.vectorize(lambda d, reds=swapped: multiplier(-d, **reds))(lead)
    home_factor[..., -1, :] = 0.0  # the last row and column only collect
    away_factor[..., :, -1] = 0.0
    home_step = home_rates[:, None, None, None, None] * home_factor
    away_step = away_rates[:, None, None, None, None] * away_factor
    state = np.zeros((len(home_rates), 2, 2, size, size))
    state[:, 0, 0, 0, 0] = 1.0
    for _, _, weight in minute_weights(*NOMINAL_ADDED):
        home_goal = state * home_step * weight
        away_goal = state * away_step * weight
        state = state - home_goal - away_goal
        state[..., 1:, :] += home_goal[..., :-1, :]
        state[..., :, 1:] += away_goal[..., :, :-1]
        state = _show_reds(state, weight)
    total: Grid = state.sum(axis=(1, 2))
    return total


def _show_reds(state: Grid, weight: float) -> Grid:
    home_moves = state[:, 0] * RED_CHANCE["home"] * weight
    state[:, 0] -= home_moves
    state[:, 1] += home_moves
    away_moves = state[:, :, 0] * RED_CHANCE["away"] * weight
    state[:, :, 0] -= away_moves
    state[:, :, 1] += away_moves
    return state


def _statistics(rates: TrueRates, goals: dict[str, int], draw: random.Random) -> dict[str, int]:
    statistics: dict[str, int] = {}
    for side, rate in (("home", rates.home), ("away", rates.away)):
        on_target = goals[side] + _poisson(2.2 * rate + 0.6, draw)
        statistics[f"{side}_shots"] = on_target + _poisson(4.5 * rate + 2.0, draw)
        statistics[f"{side}_shots_on_target"] = on_target
        statistics[f"{side}_corners"] = _poisson(2.6 * rate + 1.4, draw)
        statistics[f"{side}_fouls"] = _poisson(11.5, draw)
    return statistics


def _poisson(mean: float, draw: random.Random) -> int:
    """Knuth's method: fine for means below a few dozen."""
    limit, product, count = np.exp(-mean), draw.random(), 0
    while product > limit:
        product *= draw.random()
        count += 1
    return count
