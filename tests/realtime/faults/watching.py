"""A client that keeps all it was told, held against what was stored and what the API says."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, Final, Self
from urllib.parse import quote

from touchline_client.testing import Client, Subscription

from project.kit.models import OutboxChange, PendingChange
from tests.realtime.faults.scene import WAIT_S, Scene
from tests.realtime.faults.stack import Stack
from tests.realtime.processes import WebServer, session_key_of

CURRENT_WITHIN_S: Final = 5.0  # the promise; it takes a quarter of a second on a busy machine
ASK_AGAIN_S: Final = 0.05


class Watch:
    """Every topic of a scene on one client."""

    def __init__(self, stack: Stack, scene: Scene, client: Client, *, at: WebServer | None = None) -> None:
        self._stack = stack
        self._scene = scene
        self._token = session_key_of(scene.ada)
        self._at = at or stack.web
        self.client = client
        self.topics: dict[str, Subscription] = {}
        self._began_at: dict[str, int] = {}

    async def __aenter__(self) -> Self:
        await asyncio.wait_for(self.client.__aenter__(), WAIT_S)
        for name in self._scene.sequenced:
            topic = self.topics[name] = await self.client.subscribe(name)
            self._began_at[name] = topic.sequenced.seq - len(topic.changes)
        for name in self._scene.conflated:
            self.topics[name] = await self.client.subscribe(name, conflate_ms=20)
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.client.__aexit__()

    async def hear(self, more: int) -> None:
        """Wait for so many more changes on each sequenced topic."""
        for name in self._scene.sequenced:
            topic = self.topics[name]
            await topic.until(has_heard(len(topic.changes) + more), timeout=CURRENT_WITHIN_S)

    async def become_current(self) -> None:
        """Wait until every topic is what the API says, which must not move any more."""
        async with asyncio.timeout(CURRENT_WITHIN_S):
            for name, topic in self.topics.items():
                reply = await self._ask(name)
                await topic.until(shows(reply), timeout=CURRENT_WITHIN_S)

    def check_history(self) -> None:
        """Every sequenced change came once and in order, from the first image on and without another."""
        for name in self._scene.sequenced:
            topic = self.topics[name]
            stored = OutboxChange.objects.filter(stream=name, seq__gt=self._began_at[name]).order_by("seq")
            assert topic.changes == [{**payload, "seq": seq} for seq, payload in stored.values_list("seq", "payload")]
            assert topic.image_count == 1
            assert topic.repair_count == 0

    async def _ask(self, name: str) -> Any:
        while True:
            try:
                ask = partial(self._stack.ask, f"/api/topics/{quote(name)}", token=self._token, at=self._at)
                return await asyncio.to_thread(ask)
            except OSError:
                await asyncio.sleep(ASK_AGAIN_S)  # it is still starting


async def until(holds: Callable[[], bool]) -> None:
    """Wait for something another process does. Raises TimeoutError."""
    async with asyncio.timeout(WAIT_S):
        while True:
            if holds():
                return
            await asyncio.sleep(ASK_AGAIN_S)


def has_heard(count: int) -> Callable[[Subscription], bool]:
    """That so many changes came."""
    return lambda topic: len(topic.changes) >= count


def shows(reply: dict[str, Any]) -> Callable[[Subscription], bool]:
    """That a client holds what the API answered."""
    return lambda topic: shown(topic) == said(reply)


def count_pending() -> int:
    """Changes the relay has not published yet."""
    return PendingChange.objects.count()


def shown(topic: Subscription) -> tuple[Any, ...]:
    """What a client holds."""
    if topic.lane == "sequenced":
        return topic.sequenced.since, topic.sequenced.image
    return tuple(sorted((key, version, value) for key, (version, value) in topic.conflated.entries.items()))


def said(reply: dict[str, Any]) -> tuple[Any, ...]:
    """The same of an answer of the API."""
    if reply["lane"] == "sequenced":
        return reply["pos"], reply["image"]
    return tuple(
        sorted((key, version, value) for key, version, value in reply["image"]["entries"] if value is not None)
    )
