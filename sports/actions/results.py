"""Confirming and correcting results: each version is a row of its own, and the newest one counts."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from project.kit import clock
from project.kit.events import publish
from sports.actions.live_states import publish_scoreboard, store_state
from sports.core.corrections import Correction, FootballCorrection, correct
from sports.core.incidents import ImpossibleChange
from sports.core.score_facts import ScoreFacts
from sports.core.sport_state import facts_of
from sports.errors import ImpossibleIncident, ResultNotReady
from sports.events import ResultConfirmed, ResultCorrected
from sports.locks import lock_event_exclusive, lock_live_state
from sports.models import EventResult, EventStatus, LiveState


@transaction.atomic(durable=True)
def confirm_result(*, event_id: UUID) -> EventResult:
    """Make the score at the end the final result; a second confirmation returns the newest result.

    Raises ResultNotReady before the end.
    """
    lock_event_exclusive(event_id)
    live = lock_live_state(event_id)
    known = find_newest_result(event_id)
    if known is not None:
        return known
    if live.phase != "completed":
        raise ResultNotReady("The match is not over")
    result = store_result(live, version=1, facts=facts_of(live.to_state()), reason="")
    live.event.status = EventStatus.COMPLETED
    live.event.save(update_fields=["status"])
    store_state(live, live.to_state())
    publish(ResultConfirmed(event_id=event_id, result_version=result.version))
    publish_scoreboard(live)
    return result


def correct_result(
    *, event_id: UUID, home_goals: int, away_goals: int, reason: str, goal_sides: Sequence[str] | None = None
) -> EventResult:
    """`correct_event_result` for football: this score, and these goals in order."""
    correction = FootballCorrection(home_goals, away_goals, goal_sides)
    return correct_event_result(event_id=event_id, correction=correction, reason=reason)


@transaction.atomic(durable=True)
def correct_event_result(*, event_id: UUID, correction: Correction, reason: str) -> EventResult:
    """Replace the final result by a new version; incidents stay as they were seen.

    Raises ResultNotReady before the first confirmation and for an event that was not played to an end,
    ImpossibleIncident where no event ends like that.
    """
    lock_event_exclusive(event_id)
    live = lock_live_state(event_id)
    previous = find_newest_result(event_id)
    if previous is None or live.phase != "completed":
        raise ResultNotReady("There is no result to correct")
    try:
        corrected = correct(live.to_state(), correction)
    except ImpossibleChange as error:
        raise ImpossibleIncident(str(error)) from error
    result = store_result(live, version=previous.version + 1, facts=facts_of(corrected), reason=reason)
    store_state(live, corrected)
    publish(ResultConfirmed(event_id=event_id, result_version=result.version))
    publish(ResultCorrected(event_id=event_id, result_version=result.version, previous_version=previous.version))
    publish_scoreboard(live)
    return result


def find_newest_result(event_id: UUID) -> EventResult | None:
    """The newest version, or None."""
    return EventResult.objects.filter(event_id=event_id).order_by("-version").first()


def store_result(live: LiveState, *, version: int, facts: ScoreFacts, reason: str) -> EventResult:
    """Keep these facts as a version of the result, inside the caller's transaction."""
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
