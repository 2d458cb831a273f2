"""The scopes at which all betting is stopped at once, and what a stop of any of them adds up to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

ALL: Final = "all"
MARKETS_OF_RACES: Final = "outright"  # the sport of their markets, whatever is raced


def sport_scope(slug: str) -> str:
    return f"sport:{slug}"


def scopes_of(sports: Iterable[str]) -> list[str]:
    """The switches that govern bets on these sports, in the order in which they are locked: all comes first."""
    return [ALL, *sorted({sport_scope(slug) for slug in sports})]


def scopes_held_by_bets(scope: str) -> list[str]:
    """What the bets within a switch's scope hold, in order: a cash-out its sport, a slip the sport of its markets."""
    return [ALL] if scope == ALL else sorted({scope, sport_scope(MARKETS_OF_RACES)})


@dataclass(frozen=True)
class SwitchState:
    """Where one switch stands. `stop_count` grows with each stop, `version` with each change."""

    is_stopped: bool = False
    stop_count: int = 0
    version: int = 0
    reason: str = ""


ON: Final = SwitchState()


@dataclass(frozen=True)
class Switches:
    """All switches that were ever touched, by scope; every other one is on."""

    states: Mapping[str, SwitchState]

    def is_stopped(self, sport: str) -> bool:
        """Whether no bet on this sport is taken."""
        return any(self.states.get(scope, ON).is_stopped for scope in scopes_of([sport]))

    def stop_count(self, sport: str) -> int:
        """How often betting on this sport was stopped at large. Added to the stops of the event in a leg's
        `event_stops`, so that a delayed slip dies with either."""
        return sum(self.states.get(scope, ON).stop_count for scope in scopes_of([sport]))

    def version(self, sport: str) -> int:
        """Grows with every change of a switch that governs this sport."""
        return sum(self.states.get(scope, ON).version for scope in scopes_of([sport]))
