"""Tells the other hubs who is here: what changed at once, everything every few seconds, one round trip at a time."""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from project.kit.errors import TemporarilyUnavailable
from realtime import rosters
from realtime.hub.database import DatabaseThreads
from realtime.rosters import KeptRoster

if TYPE_CHECKING:
    from realtime.hub.gathering import GatheringChannel

TOPICS_AT_ONCE: Final = 200


class Announcer:
    """One per hub. However fast things change, what waits is one announcement for each topic."""

    def __init__(self, hub_id: str, errands: DatabaseThreads) -> None:
        self.hub_id = hub_id
        self._errands = errands  # one thread: what is said of a topic keeps its order
        self._waiting: dict[str, GatheringChannel] = {}
        self._working: asyncio.Task[None] | None = None

    def note(self, channel: "GatheringChannel") -> None:
        """This topic has something to say."""
        self._waiting[channel.name] = channel
        if self._working is None or self._working.done():
            self._working = asyncio.ensure_future(self._work())

    async def list_rosters(self, topic: str) -> list[KeptRoster]:
        """What all hubs said of a topic; none when Redis is away."""
        with suppress(TemporarilyUnavailable):
            return await self._errands.run(rosters.list_rosters, topic)
        return []

    async def _work(self) -> None:
        while self._waiting:
            names = list(self._waiting)[:TOPICS_AT_ONCE]
            announcements = [self._waiting.pop(name).take_announcement() for name in names]
            with suppress(TemporarilyUnavailable):  # the next refresh says it again
                await self._errands.run(rosters.announce, announcements, self.hub_id)
