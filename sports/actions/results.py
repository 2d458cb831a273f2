"""Confirming and correcting results: each version is a row of its own, and the newest one counts."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from django.db import transaction

from project.kit import clock
from project.kit.events import publish
from sports.actions.live_states import publish_scoreboard, store_state
from sports.core.results import correct_goal_sides
from sports.core.score_facts import ScoreFacts
from sports.core.sport_state import facts_of
from sports.errors import ImpossibleIncident, ResultNotReady
from sports.events import ResultConfirmed, ResultCorrected
from sports.locks import lock_event_exclusive, lock_live_state
from sports.models import EventResult, EventStatus, LiveState

GOALS_MAX = 99  # more than a side has ever scored in a football match on the pitch


@transaction.atomic(durable=True)
def confirm_result(*, event_id: UUID) -> EventResult:
    """Make the score at full time the final result; a second confirmation returns the newest result.

    Raises ResultNotReady before full time.
    """
    lock_event_exclusive(event_id)
    live = lock_live_state(event_id)
    known = _find_newest(event_id)
    if known is not None:
        return known
    if live.phase != "completed":
        raise ResultNotReady("The match is not over")
    result = _store(live, version=1, facts=facts_of(live.to_state()), reason="")
    live.event.status = EventStatus.COMPLETED
    live.event.save(update_fields=["status"])
    store_state(live, live.to_state())
    publish(ResultConfirmed(event_id=event_id, result_version=result.version))
    publish_scoreboard(live)
    return result


@transaction.atomic(durable=True)
def correct_result(
    *, event_id: UUID, home_goals: int, away_goals: int, reason: str, goal_sides: Sequence[str] | None = None
) -> EventResult:
    """Replace the final result by a new version with this score and these goals in order.

    Without `goal_sides` the known order is kept as far as the score allows, and so are the goals of the first half.
    Incidents stay as they were seen.
    Raises ResultNotReady before the first confirmation, ImpossibleIncident where goals and score disagree or no match
    ends like that.
    """
    if not (0 <= home_goals <= GOALS_MAX and 0 <= away_goals <= GOALS_MAX):
        raise ImpossibleIncident(f"A side scores from 0 to {GOALS_MAX} goals")
    lock_event_exclusive(event_id)
    live = lock_live_state(event_id)
    previous = _find_newest(event_id)
    if previous is None:
        raise ResultNotReady("There is no result to correct")
    known = previous.goal_sides if goal_sides is None else list(goal_sides)
    sides = correct_goal_sides(known, home_goals=home_goals, away_goals=away_goals)
    if goal_sides is not None and list(goal_sides) != sides:
        raise ImpossibleIncident("The goals do not add up to the score")
    state = live.to_match_state()
    half = state.half_time_goals
    corrected = replace(
        state,
        home_goals=home_goals,
        away_goals=away_goals,
        scorers=tuple(sides),
        half_time_goals=(min(half[0], home_goals), min(half[1], away_goals)) if half else None,
    )
    result = _store(live, version=previous.version + 1, facts=facts_of(corrected), reason=reason)
    store_state(live, corrected)
    publish(ResultConfirmed(event_id=event_id, result_version=result.version))
    publish(ResultCorrected(event_id=event_id, result_version=result.version, previous_version=previous.version))
    publish_scoreboard(live)
    return result


def _find_newest(event_id: UUID) -> EventResult | None:
    return EventResult.objects.filter(event_id=event_id).order_by("-version").first()


def _store(live: LiveState, *, version: int, facts: ScoreFacts, reason: str) -> EventResult:
    return EventResult.objects.create(
        event_id=live.event_id,
        version=version,
        outcome=facts.winner,
        home_goals=facts.home,
        away_goals=facts.away,
        goal_sides=list(facts.scorers),
        facts=facts.to_document(),
        is_final=True,
        reason=reason,
        recorded_at=clock.now(),
    )
