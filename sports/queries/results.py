"""Results of events: what settlement reads."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sports.errors import ResultNotReady
from sports.models import EventResult


@dataclass(frozen=True, slots=True)
class FinalResult:
    """One final version; `goal_sides` names the side of each goal in order of play."""

    event_id: UUID
    version: int
    home_goals: int
    away_goals: int
    goal_sides: tuple[str, ...]
    recorded_at: datetime


def get_final_result(event_id: UUID) -> FinalResult:
    """The newest final result. Raises ResultNotReady where there is none."""
    result = find_final_result(event_id)
    if result is None:
        raise ResultNotReady("The event has no final result")
    return result


def find_final_result(event_id: UUID) -> FinalResult | None:
    """The newest final result, or None."""
    row = EventResult.objects.filter(event_id=event_id, is_final=True).order_by("-version").first()
    if row is None:
        return None
    return FinalResult(
        event_id=row.event_id,
        version=row.version,
        home_goals=row.home_goals,
        away_goals=row.away_goals,
        goal_sides=tuple(row.goal_sides),
        recorded_at=row.recorded_at,
    )
