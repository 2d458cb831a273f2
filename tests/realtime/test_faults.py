"""Servers that die: the relay, Redis, the web process. Within five seconds a client knows what the API says."""

import asyncio
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.db import connection, transaction
from touchline_client import Client, Subscription

from accounts.models import User
from project.devstack.redis import RedisServer
from project.kit import streams
from realtime.queries.topics import describe_topic
from realtime.streams import NotificationReadChange, user_entry
from tests.people import caller_of
from tests.realtime.processes import Relay, WebServer, faults_in, session_cookie
from tests.sports.matches import make_live_event


class Stack:
    """A web process and a relay on a Redis of their own, each of which may die."""

    def __init__(self, folder: Path) -> None:
        self.redis = RedisServer(folder, name="faults", log_name="faults")
        self.redis.start()
        address = self.redis.url()
        self.web = WebServer(folder / "web.log", REDIS_URL=address)
        self.relay = Relay(folder / "relay.log", REDIS_URL=address)
        self.web.start()
        self.relay.start()

    def client(self, user: User | None) -> Client:
        cookie = session_cookie(user) if user else None
        return Client(self.web.url, cookie=cookie, origin=self.web.origin)

    def stop(self) -> None:
        self.relay.stop()
        self.web.stop()
        self.redis.stop()


@pytest.fixture(scope="module")
def processes(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    stack = Stack(tmp_path_factory.mktemp("faults"))
    yield stack
    stack.stop()


@pytest.fixture
def stack(transactional_db: None, processes: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    """All servers up; none of them may log a fault, whatever dies beside it."""
    before = [len(process.read_log()) for process in (processes.web, processes.relay)]
    client = redis.Redis.from_url(processes.redis.url(), socket_timeout=1)
    monkeypatch.setattr("project.kit.bus.redis_client", lambda: client)
    yield processes
    client.close()
    for process, read in zip((processes.web, processes.relay), before, strict=True):
        assert faults_in(process.read_log()[read:]) == []


def change(user: User, number: int) -> None:
    with transaction.atomic():
        streams.append(user_entry(user.id, NotificationReadChange(ids=None, unread=number)))


def numbers(topic: Subscription) -> list[int]:
    return [each["unread"] for each in topic.changes]


def pending() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM kit_outbox_pending")
        return int(cursor.fetchone()[0])


async def test_a_killed_relay_loses_nothing(stack: Stack, ada: User) -> None:
    async with stack.client(ada) as client:
        topic = await client.subscribe(f"user:{ada.id}")
        for number in range(1, 41):
            change(ada, number)
            if number == 20:
                stack.relay.stop(signal.SIGKILL)
            await asyncio.sleep(0.005)
        await topic.until(lambda each: len(each.changes) >= 40, timeout=20)
        await asyncio.to_thread(stack.relay.start)
        change(ada, 41)
        await topic.until(lambda each: len(each.changes) >= 41, timeout=20)

        assert numbers(topic) == list(range(1, 42))
        assert topic.image_count == 1
    assert pending() == 0


async def test_a_flushed_redis_loses_nothing(stack: Stack, ada: User) -> None:
    client_of_redis = redis.Redis.from_url(stack.redis.url())
    async with stack.client(ada) as client:
        topic = await client.subscribe(f"user:{ada.id}")
        for number in range(1, 31):
            change(ada, number)
            if number % 5 == 0:
                client_of_redis.flushall()
            await asyncio.sleep(0.005)
        await topic.until(lambda each: len(each.changes) >= 30, timeout=20)

        assert numbers(topic) == list(range(1, 31))
    client_of_redis.close()


async def test_a_restarted_redis_loses_nothing(stack: Stack, ada: User) -> None:
    event = make_live_event()
    async with stack.client(ada) as client:
        topic = await client.subscribe(f"user:{ada.id}")
        board = await client.subscribe(f"event:{event.pk}:scoreboard", conflate_ms=0)
        change(ada, 1)
        await topic.until(lambda each: numbers(each) == [1])

        stack.redis.stop()
        change(ada, 2)
        from sports.actions import record_incident

        record_incident(event_id=event.pk, incident_type="goal", side="home", minute=3)
        await asyncio.sleep(0.3)
        stack.redis.start()
        change(ada, 3)
        await topic.until(lambda each: len(each.changes) >= 3, timeout=20)
        await board.until(lambda each: each.conflated.values()["state"]["home_goals"] == 1, timeout=20)
        change(ada, 4)
        await topic.until(lambda each: len(each.changes) >= 4, timeout=20)

        assert numbers(topic) == [1, 2, 3, 4]
        assert client.connection_count == 1
    assert pending() == 0


async def test_a_killed_web_process_is_come_back_to(stack: Stack, ada: User) -> None:
    async with stack.client(ada) as client:
        topic = await client.subscribe(f"user:{ada.id}")
        change(ada, 1)
        await topic.until(lambda each: numbers(each) == [1])

        stack.web.stop(signal.SIGKILL)
        change(ada, 2)
        await asyncio.to_thread(stack.web.start)
        await topic.until(lambda each: len(each.changes) >= 2, timeout=10)

        assert numbers(topic) == [1, 2]
        assert client.connection_count >= 2


async def test_a_web_process_that_is_told_to_end_says_goodbye(stack: Stack, ada: User) -> None:
    clients = [Client(stack.web.url, origin=stack.web.origin, reconnect=False) for _ in range(3)]
    for client in clients:
        await client.__aenter__()

    ended = asyncio.to_thread(stack.web.stop)
    codes, status = await asyncio.gather(asyncio.gather(*(client.wait_closed() for client in clients)), ended)

    assert codes == [4503] * 3
    assert [client.bye["reconnect"] for client in clients if client.bye] == [True] * 3
    assert all(500 <= client.bye["retry_ms"] <= 1_000 for client in clients if client.bye)
    assert status == 0
    stack.web.start()


async def test_two_relays_do_the_work_of_one(stack: Stack, ada: User, tmp_path: Path) -> None:
    second = Relay(tmp_path / "second.log", REDIS_URL=stack.redis.url())
    second.start()
    async with stack.client(ada) as client:
        topic = await client.subscribe(f"user:{ada.id}")
        for number in range(1, 11):
            change(ada, number)
        await topic.until(lambda each: len(each.changes) >= 10)
        stack.relay.stop(signal.SIGKILL)
        change(ada, 11)
        await topic.until(lambda each: len(each.changes) >= 11, timeout=20)

        assert numbers(topic) == list(range(1, 12))
    second.stop()
    stack.relay.start()
    assert faults_in(second.read_log()) == []


async def test_the_api_and_the_socket_say_the_same(stack: Stack, ada: User) -> None:
    async with stack.client(ada) as client:
        topic = await client.subscribe(f"user:{ada.id}")
        change(ada, 5)
        await topic.until(lambda each: numbers(each) == [5])

    reply: Any = describe_topic(caller_of(ada), f"user:{ada.id}")

    assert reply.pos == topic.sequenced.since
