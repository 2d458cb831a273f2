"""One read for everybody who asks for the same while one is under way: a thousand who come back at once are not a
thousand queries."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Found = TypeVar("Found")


class SharedReads(Generic[Key, Found]):
    """A read always begins after all who get its answer have asked: nobody is told what was true before.

    Who asks while one is under way shares the next with all who do.
    """

    def __init__(self, read: Callable[[Key], Awaitable[Found]]) -> None:
        self._read = read
        self._under_way: dict[Key, asyncio.Task[Found]] = {}
        self._next: dict[Key, asyncio.Task[Found]] = {}

    async def get(self, key: Key) -> Found:
        """The answer of a read that has not begun yet. Raises what the read raises."""
        task = self._next.get(key)
        if task is None:
            task = self._next[key] = asyncio.ensure_future(self._run(key))
            # Who asked hears of a failure by awaiting; if all have left meanwhile nobody needs to.
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
        return await asyncio.shield(task)

    async def _run(self, key: Key) -> Found:
        before = self._under_way.get(key)
        if before is not None:
            await asyncio.wait([before])
        self._under_way[key] = self._next.pop(key)
        try:
            return await self._read(key)
        finally:
            del self._under_way[key]
