"""Which models there are, which of them answer, and how they have done."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Avg, Count, Q, QuerySet

from ml.core.features import MatchFeatures, build_features
from ml.core.insight import Opinion
from ml.core.ratings import RatingBook
from ml.engines.catboost_engine import CatBoostEngine
from ml.models import MLModel, ModelPerformance, ModelTrainingHistory, ModelVersion
from ml.models.registry import ModelStatus
from ml.models.training import TrainingStatus
from ml.queries.matches import Match
from ml.schemas import ModelRecord, ModelReply, TrainingReply

OUTCOME_MODEL: Final = "match-outcome"
CLOSED_FORM_MODEL: Final = "closed-form"
LOADED_MAX: Final = 2  # the champion, and the one before it while both still speak
MODELS_MAX: Final = 100
NO_RECORD: Final = ModelRecord(n=0, log_loss=None, market_log_loss=None, correct=0)


def get_closed_form_version() -> ModelVersion:
    """The version that needs no training. A migration makes it."""
    return _champions().get(model__api_name=CLOSED_FORM_MODEL)


def find_outcome_version() -> ModelVersion | None:
    """The trained champion that judges matches, or None before the first training."""
    return _champions().filter(model__api_name=OUTCOME_MODEL).first()


@dataclass(frozen=True)
class LoadedModel:
    """A trained version in memory with the ratings it was trained on."""

    engine: CatBoostEngine
    ratings: RatingBook

    def judge(self, match: Match) -> Opinion:
        """Its opinion on a match before kick-off."""
        import numpy as np

        features: MatchFeatures = build_features(self.ratings, match.fixture, match.market)
        row, baseline = np.array([features.values]), np.array([features.baseline])
        home, draw, away = self.engine.predict(row, baseline)[0].tolist()
        contributions = tuple(tuple(outcome) for outcome in self.engine.explain(row)[0].tolist())
        return Opinion((home, draw, away), features.values, contributions)


_loaded: "OrderedDict[UUID, LoadedModel]" = OrderedDict()


def load_version(version_id: UUID) -> LoadedModel:
    """A trained version, kept in this process: versions never change."""
    if version_id not in _loaded:
        file, ratings = ModelVersion.objects.values_list("file", "ratings").get(pk=version_id)
        assert file is not None and ratings is not None, "a closed form is not loaded"
        _loaded[version_id] = LoadedModel(CatBoostEngine(bytes(file)), RatingBook.from_document(ratings))
        while len(_loaded) > LOADED_MAX:
            _loaded.popitem(last=False)
    return _loaded[version_id]


def list_models() -> list[ModelReply]:
    """The listed models with their public records, in three statements."""
    models = (
        MLModel.objects.filter(status=ModelStatus.ACTIVE)
        .select_related("developer", "champion")
        .defer("champion__file", "champion__ratings")
        .order_by("api_name")[:MODELS_MAX]
    )
    records = _records()
    trainings = _trainings([model.champion_id for model in models if model.champion_id])
    return [_describe_model(model, records, trainings) for model in models]


def _champions() -> QuerySet[ModelVersion]:
    return ModelVersion.objects.filter(champion_of__isnull=False).defer("file", "ratings").select_related("model")


def _records() -> dict[UUID, ModelRecord]:
    rows = (
        ModelPerformance.objects.values_list("model_version__model_id")
        .annotate(Count("id"), Avg("log_loss"), Avg("market_log_loss"), correct=Count("id", filter=Q(is_correct=True)))
        .order_by()
    )
    return {
        model_id: ModelRecord(n=n, log_loss=log_loss, market_log_loss=market_log_loss, correct=correct)
        for model_id, n, log_loss, market_log_loss, correct in rows
    }


def _trainings(version_ids: list[UUID]) -> dict[UUID, ModelTrainingHistory]:
    rows = ModelTrainingHistory.objects.filter(model_version_id__in=version_ids, status=TrainingStatus.COMPLETED)
    return {row.model_version_id: row for row in rows.order_by("training_start") if row.model_version_id}


def _describe_model(
    model: MLModel, records: dict[UUID, ModelRecord], trainings: dict[UUID, ModelTrainingHistory]
) -> ModelReply:
    champion = model.champion
    training = trainings.get(champion.pk) if champion else None
    return ModelReply.model_validate(
        {
            "id": model.pk,
            "name": model.name,
            "api_name": model.api_name,
            "developer": model.developer.name,
            "category": model.category,
            "description": model.description,
            "version": model.version,
            "engine": champion.engine if champion else None,
            "sha256": champion.sha256 if champion else None,
            "record": records.get(model.pk, NO_RECORD),
            "training": _describe_training(training) if training else None,
        }
    )


def _describe_training(training: ModelTrainingHistory) -> TrainingReply:
    metrics = training.metrics
    return TrainingReply.model_validate(
        {
            "finished_at": training.training_end,
            **{name: metrics[name] for name in ("trained_rows", "test_rows", "log_loss", "market_log_loss")},
        }
    )
