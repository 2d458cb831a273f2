"""All markets of a tennis match from one hierarchy of chances: point, game, set, match. Exact, from any state of play.

Two numbers describe a match: how likely each side is to win a point on its own serve. From them follow the chance of a
game, by its points; the chances of every end of a set, game by game, with who serves in turn; and of every end of the
match, set by set, with the games of both sides counted along. All markets are sums over those ends. The method is that
of Barnett and Clarke, "Combining player statistics to predict outcomes of tennis matches", IMA Journal of Management
Mathematics 16, 2005.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, NamedTuple

from ml.core.root import find_root
from sports.core.market_keys import MarketKey
from sports.core.tennis.state import SET_GAMES, TennisState, count_games, game_winner, is_set_score, set_winner

TYPICAL_SERVE: Final = 0.635  # of points on serve won by men at tour level
SHIFT_MAX: Final = 0.3  # nobody is that much better

Outcomes = dict[str, float]


class ServeRates(NamedTuple):
    """The chance of each side to win a point on its own serve."""

    home: float
    away: float


class Ending(NamedTuple):
    """One way the match can end: sets and games of both sides."""

    home_sets: int
    away_sets: int
    home_games: int
    away_games: int


@dataclass(frozen=True)
class TennisGrid:
    """The chance of every ending; `set_wins` is (home wins, played) by number of set."""

    endings: dict[Ending, float]
    set_wins: dict[int, tuple[float, float]]


def game_chance(p: float, server_points: int = 0, receiver_points: int = 0) -> float:
    """The chance of the server to win the game from these points; from deuce it is p^2 / (p^2 + q^2)."""
    if server_points >= 3 and receiver_points >= 3:
        deuce = p * p / (p * p + (1 - p) * (1 - p))
        lead = server_points - receiver_points
        if lead == 0:
            return deuce
        if abs(lead) >= 2:
            return 1.0 if lead > 0 else 0.0
        return p + (1 - p) * deuce if lead > 0 else p * deuce
    if server_points >= 4 or receiver_points >= 4:
        return 1.0 if server_points > receiver_points else 0.0
    return p * game_chance(p, server_points + 1, receiver_points) + (1 - p) * game_chance(
        p, server_points, receiver_points + 1
    )


def tie_break_chance(rates: ServeRates, *, serves_home: bool, home: int = 0, away: int = 0) -> float:
    """The chance of the home side to win a tie-break from these points.

    The first server serves once, then each twice. When both need two in a row, one point on each serve decides.
    """
    winner = game_winner(home, away, is_tie_break=True)
    if winner:
        return 1.0 if winner == "home" else 0.0
    if home == away and home >= 6:
        both, neither = rates.home * (1 - rates.away), (1 - rates.home) * rates.away
        return both / (both + neither)
    has_turned = (home + away + 1) // 2 % 2 == 1
    wins = rates.home if serves_home != has_turned else 1 - rates.away
    return wins * tie_break_chance(rates, serves_home=serves_home, home=home + 1, away=away) + (
        1 - wins
    ) * tie_break_chance(rates, serves_home=serves_home, home=home, away=away + 1)


@lru_cache(maxsize=20_000)
def _new_game(rates: ServeRates, serves_home: bool, is_tie_break: bool) -> float:
    """The chance of the home side to win a game from its start."""
    if is_tie_break:
        return tie_break_chance(rates, serves_home=serves_home)
    return game_chance(rates.home) if serves_home else 1 - game_chance(rates.away)


def running_game_chance(rates: ServeRates, state: TennisState) -> float:
    """The chance of the home side to win the running game from its points."""
    serves_home = state.game_server == "home"
    if state.is_tie_break:
        return tie_break_chance(rates, serves_home=serves_home, home=state.home_points, away=state.away_points)
    if serves_home:
        return game_chance(rates.home, state.home_points, state.away_points)
    return 1 - game_chance(rates.away, state.away_points, state.home_points)


def _set_reach(
    rates: ServeRates, start: tuple[int, int], serves_home: bool, first: float | None
) -> Iterator[tuple[tuple[int, int], float, float]]:
    """Every score in games a set can reach: (score, chance to reach it, home's chance of the game played there).

    Where the set is over the last is -1. `first` is the chance of the running game, where it is under way.
    """
    reached = {start: 1.0}
    begun = sum(start)
    for played in range(begun, 2 * SET_GAMES + 2):
        for home in range(played + 1):
            score = (home, played - home)
            chance = reached.get(score, 0.0)
            if chance == 0.0:
                continue
            if is_set_score(*score):
                yield score, chance, -1.0
                continue
            serves = serves_home if (played - begun) % 2 == 0 else not serves_home
            is_tie_break = score == (SET_GAMES, SET_GAMES)
            wins = first if score == start and first is not None else _new_game(rates, serves, is_tie_break)
            yield score, chance, wins
            won, lost = (home + 1, score[1]), (home, score[1] + 1)
            reached[won] = reached.get(won, 0.0) + chance * wins
            reached[lost] = reached.get(lost, 0.0) + chance * (1 - wins)


@lru_cache(maxsize=2_000)
def set_ends(rates: ServeRates, serves_home: bool) -> tuple[tuple[tuple[int, int], float], ...]:
    """The chance of every score in games that a new set can end with."""
    return tuple((score, chance) for score, chance, wins in _set_reach(rates, (0, 0), serves_home, None) if wins < 0)


def _running_set_ends(rates: ServeRates, state: TennisState) -> tuple[tuple[tuple[int, int], float], ...]:
    first = running_game_chance(rates, state)
    reach = _set_reach(rates, state.game_score, state.game_server == "home", first)
    return tuple((score, chance) for score, chance, wins in reach if wins < 0)


def grid_of(rates: ServeRates, state: TennisState) -> TennisGrid:
    """The chance of every ending from this state; before the first serve each side serves first half the time."""
    if state.phase == "scheduled":
        grids = [grid_of(rates, replace(state, phase="playing", first_server=side)) for side in ("home", "away")]
        return _mean(grids[0], grids[1])
    home_sets, away_sets = state.headline
    played = [count_games(games) for games in state.sets]
    home_games, away_games = sum(home for home, _ in played), sum(away for _, away in played)
    start = Ending(home_sets, away_sets, home_games, away_games)
    set_wins = {
        number: (1.0 if set_winner(games) == "home" else 0.0, 1.0) for number, games in enumerate(state.sets, start=1)
    }
    if state.phase == "completed":
        return TennisGrid({start: 1.0}, set_wins)
    open_ends: dict[tuple[Ending, bool], float] = {(start, state.game_server == "home"): 1.0}
    endings: dict[Ending, float] = {}
    while open_ends:
        following: dict[tuple[Ending, bool], float] = {}
        home_wins = played_at_all = 0.0
        number = min(sum(ending[:2]) for ending, _ in open_ends) + 1
        for (ending, serves_home), chance in open_ends.items():
            is_running = ending == start
            ends = _running_set_ends(rates, state) if is_running else set_ends(rates, serves_home)
            games_left_out = sum(state.game_score) if is_running else 0
            played_at_all += chance
            for (home, away), share in ends:
                home_won = home > away
                home_wins += chance * share if home_won else 0.0
                after = Ending(
                    ending.home_sets + home_won,
                    ending.away_sets + (not home_won),
                    ending.home_games + home,
                    ending.away_games + away,
                )
                turned = (home + away - games_left_out) % 2 == 1
                if max(after[:2]) == state.sets_to_win:
                    endings[after] = endings.get(after, 0.0) + chance * share
                else:
                    place = (after, serves_home != turned)
                    following[place] = following.get(place, 0.0) + chance * share
        set_wins[number] = (home_wins, played_at_all)
        open_ends = following
    return TennisGrid(endings, set_wins)


def _mean(one: TennisGrid, other: TennisGrid) -> TennisGrid:
    endings = {
        ending: 0.5 * (one.endings.get(ending, 0.0) + other.endings.get(ending, 0.0))
        for ending in one.endings.keys() | other.endings.keys()
    }
    set_wins = {
        number: (
            0.5 * (one.set_wins[number][0] + other.set_wins[number][0]),
            0.5 * (one.set_wins[number][1] + other.set_wins[number][1]),
        )
        for number in one.set_wins
    }
    return TennisGrid(endings, set_wins)


def fit_serve_rates(home_chance: float, *, best_of: int = 3, mean: float = TYPICAL_SERVE) -> ServeRates:
    """The rates around a mean whose match the home side wins with this chance before it."""
    state = TennisState(best_of=best_of)
    shift = find_root(
        lambda one: match_chance(ServeRates(mean + one, mean - one), state) - home_chance, -SHIFT_MAX, SHIFT_MAX
    )
    return ServeRates(mean + shift, mean - shift)


def match_chance(rates: ServeRates, state: TennisState) -> float:
    """The chance of the home side to win the match before its first serve, from the chances of its sets alone."""
    total = 0.0
    for serves_home in (True, False):
        open_sets = {(0, 0, serves_home): 1.0}
        for played in range(state.best_of):
            for (home, away, serves), chance in list(open_sets.items()):
                if home + away != played or max(home, away) == state.sets_to_win:
                    continue
                for (h, a), share in set_ends(rates, serves):
                    place = (home + (h > a), away + (h < a), serves != ((h + a) % 2 == 1))
                    open_sets[place] = open_sets.get(place, 0.0) + chance * share
        total += 0.5 * sum(chance for (home, _, _), chance in open_sets.items() if home == state.sets_to_win)
    return total


def elo_chance(home_rating: float, away_rating: float) -> float:
    """The chance of the home side by Elo's formula, for a prior where there are ratings and no prices."""
    return float(1.0 / (1.0 + 10.0 ** ((away_rating - home_rating) / 400.0)))


def default_keys(state: TennisState, grid: TennisGrid) -> list[str]:
    """The markets usually offered in this state: lines around the middle of what is likely."""
    if state.phase == "completed":
        return ["match_winner", "set_score"]
    number = len(state.sets) + 1
    game = len(state.games) + 1
    keys = ["match_winner", "set_score", f"set_winner;set={number}"]
    if not state.is_tie_break:
        keys += [f"game_winner;game={one};set={number}" for one in (game, game + 1) if one <= 2 * SET_GAMES]
    middle = int(sum((end.home_games + end.away_games) * chance for end, chance in grid.endings.items()))
    keys += [f"total_games;total={line + 0.5}" for line in range(middle - 2, middle + 3)]
    lead = round(sum((end.home_games - end.away_games) * chance for end, chance in grid.endings.items()))
    keys += [f"game_handicap;hcp={-lead + step + 0.5}" for step in (-2, -1, 0, 1)]
    return keys


def price_market(rates: ServeRates, state: TennisState, grid: TennisGrid, key: MarketKey) -> Outcomes | None:
    """The chances of one market's outcomes; None for a market of a game that cannot be priced from here."""
    match key.market_type:
        case "match_winner":
            if state.phase == "completed":
                return _two(1.0 if state.winner == "home" else 0.0)
            needed = state.sets_to_win
            return _two(sum(chance for end, chance in grid.endings.items() if end.home_sets == needed))
        case "set_score":
            return _set_scores(state, grid)
        case "set_winner":
            wins, played = grid.set_wins.get(int(key.get("set")), (0.0, 0.0))
            return _two(wins / played) if played > 0.0 else None
        case "game_winner":
            return _game_winner(rates, state, set_number=int(key.get("set")), game=int(key.get("game")))
        case "total_games":
            line = float(key.get("total"))
            over = sum(chance for end, chance in grid.endings.items() if end.home_games + end.away_games > line)
            return {"over": over, "under": 1.0 - over}
        case "game_handicap":
            line = float(key.get("hcp"))
            return _two(sum(chance for end, chance in grid.endings.items() if end.home_games + line > end.away_games))
    return None


def _set_scores(state: TennisState, grid: TennisGrid) -> Outcomes:
    needed = state.sets_to_win
    scores = [f"{needed}-{lost}" for lost in range(needed)] + [f"{lost}-{needed}" for lost in range(needed)]
    chances = dict.fromkeys(scores, 0.0)
    for end, chance in grid.endings.items():
        score = f"{end.home_sets}-{end.away_sets}"
        if score in chances:  # a match that was given up ends at none of them
            chances[score] += chance
    return chances


def _game_winner(rates: ServeRates, state: TennisState, *, set_number: int, game: int) -> Outcomes | None:
    """A game already played is decided; one to come in the running set is given that it will be played."""
    sets = (*state.sets, state.games)
    if set_number <= len(sets) and game <= len(sets[set_number - 1]):
        return _two(1.0 if sets[set_number - 1][game - 1] == "home" else 0.0)
    if set_number != len(state.sets) + 1 or state.phase == "completed":
        return None
    starts = (True, False) if state.phase == "scheduled" else (state.game_server == "home",)
    wins = reached = 0.0
    for serves_home in starts:
        first = running_game_chance(rates, state) if state.phase == "playing" else None
        for score, chance, home_chance in _set_reach(rates, state.game_score, serves_home, first):
            if home_chance >= 0.0 and sum(score) == game - 1:
                wins += chance * home_chance
                reached += chance
    return _two(wins / reached) if reached > 0.0 else None


def _two(home: float) -> Outcomes:
    bounded = min(1.0, max(0.0, home))
    return {"home": bounded, "away": 1.0 - bounded}
