"""From elapsed time to the minute of play: both halves with their stoppage, and a half-time pause between them.

Elapsed time is counted in match minutes since kick-off; a feed decides how many seconds one of them takes.
"""

from dataclasses import dataclass
from typing import Final

from sports.core.match_plan import FULL_MINUTES, HALF_MINUTES
from sports.core.match_state import Phase

PAUSE_MINUTES: Final = 5  # half-time is cut short: nobody watches a replay for a pause
NOMINAL_MINUTES: Final = 100  # about 95 minutes of play and the pause take the configured match time


@dataclass(frozen=True, slots=True, order=True)
class ClockReading:
    """A minute of play as the scoreboard shows it."""

    minute: int
    added: int


@dataclass(frozen=True, slots=True)
class MatchClock:
    """The clock of one match with its stoppage minutes."""

    first_half_added: int
    second_half_added: int

    @property
    def half_time_at(self) -> int:
        return HALF_MINUTES + self.first_half_added

    @property
    def second_half_at(self) -> int:
        return self.half_time_at + PAUSE_MINUTES

    @property
    def full_time_at(self) -> int:
        return self.second_half_at + HALF_MINUTES + self.second_half_added

    def phase_at(self, elapsed: float) -> Phase:
        """The phase at this many match minutes after kick-off."""
        if elapsed < 0:
            return "scheduled"
        if elapsed < self.half_time_at:
            return "first_half"
        if elapsed < self.second_half_at:
            return "half_time"
        return "second_half" if elapsed < self.full_time_at else "completed"

    def reading_at(self, elapsed: float) -> ClockReading:
        """The whole minutes played at this time."""
        played = int(max(0.0, min(elapsed, self.half_time_at)))
        if elapsed < self.second_half_at:
            return ClockReading(min(played, HALF_MINUTES), max(0, played - HALF_MINUTES))
        played = int(min(elapsed, self.full_time_at) - self.second_half_at) + HALF_MINUTES
        return ClockReading(min(played, FULL_MINUTES), max(0, played - FULL_MINUTES))

    def elapsed_at(self, *, phase: Phase, reading: ClockReading) -> float:
        """When a reading was first shown: the inverse of `reading_at`."""
        match phase:
            case "scheduled":
                return 0.0
            case "first_half":
                return float(min(reading.minute + reading.added, self.half_time_at))
            case "half_time":
                return float(self.half_time_at)
            case "second_half":
                played = max(0, reading.minute - HALF_MINUTES) + reading.added
                return float(min(self.second_half_at + played, self.full_time_at))
            case "completed":
                return float(self.full_time_at)


def seconds_per_minute(match_seconds: float) -> float:
    """How many seconds a match minute takes where a match takes `match_seconds`."""
    return match_seconds / NOMINAL_MINUTES
