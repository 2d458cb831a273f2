"""All football markets of one match, before and during play, from one grid of the goals still to come.

Goals come as a Poisson process whose rate follows the minute profile, times a factor for score and red cards. The
goals still to come are then two Poisson numbers, with Dixon-Coles' correlation while the match is level, and every
chance here is a sum over their grid: so no two markets can disagree. This module prices one match in plain Python,
which beats numpy at that size; `inplay_batch` prices many with numpy and gives the same numbers.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

from ml.core.goal_rates import GOALS_MAX, GoalRates, fit_goal_rates, poisson_weights
from ml.core.minute_profile import FITTED, MinuteProfile
from sports.core.match_state import Phase

__all__ = [
    "GoalGrid",
    "GoalRates",
    "InPlayState",
    "Prices",
    "fit_goal_rates",
    "goals_to_come",
    "grid_of",
    "inplay_state",
    "price_event",
    "price_results",
]

Prices = dict[str, dict[str, float]]

# Multipliers of a side's rate, fitted on matches before the seasons kept apart.
OWN_RED: Final = 0.617
OPPONENT_RED: Final = 1.65
ONE_BEHIND: Final = 1.11
MORE_BEHIND: Final = 1.16
AHEAD: Final = 0.96
AHEAD_LATE: Final = 0.96 * 1.09  # the side behind leaves room at its back
LATE_MINUTE: Final = 75
REDS_MAX: Final = 4  # a fifth ends the match by the laws of the game
RATE_MAX: Final = 12.0  # the grid ends at 15 goals; more than this is no football

TOTAL_LINES: Final = (0.5, 1.5, 2.5, 3.5, 4.5, 5.5)
SCORE_MAX: Final = 4  # correct scores are listed up to 4-4, the rest is "other"
OVER_UNDER_KEYS: Final = tuple(f"over_under;total={line}" for line in TOTAL_LINES)
SCORES: Final = tuple((home, away) for home in range(SCORE_MAX + 1) for away in range(SCORE_MAX + 1))
SCORE_NAMES: Final = tuple(f"{home}-{away}" for home, away in SCORES)


@dataclass(frozen=True, slots=True)
class InPlayState:
    """What a price depends on. `minute` counts minutes played, 45 and 90 stay put while `added` counts.

    `half_time` is the score at half time once that is known.
    """

    phase: Phase = "scheduled"
    minute: int = 0
    added: int = 0
    home_goals: int = 0
    away_goals: int = 0
    home_reds: int = 0
    away_reds: int = 0
    half_time: tuple[int, int] | None = None


class HasMatchState(Protocol):
    """The part of sports' match state that prices depend on."""

    @property
    def phase(self) -> Phase: ...
    @property
    def minute(self) -> int: ...
    @property
    def added(self) -> int: ...
    @property
    def home_goals(self) -> int: ...
    @property
    def away_goals(self) -> int: ...
    @property
    def home_reds(self) -> int: ...
    @property
    def away_reds(self) -> int: ...
    @property
    def half_time_goals(self) -> tuple[int, int] | None: ...


class GoalsToCome(NamedTuple):
    """Expected goals still to come of each side, and the correlation that holds at this score."""

    home: float
    away: float
    correlation: float


class GoalGrid(NamedTuple):
    """The chances of 0..GOALS_MAX goals to come of each side, what correlation shifts, and the results they make.

    `none` is the chance that no more goals fall.
    """

    to_come: GoalsToCome
    of_home: list[float]
    of_away: list[float]
    shift: float
    home: float
    draw: float
    away: float
    none: float


def inplay_state(match: HasMatchState) -> InPlayState:
    """The state of a match as sports keeps it, reduced to what prices depend on."""
    return InPlayState(
        match.phase,
        match.minute,
        match.added,
        match.home_goals,
        match.away_goals,
        match.home_reds,
        match.away_reds,
        match.half_time_goals,
    )


def goals_to_come(rates: GoalRates, state: InPlayState, profile: MinuteProfile = FITTED) -> GoalsToCome:
    """The prior rates scaled by the time left, the score and the red cards."""
    share = profile.remaining(state.phase, state.minute, state.added)
    lead = state.home_goals - state.away_goals
    home = rates.home * share * score_factor(lead, state.minute) * _red_factor(state.home_reds, state.away_reds)
    away = rates.away * share * score_factor(-lead, state.minute) * _red_factor(state.away_reds, state.home_reds)
    return GoalsToCome(min(home, RATE_MAX), min(away, RATE_MAX), rates.correlation if lead == 0 else 0.0)


def score_factor(lead: int, minute: int) -> float:
    """How being ahead or behind changes a side's rate."""
    if lead == 0:
        return 1.0
    if lead < 0:
        return ONE_BEHIND if lead == -1 else MORE_BEHIND
    return AHEAD_LATE if minute > LATE_MINUTE else AHEAD


def _red_factor(own: int, opponent: int) -> float:
    if own == opponent == 0:
        return 1.0
    return float(OWN_RED ** min(own, REDS_MAX) * OPPONENT_RED ** min(opponent, REDS_MAX))


def grid_of(rates: GoalRates, state: InPlayState, profile: MinuteProfile = FITTED) -> GoalGrid:
    """The grid that every market of the match is summed from."""
    to_come = goals_to_come(rates, state, profile)
    of_home, of_away = poisson_weights(to_come.home), poisson_weights(to_come.away)
    shift = _correlation_shift(to_come, of_home, of_away)
    home, draw, away = _results(of_home, of_away, state.home_goals - state.away_goals, shift)
    return GoalGrid(to_come, of_home, of_away, shift, home, draw, away, of_home[0] * of_away[0] - shift)


