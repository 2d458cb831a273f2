"""Somebody's contacts in this process: who of them is online. Looked up for all lists together every few seconds."""

import asyncio
from collections.abc import Mapping, Set
from typing import Any

from project.kit.topics import ContactsTopic
from realtime.core.contacts import ContactsView
from realtime.hub.connection import Connection
from realtime.hub.ephemeral import EphemeralChannel
from realtime.hub.topic_reads import ContactsReads


class ContactsChannel(EphemeralChannel[ContactsView]):
    """One list, for every device of its owner."""

    def __init__(self, name: str, topic: ContactsTopic, arguments: Mapping[str, str], reads: ContactsReads) -> None:
        super().__init__(name, topic, arguments)
        self._reads = reads
        self._view = ContactsView(frozenset())
        self._loading: asyncio.Task[None] | None = None
        self.people: frozenset[str] = frozenset()
        self.looked_at = float("-inf")

    async def join(self, connection: Connection, *, ref: int | str | None) -> None:
        await self._reread()
        if not connection.is_closed and self.name in connection.topics:
            self.send_image(connection, ref=ref)

    async def look_again(self, connection: Connection) -> None:
        await self._reread()

    def receive(self, message: dict[str, Any]) -> None:
        raise ValueError("nothing is said on the topic of a list")

    def find_view(self, connection: Connection, fresh: dict[frozenset[str], ContactsView]) -> ContactsView:
        return self._view

    def take_online(self, online: Set[str]) -> None:
        """Note who of everybody asked for is online."""
        self.looked_at = self._loop.time()
        view = ContactsView(self.people & online)
        if view != self._view:
            self._view = view
            self.note_change()

    async def _reread(self) -> None:
        self.people = await self._reads.list_people()
        self.take_online(await self._reads.list_online(self.people))
