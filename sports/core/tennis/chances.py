"""The true chance of winning a tennis match at the end of any game, from the chances to win a point on serve.

It is what synthetic bookmakers start from. The chance of holding serve is the closed form of a game to four points with
deuce: p^4 (15 - 4p - 10p^2 / (1 - 2p(1-p))), as in O'Malley, "Probability formulas and statistical analysis in tennis",
Journal of Quantitative Analysis in Sports 4(2), 2008.
"""

from dataclasses import dataclass
from functools import lru_cache

from sports.core.tennis.state import SET_GAMES, TIE_BREAK_POINTS, TennisState, is_set_score


@dataclass(frozen=True, slots=True)
class ServeChances:
    """The chance of each side to win a point when it serves."""

    home: float
    away: float


def hold_chance(p: float) -> float:
    """The chance to win a game on serve from its start."""
    return p**4 * (15 - 4 * p - 10 * p * p / (1 - 2 * p * (1 - p)))


def match_chance(serve: ServeChances, state: TennisState) -> float:
    """The chance that the home side wins from here, the running game at its start; an open server counts half each."""
    home_sets, away_sets = state.headline
    if state.phase == "scheduled":
        return 0.5 * sum(_match(serve, state.sets_to_win, 0, 0, serves_home) for serves_home in (True, False))
    home, away = state.game_score
    return _from_set(serve, state.sets_to_win, home_sets, away_sets, home, away, state.game_server == "home")


@lru_cache(maxsize=8192)
def _match(serve: ServeChances, needed: int, home_sets: int, away_sets: int, serves_home: bool) -> float:
    if home_sets == needed:
        return 1.0
    if away_sets == needed:
        return 0.0
    return _from_set(serve, needed, home_sets, away_sets, 0, 0, serves_home)


@lru_cache(maxsize=65536)
def _from_set(
    serve: ServeChances, needed: int, home_sets: int, away_sets: int, home: int, away: int, serves_home: bool
) -> float:
    """The chance from a score in games within a set; who serves turns with every game, tie-break included."""
    if is_set_score(home, away):
        if home > away:
            return _match(serve, needed, home_sets + 1, away_sets, serves_home)
        return _match(serve, needed, home_sets, away_sets + 1, serves_home)
    if home == away == SET_GAMES:
        wins = tie_break_chance(serve, serves_home=serves_home)
    else:
        wins = hold_chance(serve.home) if serves_home else 1 - hold_chance(serve.away)
    won = _from_set(serve, needed, home_sets, away_sets, home + 1, away, not serves_home)
    lost = _from_set(serve, needed, home_sets, away_sets, home, away + 1, not serves_home)
    return wins * won + (1 - wins) * lost


def tie_break_chance(serve: ServeChances, *, serves_home: bool, home: int = 0, away: int = 0) -> float:
    """The chance of the home side to win a tie-break from these points; the first server serves once, then two each."""

    def from_points(h: int, a: int) -> float:
        if h >= TIE_BREAK_POINTS and h - a >= 2:
            return 1.0
        if a >= TIE_BREAK_POINTS and a - h >= 2:
            return 0.0
        if h == a and h >= TIE_BREAK_POINTS - 1:
            both, neither = serve.home * (1 - serve.away), (1 - serve.home) * serve.away
            return both / (both + neither)
        first_serves = (h + a + 1) // 2 % 2 == 0
        wins = serve.home if first_serves == serves_home else 1 - serve.away
        return wins * from_points(h + 1, a) + (1 - wins) * from_points(h, a + 1)

    return from_points(home, away)
