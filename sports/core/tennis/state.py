"""The state of one tennis match as plain values: sets of games, the points of the running game, who serves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Self

from sports.core.incidents import Side, SportSlug, StopReason
from sports.core.score_facts import Ending

TennisPhase = Literal["scheduled", "playing", "completed"]
Games = tuple[Side, ...]

MATCH_LENGTHS: Final = (3, 5)  # best of so many sets, each with a tie-break to seven points at six games all
SET_GAMES: Final = 6
TIE_BREAK_POINTS: Final = 7
GAME_POINTS: Final = 4
POINT_NAMES: Final = ("0", "15", "30", "40")


@dataclass(frozen=True, slots=True)
class TennisState:
    """`sets` are the winners of each game of the finished sets, `games` those of the running one.

    Points of the running game are counted 0, 1, 2, ...; a tie-break is a game in which the first server serves once and
    then each side twice. `gave_up` is who retired or did not come.
    """

    phase: TennisPhase = "scheduled"
    best_of: int = 3
    first_server: Side = "home"
    sets: tuple[Games, ...] = ()
    games: Games = ()
    home_points: int = 0
    away_points: int = 0
    gave_up: Side = ""
    ending: Ending = ""
    incident_seq: int = 0
    is_betting_stopped: bool = False
    stop_reason: StopReason = ""

    @property
    def sport(self) -> SportSlug:
        return "tennis"

    @property
    def headline(self) -> tuple[int, int]:
        """Sets won by each side."""
        winners = [set_winner(games) for games in self.sets]
        return winners.count("home"), winners.count("away")

    @property
    def sets_to_win(self) -> int:
        return self.best_of // 2 + 1

    @property
    def game_score(self) -> tuple[int, int]:
        """Games won by each side in the running set."""
        return self.games.count("home"), self.games.count("away")

    @property
    def is_tie_break(self) -> bool:
        return self.game_score == (SET_GAMES, SET_GAMES)

    @property
    def game_server(self) -> Side:
        """Who serves the running game, or serves first in the running tie-break."""
        played = sum(len(games) for games in self.sets) + len(self.games)
        return self.first_server if played % 2 == 0 else opponent(self.first_server)

    @property
    def server(self) -> Side:
        """Who serves the next point."""
        if not self.is_tie_break:
            return self.game_server
        has_turned = (self.home_points + self.away_points + 1) // 2 % 2 == 1
        return opponent(self.game_server) if has_turned else self.game_server

    @property
    def winner(self) -> Literal["home", "away", ""]:
        if self.gave_up:
            return "away" if self.gave_up == "home" else "home"
        home, away = self.headline
        if home == self.sets_to_win:
            return "home"
        return "away" if away == self.sets_to_win else ""

    def to_details(self) -> dict[str, Any]:
        return {
            "best_of": self.best_of,
            "first_server": self.first_server,
            "sets": [list(games) for games in self.sets],
            "games": list(self.games),
            "points": [self.home_points, self.away_points],
            "gave_up": self.gave_up,
            "ending": self.ending,
        }

    @classmethod
    def from_columns(cls, columns: Mapping[str, Any]) -> Self:
        details = columns["details"]
        return cls(
            phase=columns["phase"],
            best_of=details["best_of"],
            first_server=details["first_server"],
            sets=tuple(tuple(games) for games in details["sets"]),
            games=tuple(details["games"]),
            home_points=details["points"][0],
            away_points=details["points"][1],
            gave_up=details["gave_up"],
            ending=details["ending"],
            incident_seq=columns["incident_seq"],
            is_betting_stopped=columns["is_betting_stopped"],
            stop_reason=columns["stop_reason"],
        )


def opponent(side: Side) -> Side:
    """The other side."""
    return "away" if side == "home" else "home"


def count_games(games: Sequence[str]) -> tuple[int, int]:
    """Games won by each side."""
    return games.count("home"), games.count("away")


def is_set_score(home: int, away: int) -> bool:
    """Whether a set ends at this score: six games with two ahead, 7-5, or 7-6 by a tie-break."""
    most, least = max(home, away), min(home, away)
    return (most == SET_GAMES and least <= SET_GAMES - 2) or (most == SET_GAMES + 1 and least in (5, SET_GAMES))


def set_winner(games: Sequence[str]) -> Literal["home", "away", ""]:
    """Who won the set with these games; empty while it is not over."""
    home, away = count_games(games)
    if not is_set_score(home, away):
        return ""
    return "home" if home > away else "away"


def game_winner(home_points: int, away_points: int, *, is_tie_break: bool) -> Literal["home", "away", ""]:
    """Who won the game with these points; empty while it is not over."""
    needed = TIE_BREAK_POINTS if is_tie_break else GAME_POINTS
    if max(home_points, away_points) < needed or abs(home_points - away_points) < 2:
        return ""
    return "home" if home_points > away_points else "away"


def point_texts(state: TennisState) -> tuple[str, str]:
    """The points as they are called: 15, 30, 40, Ad; plain numbers in a tie-break."""
    home, away = state.home_points, state.away_points
    if state.is_tie_break:
        return str(home), str(away)
    if min(home, away) >= GAME_POINTS - 1:
        return ("Ad" if home > away else "40"), ("Ad" if away > home else "40")
    return POINT_NAMES[min(home, 3)], POINT_NAMES[min(away, 3)]


def score_text(state: TennisState) -> str:
    """The score set by set, for example `6-4 3-2`."""
    played = [*state.sets, state.games] if state.games or not state.sets else state.sets
    return " ".join(f"{home}-{away}" for home, away in map(count_games, played))


def clock_text(state: TennisState) -> str:
    """`Set 2`, `Final`, `Retired`, `Walkover`; empty before the match."""
    match state.phase:
        case "scheduled":
            return ""
        case "playing":
            return f"Set {len(state.sets) + 1}"
        case "completed":
            return {"retirement": "Retired", "walkover": "Walkover"}.get(state.ending, "Final")
