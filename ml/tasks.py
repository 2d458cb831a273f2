"""Celery tasks of ml: ids in, one action called."""

from typing import Final
from uuid import UUID

from celery import shared_task

from ml.actions import refresh_insights, train_house_model
from ml.queries.open_events import list_events_behind
from project.kit.jobs import begin_coalesced


@shared_task(name="ml.publish_insight")
def publish_insight(event_id: str) -> None:
    """Bring one event's insight up to date."""
    begin_coalesced(f"insight:{event_id}")
    refresh_insights(event_ids=[UUID(event_id)])


@shared_task(name="ml.refresh_open_insights")
def refresh_open_insights() -> None:
    """The sweep: insights that are behind, as many as one transaction should hold."""
    refresh_insights(event_ids=list_events_behind())


TRAINING_SECONDS_MAX: Final = 600  # a minute on an idle machine; the broker may hand it out again meanwhile, harmlessly


@shared_task(name="ml.train_house_model", soft_time_limit=TRAINING_SECONDS_MAX, time_limit=TRAINING_SECONDS_MAX + 30)
def train() -> None:
    """Train where the history has changed; cheap where it has not."""
    train_house_model()
