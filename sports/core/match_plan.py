"""A match as a source knows it from beginning to end: stoppage time and incidents in order, before anyone plays it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, NotRequired, Self, TypedDict

PlannedType = Literal["goal", "yellow_card", "red_card", "penalty_missed"]
PlannedSide = Literal["home", "away"]

HALF_MINUTES: Final = 45
FULL_MINUTES: Final = 90


class IncidentDocument(TypedDict):
    """One planned incident as stored."""

    minute: int
    added: int
    type: PlannedType
    side: PlannedSide


class PlanDocument(TypedDict):
    """A plan as stored beside its event, so that a restart needs no source."""

    first_half_added: int
    second_half_added: int
    incidents: list[IncidentDocument]
    statistics: dict[str, int]
    chances: NotRequired[list[float]]
    quote_ref: NotRequired[str]


@dataclass(frozen=True, slots=True)
class PlannedIncident:
    """An incident with its minute of play; `added` only beside minutes 45 and 90."""

    minute: int
    added: int
    incident_type: PlannedType
    side: PlannedSide

    @property
    def is_first_half(self) -> bool:
        return self.minute <= HALF_MINUTES


@dataclass(frozen=True, slots=True)
class MatchPlan:
    """`statistics` holds counts at the final whistle (home_shots, away_corners, ...) where the source has them.

    `chances` are those of home, draw and away before the match, from which other bookmakers quote in play; without
    them they are silent. `quote_ref` is the match in whose name they do.
    """

    first_half_added: int
    second_half_added: int
    incidents: tuple[PlannedIncident, ...]
    statistics: Mapping[str, int] = field(default_factory=dict)
    chances: tuple[float, ...] = ()
    quote_ref: str = ""

    def __post_init__(self) -> None:
        order = [(incident.minute, incident.added) for incident in self.incidents]
        if order != sorted(order):
            raise ValueError("planned incidents must be in the order of play")
        for incident in self.incidents:
            self._check(incident)

    def _check(self, incident: PlannedIncident) -> None:
        if not 1 <= incident.minute <= FULL_MINUTES:
            raise ValueError(f"minute {incident.minute} is outside a league match")
        room = {HALF_MINUTES: self.first_half_added, FULL_MINUTES: self.second_half_added}.get(incident.minute, 0)
        if not 0 <= incident.added <= room:
            raise ValueError(f"{incident.minute}+{incident.added} is outside the stoppage time of {room}")

    @property
    def score(self) -> tuple[int, int]:
        goals = [incident.side for incident in self.incidents if incident.incident_type == "goal"]
        return goals.count("home"), goals.count("away")

    def to_document(self) -> PlanDocument:
        return {
            "first_half_added": self.first_half_added,
            "second_half_added": self.second_half_added,
            "incidents": [
                {"minute": one.minute, "added": one.added, "type": one.incident_type, "side": one.side}
                for one in self.incidents
            ],
            "statistics": dict(self.statistics),
            "chances": list(self.chances),
            "quote_ref": self.quote_ref,
        }

    @classmethod
    def from_document(cls, document: PlanDocument) -> Self:
        return cls(
            first_half_added=document["first_half_added"],
            second_half_added=document["second_half_added"],
            incidents=tuple(
                PlannedIncident(one["minute"], one["added"], one["type"], one["side"]) for one in document["incidents"]
            ),
            statistics=document["statistics"],
            chances=tuple(document.get("chances", ())),
            quote_ref=document.get("quote_ref", ""),
        )
