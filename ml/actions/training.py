"""Trains the house's model on history, once per state of the data, one training at a time."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction

from ml.core.training_set import build_training_set
from ml.engines.catboost_engine import train_trees
from ml.engines.model_cache import TrainedModel, find_cached, keep
from ml.events import ModelTrained
from ml.locks import lock_model, training_alone
from ml.models import MLModel, ModelTrainingHistory, ModelVersion
from ml.models.registry import Engine
from ml.models.training import TrainingStatus
from ml.queries.models import OUTCOME_MODEL
from ml.queries.past_matches import history_fingerprint, list_past_matches
from project.kit import clock
from project.kit.events import publish
from project.kit.jobs import enqueue
from sports.queries.history import count_history

ROWS_MIN: Final = 300  # fewer matches cannot tell a correction from noise
RETRY_AFTER: Final = timedelta(minutes=15)  # the same data fails the same way


class TooLittleHistory(Exception):  # a fact about the data
    """There are not enough matches with prices to learn from."""


def train_house_model() -> ModelVersion | None:
    """Train on the history as it is now and make the result the champion; None where there is nothing to do.

    It takes long and holds no transaction meanwhile. A training that ends by an error is recorded as failed.
    """
    if count_history() < ROWS_MIN:
        return None
    with training_alone() as is_alone:
        return _train(history_fingerprint()) if is_alone else None


def _train(fingerprint: str) -> ModelVersion | None:
    training = _begin(fingerprint)
    if training is None:
        return None
    trained: TrainedModel | None = None
    try:
        trained = _find_or_train(fingerprint)
    except TooLittleHistory as refusal:
        _fail(training, str(refusal))
        return None
    finally:
        if trained is None and training.status == TrainingStatus.RUNNING:
            _fail(training, "The training was cut short by an error: see the worker's log.")
    return _finish(training, trained)


@transaction.atomic(durable=True)
def _begin(fingerprint: str) -> ModelTrainingHistory | None:
    """Record the training, or None: the champion knows this data, or it has just failed on it."""
    model = lock_model(OUTCOME_MODEL)
    if model.champion is not None and model.champion.data_fingerprint == fingerprint:
        return None
    now = clock.now()
    latest = ModelTrainingHistory.objects.filter(model=model).order_by("-training_start").first()
    if latest is not None and latest.status == TrainingStatus.RUNNING:
        _fail(latest, "Its worker went away.")  # or it would hold the lock that we hold
    elif (
        latest is not None
        and latest.status == TrainingStatus.FAILED
        and latest.data_fingerprint == fingerprint
        and now - latest.training_start < RETRY_AFTER
    ):
        return None
    return ModelTrainingHistory.objects.create(model=model, data_fingerprint=fingerprint, training_start=now)


def _find_or_train(fingerprint: str) -> TrainedModel:
    folder = Path(settings.CACHE_FOLDER) / "models"
    cached = find_cached(folder, fingerprint)
    if cached is not None:
        return cached
    rows = build_training_set(list_past_matches())
    if len(rows) < ROWS_MIN:
        raise TooLittleHistory(f"{len(rows)} past matches with prices; {ROWS_MIN} are needed.")
    threads = max(1, (os.cpu_count() or 1) // 2)  # the other half is for the live matches
    trees = train_trees(rows.features, rows.baseline, rows.outcomes, threads=threads)
    trained = TrainedModel(trees.file, rows.ratings.to_document(), trees.metrics)
    keep(folder, fingerprint, trained)
    return trained


@transaction.atomic(durable=True)
def _finish(training: ModelTrainingHistory, trained: TrainedModel) -> ModelVersion:
    model = lock_model(OUTCOME_MODEL)
    version = ModelVersion.objects.create(
        model=model,
        version=_next_version(model),
        engine=Engine.CATBOOST,
        file_format="cbm",
        file=trained.file,
        sha256=trained.sha256,
        ratings=trained.ratings,
        data_fingerprint=training.data_fingerprint,
        metrics=trained.metrics,
        created_at=clock.now(),
    )
    model.champion = version
    model.save(update_fields=["champion"])
    training.model_version = version
    training.status = TrainingStatus.COMPLETED
    training.training_end = clock.now()
    training.metrics = trained.metrics
    training.save(update_fields=["model_version", "status", "training_end", "metrics"])
    publish(ModelTrained(model_id=model.pk, model_version_id=version.pk))
    enqueue("ml.refresh_open_insights", queue="default")
    return version


def _fail(training: ModelTrainingHistory, error: str) -> None:
    training.status = TrainingStatus.FAILED
    training.training_end = clock.now()
    training.error = error
    training.save(update_fields=["status", "training_end", "error"])


def _next_version(model: MLModel) -> str:
    return f"{model.versions.count() + 1}.0.0"