def price_event(rates: GoalRates, state: InPlayState, profile: MinuteProfile = FITTED) -> Prices:
    """The chance of every outcome by market key; each market sums to 1 (double chance to 2).

    A decided market has chances of exactly 0 and 1. The next-goal market is the one after the goals scored so far.
    """
    grid = grid_of(rates, state, profile)
    unders = unders_to_come(grid, int(TOTAL_LINES[-1]) - state.home_goals - state.away_goals)
    return price_grid(grid, state, unders)


def price_grid(grid: GoalGrid, state: InPlayState, unders: list[float]) -> Prices:
    """The same from a grid that is at hand and its chances of few goals, as far as the highest line needs them."""
    to_come, of_home, of_away, shift, home, draw, away, none = grid
    goals = state.home_goals + state.away_goals
    prices: Prices = {
        "1x2": {"home": home, "draw": draw, "away": away},
        "double_chance": {"home_or_draw": 1.0 - away, "home_or_away": 1.0 - draw, "draw_or_away": 1.0 - home},
        f"next_goal;goal={goals + 1}": _next_goal(to_come, none),
        "both_to_score": _both_to_score(of_home[0], of_away[0], state, shift),
        "correct_score": _correct_score((home, draw, away), of_home, of_away, state, shift),
    }
    for line, key in zip(TOTAL_LINES, OVER_UNDER_KEYS, strict=True):
        room = int(line) - goals
        under = unders[room] if room >= 0 else 0.0
        prices[key] = {"over": max(0.0, 1.0 - under), "under": min(1.0, under)}
    return prices


def unders_to_come(grid: GoalGrid, goals_max: int) -> list[float]:
    """The chances of at most 0, 1, ..., `goals_max` goals still to come.

    Their total is Poisson too; the correlation moves only its chances of 0, 1 and 2.
    """
    both = grid.to_come.home + grid.to_come.away
    shift = grid.shift
    weight = grid.none + shift
    under = grid.none
    unders = [under]
    for goals in range(1, goals_max + 1):
        weight *= both / goals
        under += weight + (2.0 * shift if goals == 1 else -shift if goals == 2 else 0.0)
        unders.append(under)
    return unders


def price_results(rates: GoalRates) -> tuple[float, float, float]:
    """The chances of home win, draw and away win before kick-off alone, for those who need nothing else."""
    of_home, of_away = poisson_weights(rates.home), poisson_weights(rates.away)
    to_come = GoalsToCome(rates.home, rates.away, rates.correlation)
    return _results(of_home, of_away, 0, _correlation_shift(to_come, of_home, of_away))


def _correlation_shift(to_come: GoalsToCome, of_home: list[float], of_away: list[float]) -> float:
    """What Dixon-Coles takes from 0-0 and 1-1 and gives to 1-0 and 0-1, kept where no chance turns negative."""
    if to_come.correlation == 0.0:
        return 0.0
    shift = to_come.correlation * to_come.home * to_come.away * of_home[0] * of_away[0]
    lowest = -min(of_home[1] * of_away[0], of_home[0] * of_away[1])
    return max(lowest, min(shift, of_home[0] * of_away[0], of_home[1] * of_away[1]))


def _results(of_home: list[float], of_away: list[float], lead: int, shift: float) -> tuple[float, float, float]:
    """Chances of home win, draw and away win when the home side leads by `lead` now."""
    if lead < 0:
        away, draw, home = _results(of_away, of_home, -lead, shift)
        return home, draw, away
    reached = sum(of_away[:lead])
    wins = draws = 0.0
    for goals, weight in enumerate(of_home):
        level = of_away[goals + lead] if goals + lead <= GOALS_MAX else 0.0
        wins += weight * reached
        draws += weight * level
        reached += level
    if lead == 0:
        wins, draws = wins + shift, draws - 2.0 * shift
    wins = min(max(0.0, wins), 1.0)  # sums of rounded weights may pass 1 by a hair
    draws = min(max(0.0, draws), 1.0 - wins)
    return wins, draws, 1.0 - wins - draws


def _next_goal(to_come: GoalsToCome, none: float) -> dict[str, float]:
    both = to_come.home + to_come.away
    home = (1.0 - none) * to_come.home / both if both > 0.0 else 0.0
    return {"home": home, "away": max(0.0, 1.0 - none - home), "none": none}


def _both_to_score(home_none: float, away_none: float, state: InPlayState, shift: float) -> dict[str, float]:
    if state.home_goals and state.away_goals:
        yes = 1.0
    elif state.home_goals:
        yes = 1.0 - away_none
    elif state.away_goals:
        yes = 1.0 - home_none
    else:
        yes = (1.0 - home_none) * (1.0 - away_none) - shift
    return {"yes": yes, "no": 1.0 - yes}


def _correct_score(
    results: tuple[float, float, float], of_home: list[float], of_away: list[float], state: InPlayState, shift: float
) -> dict[str, float]:
    chances = dict.fromkeys(SCORE_NAMES, 0.0)
    others = list(results)
    first_home, first_away = state.home_goals, state.away_goals
    for home in range(first_home, SCORE_MAX + 1):
        weight = of_home[home - first_home]
        for away in range(first_away, SCORE_MAX + 1):
            chance = weight * of_away[away - first_away]
            if shift and home - first_home < 2 and away - first_away < 2:
                chance += shift if home - first_home != away - first_away else -shift
            chances[SCORE_NAMES[home * (SCORE_MAX + 1) + away]] = chance
            others[0 if home > away else 1 if home == away else 2] -= chance
    chances["other_home"], chances["other_draw"], chances["other_away"] = (max(0.0, chance) for chance in others)
    return chances
