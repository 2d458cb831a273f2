"""The running event loop and what each loop has one of, found without asking the system.

Until Python 3.12 `asyncio.get_running_loop` asks for the process' id: a system call too many for each request and slip.
"""

import asyncio
import weakref
from collections.abc import Callable
from threading import get_ident
from typing import Generic, TypeVar

Item = TypeVar("Item")

_known: tuple[int, asyncio.AbstractEventLoop] | None = None


def running_loop() -> asyncio.AbstractEventLoop:
    """The loop that runs on this thread. One that was seen here is the one that runs: loops stay on their thread."""
    global _known
    known = _known
    if known is not None and known[0] == get_ident() and known[1].is_running():
        return known[1]
    loop = asyncio.get_running_loop()
    _known = get_ident(), loop
    return loop


class LoopLocal(Generic[Item]):
    """One item for each loop, made at its first use there."""

    def __init__(self, make: Callable[[], Item]) -> None:
        self._make = make
        self._items: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Item] = weakref.WeakKeyDictionary()
        self._last: tuple[asyncio.AbstractEventLoop, Item] | None = None

    def get(self) -> Item:
        """The running loop's."""
        loop, last = running_loop(), self._last
        if last is not None and last[0] is loop:
            return last[1]
        item = self._items.get(loop)
        if item is None:
            item = self._items[loop] = self._make()
        self._last = loop, item
        return item

    def find(self) -> Item | None:
        """The running loop's, if it has been made."""
        return self._items.get(running_loop())
