"""Facts that ml publishes."""

from typing import Literal
from uuid import UUID

from project.kit.events import DomainEvent


class InsightPublished(DomainEvent):
    """An event has its first insight, or one by another version of a model."""

    type: Literal["ml.insight_published"] = "ml.insight_published"
    event_id: UUID
    insight_id: UUID


class ModelTrained(DomainEvent):
    """A model has a new champion."""

    type: Literal["ml.model_trained"] = "ml.model_trained"
    model_id: UUID
    model_version_id: UUID
