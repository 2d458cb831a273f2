"""The writer of one event stream: frames leave as server-sent events in the body of an HTTP response."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from realtime.core.encoding import Frame
from realtime.core.event_stream import EventStream
from realtime.core.limits import SLOW_FOR_S
from realtime.hub.writer import CLOSE_WITHIN_S, Send, SendNow

EXTENSION: Final = "touchline.transport"
LOOK_EVERY_S: Final = 0.05  # at what the server has still to send
# Images are kept back until every topic is known to be served, so that a refusal is an answer and not an event; more
# than this is not kept.
HELD_BYTES_MAX: Final = 256 * 1024


class Transport(Protocol):
    """What a server of ours tells about the connection beneath a response."""

    def get_unsent_bytes(self) -> int: ...

    def keep_little(self) -> None: ...

    def abort(self) -> None: ...


class _UnknownTransport:
    """Any other server: its `send` waits until the reader has taken enough, so nothing piles up behind it."""

    def get_unsent_bytes(self) -> int:
        return 0

    def keep_little(self) -> None:
        return

    def abort(self) -> None:
        return


def find_transport(scope: Mapping[str, Any]) -> Transport:
    """The transport beneath a response, as far as the server lets it be known."""
    transport: Transport | None = (scope.get("extensions") or {}).get(EXTENSION)
    return transport or _UnknownTransport()


class EventWriter:
    """Keeps everything until `open`, so that a refusal can still be answered; then one task sends what has come.

    `on_much_held` is called when more is kept than should be: whoever replays waits for a reader to take it. `over` is
    set once nothing more will be sent.
    """

    def __init__(self, send: Send, transport: Transport, events: EventStream) -> None:
        self.direct: SendNow | None = None
        self.on_switch: Callable[[], None] | None = None
        self.close: Callable[[int], None] = self._close
        self.on_drained: Callable[[], None] | None = None
        self.on_much_held: Callable[[], object] | None = None
        self.over = asyncio.Event()
        self._send = send
        self._transport = transport
        self._events = events
        self._queue: deque[bytes] = deque()
        self._written_bytes = 0
        self._unsent_bytes = 0  # of those, what the server was not given yet
        self._is_open = False
        self._is_closed = False
        self._sending: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None
        self._look: asyncio.Handle | None = None

    def open(self, opening: bytes) -> None:
        """The response has begun: send `opening`, then what was kept, then the end if it has come already."""
        self._is_open = True
        self._transport.keep_little()
        self._queue.appendleft(opening)
        self._count(len(opening))
        self._wake()
        if self._is_closed:
            self._close(0)

    def write(self, frame: Frame) -> None:
        if self._is_closed:
            return
        event = self._events.write(frame)
        self._queue.append(event)
        self._count(len(event))
        self._wake()
        if not self._is_open and self._unsent_bytes > HELD_BYTES_MAX and self.on_much_held is not None:
            self.on_much_held()

    def keep(self, data: bytes, taken: int) -> None:
        raise NotImplementedError("nothing is ever tried at once here: frames come through `write`")

    def get_unsent_bytes(self) -> int:
        return self._unsent_bytes + self._transport.get_unsent_bytes()

    def get_progress(self) -> int:
        return self._written_bytes - self.get_unsent_bytes()

    def drop_unsent(self) -> None:
        """Leaves out nothing: a reader that is merely slow comes back from where what it still takes has brought it."""

    def abandon(self) -> None:
        """The reader has gone: nothing more is sent."""
        self._is_closed = True
        self._queue.clear()
        for work in (self._sending, self._closing, self._look):
            if work is not None:
                work.cancel()
        self.over.set()

    def _close(self, code: int) -> None:
        self._is_closed = True
        if self._is_open:
            self._closing = asyncio.ensure_future(self._end())

    def _count(self, size: int) -> None:
        self._written_bytes += size
        self._unsent_bytes += size

    def _wake(self) -> None:
        if self._is_open and (self._sending is None or self._sending.done()):
            self._sending = asyncio.ensure_future(self._drain())

    async def _drain(self) -> None:
        while self._queue:
            body = b"".join(self._queue)
            self._queue.clear()
            try:
                await self._send({"type": "http.response.body", "body": body, "more_body": True})
            except OSError:
                self.abandon()
                return
            self._unsent_bytes -= len(body)
        if self._look is None:
            # Not from here: what is written then needs this task to have ended.
            self._look = asyncio.get_running_loop().call_soon(self._tell_drained)

    def _tell_drained(self) -> None:
        """Once the server has sent what it was given as well. It does not say when, so it is looked at."""
        self._look = None
        if self._is_closed:
            return
        if self.get_unsent_bytes():
            self._look = asyncio.get_running_loop().call_later(LOOK_EVERY_S, self._tell_drained)
        elif self.on_drained is not None:
            self.on_drained()

    async def _end(self) -> None:
        """Finish the response; a reader that takes nothing is cut off."""
        if self._sending is not None:
            await asyncio.wait([self._sending], timeout=CLOSE_WITHIN_S)
            self._sending.cancel()
        if await self._is_all_sent():
            with contextlib.suppress(OSError, TimeoutError):
                await asyncio.wait_for(self._send({"type": "http.response.body", "body": b""}), CLOSE_WITHIN_S)
        else:
            self._transport.abort()
        self.over.set()

    async def _is_all_sent(self) -> bool:
        """False for a reader that takes nothing while a goodbye is waited for, or not all of it in ten times that."""
        unsent_bytes, still_s, looked_s = self._transport.get_unsent_bytes(), 0.0, 0.0
        while unsent_bytes and still_s < CLOSE_WITHIN_S and looked_s < SLOW_FOR_S:
            await asyncio.sleep(LOOK_EVERY_S)
            before, unsent_bytes = unsent_bytes, self._transport.get_unsent_bytes()
            still_s = still_s + LOOK_EVERY_S if unsent_bytes >= before else 0.0
            looked_s += LOOK_EVERY_S
        return not unsent_bytes
