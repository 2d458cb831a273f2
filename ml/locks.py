"""Locks of ml. Nothing of ml is locked together with money or live states."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final
from uuid import UUID

from django.db import connection

from ml.models import BettingModelInsight, MLModel
from ml.models.insights import InsightStage

TRAINING_LOCK: Final = "ml.training"


@contextmanager
def training_alone() -> Iterator[bool]:
    """Whether this is the only training now; held by the session, so that a killed worker lets go at once.

    A transaction would have to stay open for minutes to hold it instead.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [TRAINING_LOCK])
        is_alone: bool = cursor.fetchone()[0]
    try:
        yield is_alone
    finally:
        if is_alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [TRAINING_LOCK])


def lock_insights(event_ids: Sequence[UUID]) -> dict[UUID, BettingModelInsight]:
    """The rows from before the match, by event, locked in the order of event ids.

    Each guards its event's other row too: whoever writes either one holds it.
    """
    rows = (
        BettingModelInsight.objects.select_related("model_version__model")
        .defer("model_version__file", "model_version__ratings")
        .filter(event_id__in=event_ids, stage=InsightStage.BEFORE)
        .order_by("event_id")
        .select_for_update(of=("self",))
    )
    return {row.event_id: row for row in rows}


def lock_model(api_name: str) -> MLModel:
    """A listed model, locked against a second training and a second change of champion."""
    return MLModel.objects.select_for_update().get(api_name=api_name)
