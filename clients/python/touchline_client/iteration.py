"""What one `async for` over a subscription has not seen yet. However slow the loop is, what waits for it is bounded."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final, Generic

from touchline_client.topic import AnyEvent, EntriesEvent, Entry, Event

# A loop this many changes or keys behind gets the state as a whole instead, as a reader too far behind gets it from the
# server.
BEHIND_MAX: Final = 10_000


class EventIterator(Generic[Event]):
    """Begins with the state as it is now, then every event. Newer values of a key take the place of those unseen."""

    def __init__(
        self,
        make_snapshot: Callable[[], AnyEvent | None],
        keep_alive: "set[EventIterator[Any]]",
    ) -> None:
        self._make_snapshot = make_snapshot
        self._keep_alive = keep_alive
        self._waiting: asyncio.Future[None] | None = None
        self._has_ended = False
        self._failure: Exception | None = None
        self._events: deque[AnyEvent] = deque()
        self._newer: dict[str, Entry[Any]] = {}  # values that came behind those events
        self._begin_again()

    def __aiter__(self) -> "EventIterator[Event]":
        return self

    async def __anext__(self) -> Event:
        while True:
            event = self._find_next()
            if event is not None:
                return event  # type: ignore[return-value]  # JSON became what the topic's type promises
            if self._has_ended:
                raise self._failure or StopAsyncIteration
            await self._wait()

    def push(self, events: Sequence[AnyEvent]) -> None:
        """Everything that one frame brought, after the state has taken it in."""
        for event in events:
            if isinstance(event, EntriesEvent) and not event.replace:
                self._newer.update((entry.key, entry) for entry in event.entries)
                continue
            if event.kind != "change":
                self._events.clear()
                self._newer.clear()
            self._events.append(event)
        if len(self._events) > BEHIND_MAX or len(self._newer) > BEHIND_MAX:
            self._begin_again()
        self._wake()

    def end(self, failure: Exception | None) -> None:
        """Nothing follows: the loop ends, or fails, once it has seen the rest."""
        self._has_ended = True
        self._failure = failure
        self._wake()

    def _begin_again(self) -> None:
        snapshot = self._make_snapshot()
        self._newer.clear()
        self._events.clear()
        if snapshot is not None:
            self._events.append(snapshot)

    def _find_next(self) -> AnyEvent | None:
        if self._events:
            return self._events.popleft()
        if self._newer:
            entries = list(self._newer.values())
            self._newer.clear()
            return EntriesEvent(entries, replace=False)
        return None

    async def _wait(self) -> None:
        assert self._waiting is None, "one loop reads an iterator"
        self._waiting = asyncio.get_running_loop().create_future()
        self._keep_alive.add(self)  # a task that nobody else holds would be collected with what it waits for
        try:
            await self._waiting
        finally:
            self._waiting = None
            self._keep_alive.discard(self)

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)
