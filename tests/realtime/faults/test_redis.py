"""Redis forgets everything, or dies and comes back empty."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import redis

from project.kit.bus import channel_of
from tests.realtime.faults.proxy import Proxy
from tests.realtime.faults.scene import WAIT_S, Moving, Scene
from tests.realtime.faults.stack import Stack
from tests.realtime.faults.watching import Watch, count_pending, until


async def test_a_flushed_redis_loses_nothing(stack: Stack, scene: Scene) -> None:
    async with Watch(stack, scene, stack.client(scene.ada)) as watch:
        with Moving(scene.move) as moving, redis.Redis.from_url(stack.redis.url()) as client:
            for _ in range(5):
                await watch.hear(3)
                await asyncio.to_thread(client.flushall)
        await watch.become_current()

        watch.check_history()
        assert (moving.failures, watch.client.connection_count) == (0, 1)


async def test_a_killed_redis_loses_nothing(stack: Stack, scene: Scene) -> None:
    """The control, which only listens to Redis, hears less than was said. Meanwhile nothing may be called live."""
    topic = scene.sequenced[0]
    async with Proxy(stack.web.port) as proxy, Watch(stack, scene, stack.client(scene.ada, port=proxy.port)) as watch:
        link = proxy.links[0]
        with listening(stack, topic) as control, Moving(scene.move) as moving:
            await watch.hear(3)
            heard = control()
            assert (link.is_delayed, watch.client.state) == (False, "live")
            stack.kill_redis()
            await moving.go_on(10)
            await until(lambda: link.is_delayed and watch.client.state == "delayed")
            stack.redis.start()
            await watch.hear(15)
            await until(lambda: not link.is_delayed and watch.client.state == "live")
        await watch.become_current()

        watch.check_history()
        assert 0 < heard <= len(watch.topics[topic].changes) - 10
        assert watch.client.connection_count == 1
    await until(lambda: count_pending() == 0)


@contextmanager
def listening(stack: Stack, topic: str) -> Iterator[Callable[[], int]]:
    """Counts the messages that Redis has carried so far."""
    with redis.Redis.from_url(stack.redis.url()) as client:
        ear: Any = client.pubsub(ignore_subscribe_messages=True)
        ear.subscribe(channel_of(topic))
        ear.get_message(timeout=WAIT_S)

        def count() -> int:
            messages = 0
            while ear.get_message() is not None:
                messages += 1
            return messages

        yield count
