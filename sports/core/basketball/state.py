"""The state of one basketball match as plain values: points by period, the game clock, overtime."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, Self

from sports.core.incidents import SportSlug, StopReason
from sports.core.score_facts import Period

BasketballPhase = Literal["scheduled", "playing", "break", "completed"]

QUARTERS: Final = 4
OVERTIME_MINUTES: Final = 5
LATE_SECONDS: Final = 60  # in the last minute of the game every basket stops betting for a moment


@dataclass(frozen=True, slots=True)
class BasketballState:
    """`period` is 1 to 4, then 5 and on for overtimes; `seconds_left` counts down within it.

    `periods` are the points of the finished periods; `home_points` and `away_points` those of the running one.
    """

    phase: BasketballPhase = "scheduled"
    quarter_minutes: int = 10
    period: int = 0
    seconds_left: int = 0
    periods: tuple[Period, ...] = ()
    home_points: int = 0
    away_points: int = 0
    incident_seq: int = 0
    is_betting_stopped: bool = False
    stop_reason: StopReason = ""

    @property
    def sport(self) -> SportSlug:
        return "basketball"

    @property
    def headline(self) -> tuple[int, int]:
        """Points of each side in the whole match."""
        return (
            sum(home for home, _ in self.periods) + self.home_points,
            sum(away for _, away in self.periods) + self.away_points,
        )

    @property
    def minute(self) -> int:
        """Whole minutes of play gone by."""
        full = sum(self.length_of(number) for number in range(1, self.period))
        running = self.length_of(self.period) - self.seconds_left if self.period else 0
        return (full + running) // 60

    @property
    def is_late(self) -> bool:
        return self.phase == "playing" and self.period >= QUARTERS and self.seconds_left <= LATE_SECONDS

    def length_of(self, period: int) -> int:
        """Seconds that a period lasts."""
        return 60 * (self.quarter_minutes if period <= QUARTERS else OVERTIME_MINUTES)

    def to_details(self) -> dict[str, Any]:
        return {
            "quarter_minutes": self.quarter_minutes,
            "period": self.period,
            "seconds_left": self.seconds_left,
            "periods": [list(period) for period in self.periods],
            "points": [self.home_points, self.away_points],
        }

    @classmethod
    def from_columns(cls, columns: Mapping[str, Any]) -> Self:
        details = columns["details"]
        return cls(
            phase=columns["phase"],
            quarter_minutes=details["quarter_minutes"],
            period=details["period"],
            seconds_left=details["seconds_left"],
            periods=tuple((home, away) for home, away in details["periods"]),
            home_points=details["points"][0],
            away_points=details["points"][1],
            incident_seq=columns["incident_seq"],
            is_betting_stopped=columns["is_betting_stopped"],
            stop_reason=columns["stop_reason"],
        )


def period_name(period: int) -> str:
    """`Q3`, `OT`, `2OT`."""
    if period <= QUARTERS:
        return f"Q{period}"
    return "OT" if period == QUARTERS + 1 else f"{period - QUARTERS}OT"


def clock_text(state: BasketballState) -> str:
    """`Q3 4:12`, `HT`, `End Q1`, `Final`, `Final OT`; empty before the match."""
    match state.phase:
        case "scheduled":
            return ""
        case "playing":
            return f"{period_name(state.period)} {state.seconds_left // 60}:{state.seconds_left % 60:02d}"
        case "break":
            return "HT" if state.period == QUARTERS // 2 else f"End {period_name(state.period)}"
        case "completed":
            return "Final" if state.period <= QUARTERS else f"Final {period_name(state.period)}"
