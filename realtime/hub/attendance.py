"""Whose sockets these are: counted per person and per address, here at once and across processes through Redis."""

import asyncio
from collections import defaultdict
from collections.abc import Coroutine
from typing import Any, Final
from uuid import UUID

from realtime import presence
from realtime.core import closing as closings
from realtime.core.limits import SOCKETS_PER_ADDRESS, SOCKETS_PER_USER
from realtime.hub.connection import Connection
from realtime.hub.database import DatabaseThreads

REFRESH_KEYS_AT_ONCE: Final = 1_000


class Attendance:
    """Knows every socket of this process by person and address."""

    def __init__(self, hub_id: str, errands: DatabaseThreads) -> None:
        self._hub_id = hub_id
        self._by_user: defaultdict[UUID, set[Connection]] = defaultdict(set)
        self._by_address: defaultdict[str, set[Connection]] = defaultdict(set)
        self._errands = errands  # one thread: what is said about a key keeps its order, and reads do not wait for Redis
        self._tasks: set[asyncio.Task[None]] = set()

    def has_room_at(self, address: str) -> bool:
        """Whether one more socket from this address is within the limit of this process."""
        return not address or len(self._by_address.get(address, ())) < SOCKETS_PER_ADDRESS

    def has_room_for(self, user_id: UUID) -> bool:
        """Whether one more socket of this person is within the limit of this process."""
        return len(self._by_user.get(user_id, ())) < SOCKETS_PER_USER

    def list_of(self, user_id: UUID) -> list[Connection]:
        """The person's sockets in this process."""
        return list(self._by_user.get(user_id, ()))

    def arrive(self, connection: Connection) -> None:
        """A socket opened."""
        if connection.address:
            self._by_address[connection.address].add(connection)
            count = len(self._by_address[connection.address])
            key = presence.address_key(connection.address)
            self._in_background(self._announce(key, count, connection, SOCKETS_PER_ADDRESS))

    def identify(self, connection: Connection) -> None:
        """A socket turned out to be a person's."""
        user_id = connection.caller.user_id
        if user_id is not None:
            self._by_user[user_id].add(connection)
            count = len(self._by_user[user_id])
            self._in_background(self._announce(presence.person_key(user_id), count, connection, SOCKETS_PER_USER))

    def leave(self, connection: Connection) -> None:
        """A socket closed."""
        counts: dict[str, int] = {}
        user_id, address = connection.caller.user_id, connection.address
        if user_id is not None and connection in self._by_user.get(user_id, ()):
            self._by_user[user_id].discard(connection)
            counts[presence.person_key(user_id)] = len(self._by_user[user_id])
            if not self._by_user[user_id]:
                del self._by_user[user_id]
        if connection in self._by_address.get(address, ()):
            self._by_address[address].discard(connection)
            counts[presence.address_key(address)] = len(self._by_address[address])
            if not self._by_address[address]:
                del self._by_address[address]
        if counts:
            self._in_background(self._publish(counts))

    def refresh(self) -> None:
        """Say again who is here, before it is forgotten."""
        counts = {presence.person_key(user_id): len(sockets) for user_id, sockets in self._by_user.items()}
        counts |= {presence.address_key(address): len(sockets) for address, sockets in self._by_address.items()}
        keys = list(counts)
        for first in range(0, len(keys), REFRESH_KEYS_AT_ONCE):
            part = {key: counts[key] for key in keys[first : first + REFRESH_KEYS_AT_ONCE]}
            self._in_background(self._publish(part))

    async def _announce(self, key: str, count: int, connection: Connection, limit: int) -> None:
        # The socket is served meanwhile: a limit that other processes share may be noticed a moment late.
        elsewhere = await self._errands.run(presence.announce, key, self._hub_id, count)
        if count + elsewhere > limit:
            # Not for ever: a process that died is counted until what it said is forgotten.
            connection.close(closings.CROWDED)

    async def _publish(self, counts: dict[str, int]) -> None:
        await self._errands.run(presence.publish_counts, counts, self._hub_id)

    def _in_background(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._forget)

    def _forget(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # presence is a hint: a failed errand is the next refresh's affair
