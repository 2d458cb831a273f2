"""Wake-ups go out when a transaction has committed, and nobody waits until Redis has heard them."""

from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.db import transaction

from project.kit import bus
from project.kit.redis import OneWay

pytestmark = pytest.mark.django_db(transaction=True)

CHANNEL = "test:wake"


@pytest.fixture
def ear(test_redis: "redis.Redis") -> Iterator[Any]:
    client: Any = test_redis
    listening = client.pubsub(ignore_subscribe_messages=True)
    listening.subscribe(CHANNEL)
    listening.get_message(timeout=5)
    yield listening
    listening.close()


def wake() -> None:
    with transaction.atomic():
        bus.wake_on_commit(CHANNEL)


def test_a_commit_wakes_and_a_rollback_does_not(ear: Any) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        bus.wake_on_commit(CHANNEL)
        raise ZeroDivisionError
    with transaction.atomic():
        bus.wake_on_commit(CHANNEL)
        assert ear.get_message(timeout=0.05) is None
    assert ear.get_message(timeout=5)["data"] == b"1"
    assert ear.get_message(timeout=0.05) is None


def test_a_lost_connection_is_made_anew_by_the_next_wake(ear: Any, test_redis: "redis.Redis") -> None:
    wake()
    assert ear.get_message(timeout=5)["data"] == b"1"
    client: Any = test_redis
    assert client.client_kill_filter(skipme=True, _type="normal") >= 1
    wake()
    assert ear.get_message(timeout=5)["data"] == b"1"


def test_a_redis_that_is_away_fails_no_commit(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    away = OneWay("redis://127.0.0.1:1/0")
    with pytest.raises(redis.ConnectionError):
        away.publish(CHANNEL, b"1")
    monkeypatch.setattr(bus, "one_way", lambda: away)
    wake()
    assert "Error calling" in caplog.text
