"""Scores what was sealed at kick-off against final results."""

from collections.abc import Sequence
from uuid import UUID

from ml.core.scoring import log_loss_of
from ml.models import BettingModelInsight, ModelPerformance
from ml.models.insights import InsightStage
from project.kit import clock
from sports.queries.results import FinalResult, find_final_result


def score_insights(*, event_ids: Sequence[UUID]) -> int:
    """Score the sealed insights of these events by their newest final results, inside the caller's transaction.

    A corrected result scores again; an event without a sealed insight has no score.
    """
    sealed = (
        BettingModelInsight.objects.filter(event_id__in=event_ids, stage=InsightStage.BEFORE, sealed_at__isnull=False)
        .order_by("event_id")
        .select_for_update()
    )
    scored = 0
    for insight in sealed:
        result = find_final_result(insight.event_id)
        if result is not None:
            _score(insight, result)
            scored += 1
    return scored


def _score(insight: BettingModelInsight, result: FinalResult) -> None:
    actual = outcome_of(result)
    model = {outcome["outcome"]: outcome["model_probability"] for outcome in insight.outcomes}
    market = {outcome["outcome"]: outcome["market_probability"] for outcome in insight.outcomes}
    ModelPerformance.objects.update_or_create(
        insight=insight,
        defaults={
            "model_version_id": insight.model_version_id,
            "result_version": result.version,
            "actual_outcome": actual,
            "log_loss": log_loss_of(model, actual),
            "market_log_loss": log_loss_of(market, actual),
            "is_correct": insight.predicted_outcome == actual,
            "evaluation_date": clock.now(),
        },
    )


def outcome_of(result: FinalResult) -> str:
    """Who won."""
    lead = result.home_goals - result.away_goals
    return "home" if lead > 0 else "draw" if lead == 0 else "away"
