"""Tasks are what their names promise, and the names that are sent are the names that exist."""

import pytest
from celery import current_app
from django.conf import settings
from redis import Redis

from ml import tasks
from ml.queries.insights import find_insight
from project.kit import bus
from sports.actions import advance_clock
from tests.sports.matches import make_event, make_live_event

pytestmark = pytest.mark.django_db
WAIT_S = 20.0


@pytest.mark.django_db(transaction=True)
def test_a_scheduled_event_gets_its_insight_and_tells_its_topic(test_redis: "Redis") -> None:
    event = make_event()
    listener = test_redis.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]  # redis leaves it untyped
    listener.subscribe(bus.channel_of(f"event:{event.pk}:insight"))
    listener.get_message(timeout=WAIT_S)

    tasks.publish_insight(str(event.pk))

    insight = find_insight(event.pk)
    assert insight is not None
    message = listener.get_message(timeout=WAIT_S)
    assert message is not None
    assert str(insight.pk).encode() in message["data"]
    listener.close()


def test_the_sweep_carries_insights_through_minutes_without_incidents() -> None:
    event = make_live_event()
    tasks.refresh_open_insights()
    advance_clock(event_id=event.pk, minute=12)

    tasks.refresh_open_insights()

    insight = find_insight(event.pk)
    assert insight is not None
    assert (insight.stage, insight.minute) == ("in_play", 12)


def test_training_without_history_is_no_error() -> None:
    tasks.train()


def test_every_name_that_is_sent_is_registered() -> None:
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values() if entry["task"].startswith("ml.")}

    assert scheduled == {"ml.refresh_open_insights", "ml.train_house_model"}
    assert scheduled | {"ml.publish_insight"} <= set(current_app.tasks)
