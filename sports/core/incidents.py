"""Incidents of every sport as plain values: what a source may say happened, and which of it stops betting."""

from dataclasses import dataclass
from typing import Final, Literal, get_args

SportSlug = Literal["football", "tennis", "basketball", "outright"]
Side = Literal["home", "away", ""]
StopReason = Literal[
    "goal",
    "red_card",
    "penalty",
    "break",
    "set",
    "medical",
    "basket",
    "review",
    "withdrawal",
    "interrupted",
    "abandoned",
    "postponed",
    "cancelled",
    "finished",
    "",
]
IncidentType = Literal[
    # football
    "kick_off",
    "goal",
    "yellow_card",
    "red_card",
    "penalty_missed",
    "half_time",
    "second_half",
    "full_time",
    # tennis
    "first_serve",
    "game",
    "medical_timeout",
    "retirement",
    "walkover",
    # basketball
    "tip_off",
    "basket",
    "period_end",
    "period_start",
    "review",
    # outright events
    "off",
    "withdrawal",
    "finish",
    # every sport
    "interruption",
    "resumption",
    "abandonment",
]

INCIDENT_TYPES: Final[tuple[IncidentType, ...]] = get_args(IncidentType)
# The incident with which play begins.
START_TYPES: Final[dict[SportSlug, IncidentType]] = {
    "football": "kick_off",
    "tennis": "first_serve",
    "basketball": "tip_off",
    "outright": "off",
}


class ImpossibleChange(ValueError):
    """The fact does not fit the state: a goal before kick-off, a gap in `seq`, a second kick-off."""


@dataclass(frozen=True, slots=True)
class RecordedIncident:
    """One fact about an event; `seq` is gapless from 1 within it.

    `number` is what a basket counts, or the runner of a withdrawal; `places` are the finishing places of the runners
    1, 2, ... of an outright event, 0 for who has none.
    """

    seq: int
    incident_type: IncidentType
    side: Side
    minute: int
    added: int
    number: int = 0
    places: tuple[int, ...] = ()
