"""Whose sockets these are: counted per person and per address, here at once and across processes through Redis."""

import asyncio
from collections import defaultdict
from contextlib import suppress
from typing import Final
from uuid import UUID

from project.kit.errors import TemporarilyUnavailable
from realtime import presence
from realtime.core import closing as closings
from realtime.core.limits import SOCKETS_PER_ADDRESS, SOCKETS_PER_USER
from realtime.hub.connection import Connection
from realtime.hub.database import DatabaseThreads

GATHER_S: Final = 0.05  # everyone who comes meanwhile is said in the same round trip
KEYS_AT_ONCE: Final = 1_000


class Attendance:
    """Knows every socket of this process by person and address, and says so to the others, many in one round trip."""

    def __init__(self, hub_id: str, errands: DatabaseThreads) -> None:
        self._hub_id = hub_id
        self._errands = errands  # one thread: what is said about a key keeps its order, and reads do not wait for Redis
        self._sockets: dict[str, set[Connection]] = {}
        self._unsaid: defaultdict[str, list[Connection]] = defaultdict(list)  # with those that came since it was said
        self._is_settling = False
        self._working: asyncio.Task[None] | None = None

    def has_room_at(self, address: str) -> bool:
        """Whether one more socket from this address is within the limit of this process."""
        return not address or self._count(presence.address_key(address)) < SOCKETS_PER_ADDRESS

    def has_room_for(self, user_id: UUID) -> bool:
        """Whether one more socket of this person is within the limit of this process."""
        return self._count(presence.person_key(user_id)) < SOCKETS_PER_USER

    def list_of(self, user_id: UUID) -> list[Connection]:
        """The person's sockets in this process."""
        return list(self._sockets.get(presence.person_key(user_id), ()))

    def arrive(self, connection: Connection) -> None:
        """A socket opened."""
        if connection.address:
            self._add(presence.address_key(connection.address), connection)

    def identify(self, connection: Connection) -> None:
        """A socket turned out to be a person's."""
        if connection.caller.user_id is not None:
            self._add(presence.person_key(connection.caller.user_id), connection)

    def leave(self, connection: Connection) -> None:
        """A socket closed."""
        if connection.caller.user_id is not None:
            self._remove(presence.person_key(connection.caller.user_id), connection)
        self._remove(presence.address_key(connection.address), connection)

    def refresh(self) -> None:
        """Say again who is here, before it is forgotten."""
        for key in self._sockets:
            self._note(key)

    async def settle(self) -> None:
        """Say at once what is unsaid and wait until it is: the process is about to end."""
        self._is_settling = True
        if self._working is not None:
            await self._working

    def _count(self, key: str) -> int:
        return len(self._sockets.get(key, ()))

    def _add(self, key: str, connection: Connection) -> None:
        self._sockets.setdefault(key, set()).add(connection)
        self._note(key).append(connection)

    def _remove(self, key: str, connection: Connection) -> None:
        sockets = self._sockets.get(key)
        if sockets is None or connection not in sockets:
            return
        sockets.discard(connection)
        if not sockets:
            del self._sockets[key]
        self._note(key)

    def _note(self, key: str) -> list[Connection]:
        if self._working is None or self._working.done():
            self._working = asyncio.ensure_future(self._work())
        return self._unsaid[key]

    async def _work(self) -> None:
        while self._unsaid:
            if not self._is_settling:
                await asyncio.sleep(GATHER_S)
            newcomers = {key: self._unsaid.pop(key) for key in list(self._unsaid)[:KEYS_AT_ONCE]}
            counts = {key: self._count(key) for key in newcomers}
            with suppress(TemporarilyUnavailable):  # presence is a hint: the next refresh says it again
                elsewhere = await self._errands.run(presence.announce, counts, self._hub_id)
                for key, count in counts.items():
                    self._turn_away(newcomers[key], excess=count + elsewhere[key] - _limit_of(key))

    def _turn_away(self, newcomers: list[Connection], *, excess: int) -> None:
        # The sockets are served meanwhile: a limit that other processes share may be noticed a moment late.
        if excess > 0:
            for connection in newcomers[-excess:]:
                # Not for ever: a process that died is counted until what it said is forgotten.
                connection.close(closings.CROWDED)


def _limit_of(key: str) -> int:
    return SOCKETS_PER_USER if key.startswith(presence.PERSON_PREFIX) else SOCKETS_PER_ADDRESS
