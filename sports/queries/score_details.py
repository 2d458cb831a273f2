"""The part of a scoreboard that each sport counts in its own way."""

from collections.abc import Iterable

from sports.core.basketball.state import BasketballState, period_name
from sports.core.match_state import MatchState
from sports.core.outright.state import OutrightState
from sports.core.sport_state import AnyState
from sports.core.tennis.state import TennisState, count_games, point_texts
from sports.schemas import (
    BasketballDetail,
    FootballDetail,
    OutrightDetail,
    PeriodScore,
    RunnerPosition,
    TennisDetail,
)


def detail_of(state: AnyState) -> FootballDetail | TennisDetail | BasketballDetail | OutrightDetail:
    """The typed detail of a state."""
    match state:
        case MatchState():
            half = state.half_time_goals
            return FootballDetail(half_time=PeriodScore(home=half[0], away=half[1]) if half else None)
        case TennisState():
            return _tennis(state)
        case BasketballState():
            return BasketballDetail(
                period=state.period,
                period_name=period_name(state.period) if state.period else "",
                quarter_minutes=state.quarter_minutes,
                seconds_left=state.seconds_left,
                periods=period_scores(state.periods),
                current=PeriodScore(home=state.home_points, away=state.away_points),
            )
        case OutrightState():
            return _outright(state)


def period_scores(periods: Iterable[tuple[int, int]]) -> list[PeriodScore]:
    """Periods as clients see them."""
    return [PeriodScore(home=home, away=away) for home, away in periods]


def _tennis(state: TennisState) -> TennisDetail:
    home_points, away_points = point_texts(state)
    home, away = state.game_score
    return TennisDetail(
        best_of=state.best_of,
        sets=period_scores(count_games(games) for games in state.sets),
        games=PeriodScore(home=home, away=away),
        home_points=home_points,
        away_points=away_points,
        server=state.server if state.phase == "playing" else "",
        is_tie_break=state.is_tie_break,
        ending=state.ending,
    )


def _outright(state: OutrightState) -> OutrightDetail:
    gaps = state.gaps or (0,) * len(state.order)
    return OutrightDetail(
        progress=state.progress,
        runners=state.runners,
        positions=[
            RunnerPosition(
                number=number,
                place=state.places[number - 1] if state.places else place,
                gap=gap,
            )
            for place, (number, gap) in enumerate(zip(state.order, gaps, strict=True), start=1)
        ],
        withdrawn=list(state.withdrawn),
    )
