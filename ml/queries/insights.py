"""Insights as they are shown."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Max, QuerySet

from ml.models import BettingModelInsight, ModelVersion
from ml.models.insights import InsightStage
from ml.models.registry import Engine
from ml.schemas import InsightReply, SealedReply

INSIGHT_KEY = "insight"


def find_insight(event_id: UUID) -> BettingModelInsight | None:
    """The newest insight of an event: the one that follows the match, else the one from before it."""
    return _with_model(BettingModelInsight.objects.filter(event_id=event_id)).order_by("-version").first()


def find_versions(event_ids: Sequence[UUID]) -> dict[UUID, int]:
    """The newest version of each event's insight, in one query; events without one are absent."""
    rows = BettingModelInsight.objects.filter(event_id__in=event_ids).values_list("event_id")
    return dict(rows.annotate(newest=Max("version")).order_by())


def find_said_before(event_id: UUID) -> BettingModelInsight | None:
    """What was said about an event before the match, or None."""
    return _with_model(BettingModelInsight.objects.filter(event_id=event_id, stage=InsightStage.BEFORE)).first()


def describe_insight(insight: BettingModelInsight, said_before: BettingModelInsight | None) -> InsightReply:
    """The insight as clients see it, with the sealed word from before the match once there is one."""
    version = insight.model_version
    return InsightReply.model_validate(
        {
            "id": insight.pk,
            "event_id": insight.event_id,
            "model": model_label(version),
            "engine": version.engine,
            "is_trained": version.engine == Engine.CATBOOST,
            "outcomes": insight.outcomes,
            "predicted_outcome": insight.predicted_outcome,
            "confidence": insight.confidence_score,
            "reasons": insight.reasons,
            "as_of": insight.prediction_date,
            "minute": insight.minute,
            "note": insight.note,
            "sealed": _describe_seal(said_before) if said_before is not None and said_before.sealed_at else None,
        }
    )


def model_label(version: ModelVersion) -> str:
    """A version as it is written everywhere: `name@version`."""
    return f"{version.model.api_name}@{version.version}"


def _describe_seal(said_before: BettingModelInsight) -> SealedReply:
    return SealedReply.model_validate(
        {
            "model": model_label(said_before.model_version),
            "predicted_outcome": said_before.predicted_outcome,
            "confidence": said_before.confidence_score,
            "outcomes": said_before.outcomes,
            "said_at": said_before.prediction_date,
            "sealed_at": said_before.sealed_at,
            "seal": said_before.seal,
        }
    )


def _with_model(insights: QuerySet[BettingModelInsight]) -> QuerySet[BettingModelInsight]:
    return insights.select_related("model_version__model").defer("model_version__file", "model_version__ratings")
