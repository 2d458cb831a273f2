"""One read for all who are asked about while another is under way: their number does not become one of queries."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping
from typing import Final, Generic, TypeVar

from project.kit.errors import TemporarilyUnavailable

Key = TypeVar("Key", bound=Hashable)
Found = TypeVar("Found")

AT_ONCE: Final = 2  # one waits for the database while the other is shaped
KEYS_MAX: Final = 200
WAITING_MAX: Final = 5_000  # about two seconds of work; past this the server says so at once instead of late


class GatheredReads(Generic[Key, Found]):
    """Reads of many keys in one. What a key is answered was read after it was asked for.

    Nobody waits for a timer: a key that finds room goes in the next turn of the loop.
    """

    def __init__(self, read: Callable[[list[Key]], Awaitable[Mapping[Key, Found]]]) -> None:
        self._read = read
        self._waiting: dict[Key, asyncio.Future[Found | None]] = {}
        self._under_way: set[asyncio.Task[None]] = set()

    async def get(self, key: Key) -> Found | None:
        """What a read that has not begun yet finds for the key. Raises what the read raises, TemporarilyUnavailable."""
        future = self._waiting.get(key)
        if future is None:
            if len(self._waiting) >= WAITING_MAX:
                raise TemporarilyUnavailable("The server is busy")
            future = self._waiting[key] = asyncio.get_running_loop().create_future()
            # Who asked hears of a failure by awaiting; if all have left meanwhile nobody needs to.
            future.add_done_callback(lambda done: done.cancelled() or done.exception())
            self._begin()
        return await asyncio.shield(future)

    def _begin(self) -> None:
        if len(self._under_way) < AT_ONCE:
            task = asyncio.ensure_future(self._run())
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _run(self) -> None:
        while self._waiting:
            asked = {key: self._waiting.pop(key) for key in list(self._waiting)[:KEYS_MAX]}
            try:
                found = await self._read(list(asked))
            except Exception as error:
                for future in asked.values():
                    future.set_exception(error)
            else:
                for key, future in asked.items():
                    future.set_result(found.get(key))
