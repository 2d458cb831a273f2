"""The state of one football match as plain values. Only `reducer` changes it; no table, clock or randomness here."""

from dataclasses import dataclass
from typing import Final, Literal

from sports.core.incidents import IncidentType, RecordedIncident, Side, SportSlug, StopReason

__all__ = [
    "FOOTBALL_TYPES",
    "LIVE_PHASES",
    "PLAYING_PHASES",
    "STOP_REASONS",
    "IncidentType",
    "MatchState",
    "Phase",
    "RecordedIncident",
    "Side",
    "StopReason",
    "format_clock",
]

Phase = Literal["scheduled", "first_half", "half_time", "second_half", "completed"]

PLAYING_PHASES: Final[frozenset[Phase]] = frozenset({"first_half", "second_half"})
LIVE_PHASES: Final[frozenset[Phase]] = frozenset({"first_half", "half_time", "second_half"})

FOOTBALL_TYPES: Final[frozenset[IncidentType]] = frozenset(
    {"kick_off", "goal", "yellow_card", "red_card", "penalty_missed", "half_time", "second_half", "full_time"}
)

# An incident of one of these types stops betting in the transaction that records it.
STOP_REASONS: Final[dict[IncidentType, StopReason]] = {
    "goal": "goal",
    "red_card": "red_card",
    "penalty_missed": "penalty",
    "full_time": "finished",
}


@dataclass(frozen=True, slots=True)
class MatchState:
    """`minute` counts whole minutes of play reached, 45 and 90 stay put while `added` counts stoppage time.

    `half_time_goals` are those of the first half once it is over, `scorers` the sides of all goals in order.
    """

    phase: Phase = "scheduled"
    minute: int = 0
    added: int = 0
    home_goals: int = 0
    away_goals: int = 0
    home_reds: int = 0
    away_reds: int = 0
    home_yellows: int = 0
    away_yellows: int = 0
    incident_seq: int = 0
    is_betting_stopped: bool = False
    stop_reason: StopReason = ""
    half_time_goals: tuple[int, int] | None = None
    scorers: tuple[Side, ...] = ()

    @property
    def sport(self) -> SportSlug:
        return "football"

    @property
    def headline(self) -> tuple[int, int]:
        """Goals of each side."""
        return self.home_goals, self.away_goals

    @property
    def is_playing(self) -> bool:
        return self.phase in PLAYING_PHASES

    @property
    def is_live(self) -> bool:
        return self.phase in LIVE_PHASES


def format_clock(state: MatchState) -> str:
    """The clock as people read it: `63'`, `45+2'`, `HT`, `FT`; empty before kick-off."""
    if state.phase == "scheduled":
        return ""
    if state.phase == "half_time":
        return "HT"
    if state.phase == "completed":
        return "FT"
    if state.added:
        return f"{state.minute}+{state.added}'"
    return f"{state.minute}'"
