"""Results of events: what settlement reads."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sports.core.results import outcome_of
from sports.core.score_facts import ScoreFacts
from sports.errors import ResultNotReady
from sports.models import EventResult


@dataclass(frozen=True, slots=True)
class FinalResult:
    """One final version. `facts` is what every market is graded by; score and `goal_sides` are football's part of it.

    Final means that nothing more will be played: `facts.ending` says whether it was played to its end.
    """

    event_id: UUID
    version: int
    home_goals: int
    away_goals: int
    goal_sides: tuple[str, ...]
    facts: ScoreFacts
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
        facts=facts_of_result(row),
        recorded_at=row.recorded_at,
    )


def facts_of_result(row: EventResult) -> ScoreFacts:
    """The facts of one version. Football results from before there were facts know no halves."""
    if row.facts:
        return ScoreFacts.from_document(row.facts)
    return ScoreFacts(
        sport="football",
        home=row.home_goals,
        away=row.away_goals,
        scorers=tuple(row.goal_sides),
        is_final=row.is_final,
        ending="full" if row.is_final else "",
        winner=outcome_of(row.home_goals, row.away_goals),
    )
