"""Corrected results: what a source says the final score was, and the state that this makes. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from sports.core.basketball.reducer import PERIODS_MAX
from sports.core.basketball.state import QUARTERS, BasketballState
from sports.core.incidents import ImpossibleChange, Side
from sports.core.match_state import MatchState
from sports.core.outright.reducer import check_places, order_of
from sports.core.outright.state import OutrightState
from sports.core.results import correct_goal_sides
from sports.core.score_facts import Period
from sports.core.sport_state import AnyState
from sports.core.tennis.state import Games, TennisState, set_winner

GOALS_MAX: Final = 99  # more than a side has ever scored in a football match on the pitch
POINTS_MAX: Final = 400  # in one period; the most a side ever scored in a whole match is below


@dataclass(frozen=True, slots=True)
class FootballCorrection:
    """Without `goal_sides` the known order is kept as far as the score allows, and so is the first half."""

    home_goals: int
    away_goals: int
    goal_sides: Sequence[str] | None = None
    half_time_goals: Period | None = None


@dataclass(frozen=True, slots=True)
class TennisCorrection:
    """The winner of every game of every set; of a match that was played to its end."""

    sets: tuple[Games, ...]


@dataclass(frozen=True, slots=True)
class BasketballCorrection:
    """The points of every period."""

    periods: tuple[Period, ...]


@dataclass(frozen=True, slots=True)
class OutrightCorrection:
    """The place of every runner, by number; 0 for who has none."""

    places: tuple[int, ...]


Correction = FootballCorrection | TennisCorrection | BasketballCorrection | OutrightCorrection


def correct(state: AnyState, correction: Correction) -> AnyState:
    """The final state as it should have been; raises ImpossibleChange where no event ends like that."""
    match state, correction:
        case MatchState(), FootballCorrection():
            return _correct_football(state, correction)
        case TennisState(), TennisCorrection(sets=sets):
            return _correct_tennis(state, sets)
        case BasketballState(), BasketballCorrection(periods=periods):
            return _correct_basketball(state, periods)
        case OutrightState(), OutrightCorrection(places=places):
            check_places(state, places)
            placed = replace(state, places=places)
            return replace(placed, order=order_of(placed))
        case _:
            raise ImpossibleChange(f"{type(correction).__name__} says nothing about {state.sport}")


def _correct_football(state: MatchState, correction: FootballCorrection) -> MatchState:
    home, away = correction.home_goals, correction.away_goals
    if not (0 <= home <= GOALS_MAX and 0 <= away <= GOALS_MAX):
        raise ImpossibleChange(f"A side scores from 0 to {GOALS_MAX} goals")
    known = state.scorers if correction.goal_sides is None else correction.goal_sides
    scorers: list[Side] = correct_goal_sides(known, home_goals=home, away_goals=away)
    if correction.goal_sides is not None and list(correction.goal_sides) != scorers:
        raise ImpossibleChange("The goals do not add up to the score")
    half = correction.half_time_goals or state.half_time_goals
    if correction.half_time_goals and half and not (0 <= half[0] <= home and 0 <= half[1] <= away):
        raise ImpossibleChange("A half has no more goals than the match")
    return replace(
        state,
        home_goals=home,
        away_goals=away,
        scorers=tuple(scorers),
        half_time_goals=(min(half[0], home), min(half[1], away)) if half else None,
    )


def _correct_tennis(state: TennisState, sets: tuple[Games, ...]) -> TennisState:
    winners = [set_winner(games) for games in sets]
    went_on = any(set_winner(games[:played]) for games in sets for played in range(len(games)))
    corrected = replace(state, sets=sets, games=(), gave_up="", ending="full")
    before_last = replace(corrected, sets=sets[:-1])
    if not all(winners) or went_on or not corrected.winner or before_last.winner:
        raise ImpossibleChange("The sets do not make a match")
    return corrected


def _correct_basketball(state: BasketballState, periods: tuple[Period, ...]) -> BasketballState:
    if not QUARTERS <= len(periods) <= PERIODS_MAX:
        raise ImpossibleChange(f"A match has from {QUARTERS} to {PERIODS_MAX} periods")
    if any(not 0 <= points <= POINTS_MAX for period in periods for points in period):
        raise ImpossibleChange("No side scores that in a period")
    corrected = replace(state, period=len(periods), periods=periods, home_points=0, away_points=0)
    levels = [
        home == away
        for home, away in (
            replace(corrected, periods=periods[:played]).headline for played in range(QUARTERS, len(periods) + 1)
        )
    ]
    if levels != [True] * (len(levels) - 1) + [False]:
        raise ImpossibleChange("Overtime is played while the score is level, and only then")
    return corrected
