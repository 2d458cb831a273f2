"""What has happened in an event as far as bets are decided by it: the one shape of every sport that grading reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from sports.core.incidents import SportSlug

# How an event came to its end: played to it; a player gave up in play or before it; stopped for good; never played.
Ending = Literal["", "full", "retirement", "walkover", "abandoned", "cancelled"]
Winner = Literal["home", "draw", "away", ""]
Period = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Placing:
    """A finishing place; `tied` participants share it, 1 where nobody else does."""

    place: int
    tied: int = 1


@dataclass(frozen=True, slots=True)
class ScoreFacts:
    """Facts that only a correction can change.

    `home` and `away` count goals, sets won or points. `periods` are the finished periods in order: football's goals per
    half, tennis' games per set, basketball's points per quarter and then per overtime. `current` is the running
    period's count. `scorers` are the sides of football's goals in order of play, `games` those of tennis' games,
    set by set. `finish` maps the outcomes of an outright event to their places; who is in `withdrawn` did not run.

    `is_final`: nothing more will be played, for the reason in `ending`. Unless that is "full", only what these facts
    decide by themselves is decided; the rest is for the rules of the market (void, mostly). `winner` is who won the
    whole, the opponent of who gave up included; empty while open, abandoned or an outright event.
    """

    sport: SportSlug
    home: int = 0
    away: int = 0
    periods: tuple[Period, ...] = ()
    current: Period | None = None
    scorers: tuple[str, ...] = ()
    games: tuple[tuple[str, ...], ...] = ()
    finish: Mapping[str, Placing] = field(default_factory=dict)
    withdrawn: frozenset[str] = frozenset()
    is_final: bool = False
    ending: Ending = ""
    winner: Winner = ""

    @property
    def total(self) -> int:
        return self.home + self.away

    @property
    def is_complete(self) -> bool:
        """Played to its regular end."""
        return self.ending == "full"

    def to_document(self) -> dict[str, Any]:
        return {
            "sport": self.sport,
            "home": self.home,
            "away": self.away,
            "periods": [list(period) for period in self.periods],
            "current": list(self.current) if self.current else None,
            "scorers": list(self.scorers),
            "games": [list(games) for games in self.games],
            "finish": {outcome: [one.place, one.tied] for outcome, one in self.finish.items()},
            "withdrawn": sorted(self.withdrawn),
            "is_final": self.is_final,
            "ending": self.ending,
            "winner": self.winner,
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        current = document["current"]
        return cls(
            sport=document["sport"],
            home=document["home"],
            away=document["away"],
            periods=tuple((home, away) for home, away in document["periods"]),
            current=(current[0], current[1]) if current else None,
            scorers=tuple(document["scorers"]),
            games=tuple(tuple(games) for games in document["games"]),
            finish={outcome: Placing(place, tied) for outcome, (place, tied) in document["finish"].items()},
            withdrawn=frozenset(document["withdrawn"]),
            is_final=document["is_final"],
            ending=document["ending"],
            winner=document["winner"],
        )
