"""One topic as its reader sees it: the state, whether that is what the server knows, and every event in a loop."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Generic, Literal, Self
from weakref import WeakSet

from touchline_client.errors import Closed, TopicRefused
from touchline_client.feed import Feed, Lane
from touchline_client.iteration import EventIterator
from touchline_client.state import ConflatedState, EphemeralState, Reduce, SequencedState
from touchline_client.topic import AnyEvent, Event, Image

# `awaited`: asked for, or being caught up. `current`: what was heard is what the server knows. `refused`: not to be
# had.
Standing = Literal["awaited", "current", "refused"]


class Subscription(Generic[Image, Event]):
    """A topic that is heard across connections. `async for event in subscription` begins with the present state.

    A loop ends when the subscription or the client is ended; it raises TopicRefused where the server takes the topic
    away, and Closed where it ends the connection for good.
    """

    def __init__(
        self,
        topic: str,
        *,
        reduce: Reduce,
        is_fresh: Callable[[], bool],
        leave: "Callable[[Subscription[Any, Any]], None]",
    ) -> None:
        self.topic = topic
        self.standing: Standing = "awaited"
        self.refusal: TopicRefused | None = None
        self.repair_count = 0  # how often something was missing and had to be asked for again
        self.feed = Feed(reduce)
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._is_fresh = is_fresh
        self._leave = leave
        self._iterators: WeakSet[EventIterator[Any]] = WeakSet()
        self._busy_iterators: set[EventIterator[Any]] = set()
        self._moved: asyncio.Future[None] | None = None
        self._has_ended = False
        self._failure: Exception | None = None

    @property
    def lane(self) -> Lane | None:
        """The rule this topic follows; None before the first answer."""
        return self.feed.lane

    @property
    def is_current(self) -> bool:
        """Whether what is known is what the server says now: only then may it be shown, or acted upon, as live."""
        return self.standing == "current" and self._is_fresh()

    @property
    def image(self) -> Image:
        """The state of the topic; of a conflated one the value of each key."""
        if self.lane == "conflated":
            return self.feed.conflated.values()  # type: ignore[return-value]  # JSON is what the topic's type promises
        state = self.feed.ephemeral if self.lane == "ephemeral" else self.feed.sequenced
        return state.image  # type: ignore[return-value]  # likewise

    @property
    def conflated(self) -> ConflatedState:
        """Versions and values of a conflated topic."""
        return self.feed.conflated

    @property
    def sequenced(self) -> SequencedState:
        """Position and image of a sequenced topic."""
        return self.feed.sequenced

    @property
    def ephemeral(self) -> EphemeralState:
        """Image of an ephemeral topic."""
        return self.feed.ephemeral

    def __aiter__(self) -> EventIterator[Event]:
        iterator: EventIterator[Event] = EventIterator(self.feed.make_snapshot, self._busy_iterators)
        self._iterators.add(iterator)
        if self._has_ended or self.refusal is not None:
            iterator.end(self._failure or self.refusal)
        return iterator

    async def until(self, holds: Callable[[Self], bool], *, timeout: float | None = None) -> None:  # noqa: ASYNC109  # raised by name, as wait_for does
        """Wait until something holds of the state. Raises TimeoutError, or Closed where nothing can change any more."""
        async with asyncio.timeout(timeout):
            while not holds(self):
                if self._has_ended:
                    raise self._failure or Closed
                if self._moved is None:
                    self._moved = asyncio.get_running_loop().create_future()
                await asyncio.shield(self._moved)

    def end(self) -> None:
        """Hear the topic no more."""
        self._leave(self)

    def take(self, events: Sequence[AnyEvent]) -> None:
        """What a frame brought, for those who wait for it. Called by the client."""
        for iterator in tuple(self._iterators):
            iterator.push(events)
        self._wake()

    def stand(self, standing: Standing, refusal: TopicRefused | None = None) -> bool:
        """Note how the topic stands; True if that is news. Called by the client."""
        is_news = standing != self.standing
        self.standing, self.refusal = standing, refusal
        if refusal is not None:
            self._settle(refusal)
            self._end_iterators(refusal)
        elif standing == "current":
            self._settle(None)
        self._wake()
        return is_news

    def finish(self, failure: Exception | None) -> None:
        """Nothing more comes. Called by the client."""
        if self._has_ended:
            return
        self._has_ended = True
        self._failure = failure
        self._settle(failure or Closed())
        self._end_iterators(failure)
        self._wake()

    def _settle(self, failure: Exception | None) -> None:
        if self.ready.done():
            return
        if failure is None:
            self.ready.set_result(None)
        else:
            self.ready.set_exception(failure)
            self.ready.exception()  # whoever does not wait for it has no use for its failure

    def _end_iterators(self, failure: Exception | None) -> None:
        for iterator in tuple(self._iterators):
            iterator.end(failure)
        self._iterators.clear()

    def _wake(self) -> None:
        if self._moved is not None and not self._moved.done():
            self._moved.set_result(None)
        self._moved = None
