"""The state of one outright event as plain values: a field of numbered runners, their order, their places."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, Self

from sports.core.incidents import SportSlug, StopReason
from sports.core.market_keys import runner_outcome

OutrightPhase = Literal["scheduled", "playing", "completed"]

RUNNERS_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class OutrightState:
    """Runners are numbered from 1. `order` lists them from first to last while the event is on, `gaps` how far each in
    that order is behind the first, in tenths of a second; `progress` per cent of the event are gone. `places` has one
    finishing place per runner, 0 for who did not finish or did not run.
    """

    phase: OutrightPhase = "scheduled"
    runners: int = 2
    withdrawn: tuple[int, ...] = ()
    order: tuple[int, ...] = ()
    gaps: tuple[int, ...] = ()
    progress: int = 0
    places: tuple[int, ...] = ()
    incident_seq: int = 0
    is_betting_stopped: bool = False
    stop_reason: StopReason = ""

    @property
    def sport(self) -> SportSlug:
        return "outright"

    @property
    def headline(self) -> tuple[int, int]:
        """No side, no score."""
        return 0, 0

    @property
    def running(self) -> tuple[int, ...]:
        """Who takes part, by number."""
        return tuple(number for number in range(1, self.runners + 1) if number not in self.withdrawn)

    def to_details(self) -> dict[str, Any]:
        return {
            "runners": self.runners,
            "withdrawn": list(self.withdrawn),
            "order": list(self.order),
            "gaps": list(self.gaps),
            "progress": self.progress,
            "places": list(self.places),
        }

    @classmethod
    def from_columns(cls, columns: Mapping[str, Any]) -> Self:
        details = columns["details"]
        return cls(
            phase=columns["phase"],
            runners=details["runners"],
            withdrawn=tuple(details["withdrawn"]),
            order=tuple(details["order"]),
            gaps=tuple(details["gaps"]),
            progress=details["progress"],
            places=tuple(details["places"]),
            incident_seq=columns["incident_seq"],
            is_betting_stopped=columns["is_betting_stopped"],
            stop_reason=columns["stop_reason"],
        )


def clock_text(state: OutrightState) -> str:
    """`63%`, `Final`; empty before the event."""
    match state.phase:
        case "scheduled":
            return ""
        case "playing":
            return f"{state.progress}%"
        case "completed":
            return "Final"


def score_text(state: OutrightState, names: Mapping[str, str] | None = None) -> str:
    """The first three, or all who share their places: `1. p7, 2. p3, 2. p9`, by name where their names are given."""
    places = sorted((place, number) for number, place in enumerate(state.places, start=1) if 0 < place <= 3)
    score = ", ".join(f"{place}. {runner_outcome(number)}" for place, number in places[:8])
    return name_runners(score, names or {})


def name_runners(score: str, names: Mapping[str, str]) -> str:
    """A score with the runners by name instead of by number, as far as the names of their outcomes are given."""
    return re.sub(r"\bp\d+\b", lambda found: names.get(found[0], found[0]), score)
