"""How frames leave the process: straight into daphne's transport where it is reachable, else through ASGI `send`."""

import asyncio
import functools
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from realtime.core.encoding import Frame

Send = Callable[[dict[str, Any]], Awaitable[None]]


class Writer(Protocol):
    """Writes without waiting and says how much the other side has not taken yet."""

    def write(self, frame: Frame) -> None: ...

    def get_unsent_bytes(self) -> int: ...

    async def close(self, code: int) -> None: ...


def make_writer(send: Send) -> Writer:
    """The fastest writer this server allows. daphne gives its protocol away as the first argument of `send`."""
    if isinstance(send, functools.partial) and send.args and hasattr(send.args[0], "sendData"):
        return TransportWriter(send.args[0], send)
    return QueueWriter(send)


class TransportWriter:
    """Hands the same bytes to every socket's transport: nothing is copied or encoded per socket.

    daphne ignores the transport's back-pressure, so its buffer is what the bound on slow readers looks at.
    """

    def __init__(self, protocol: Any, send: Send) -> None:  # autobahn's protocol has no types
        self._protocol = protocol
        self._send = send

    def write(self, frame: Frame) -> None:
        # sendData keeps the order with frames autobahn has queued itself; after the close frame nothing may follow.
        if self._protocol.state == self._protocol.STATE_OPEN:
            self._protocol.sendData(frame.wire)

    def get_unsent_bytes(self) -> int:
        transport = self._protocol.transport
        buffered = len(getattr(transport, "dataBuffer", b"")) - getattr(transport, "offset", 0)
        return int(buffered + getattr(transport, "_tempDataLen", 0))

    async def close(self, code: int) -> None:
        await self._send({"type": "websocket.close", "code": code})


class QueueWriter:
    """For any other ASGI server: a queue and one task that waits for the server to take each frame."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._queue: deque[Frame] = deque()
        self._unsent_bytes = 0
        self._sending: asyncio.Task[None] | None = None
        self._is_closed = False

    def write(self, frame: Frame) -> None:
        if self._is_closed:
            return
        self._queue.append(frame)
        self._unsent_bytes += len(frame.wire)
        if self._sending is None or self._sending.done():
            self._sending = asyncio.ensure_future(self._drain())

    def get_unsent_bytes(self) -> int:
        return self._unsent_bytes

    async def close(self, code: int) -> None:
        self._is_closed = True
        if self._sending is not None:
            await asyncio.wait([self._sending], timeout=1.0)  # a reader that takes nothing must not hold up the close
        await self._send({"type": "websocket.close", "code": code})

    async def _drain(self) -> None:
        while self._queue:
            frame = self._queue.popleft()
            try:
                await self._send({"type": "websocket.send", "text": frame.text})
            except OSError:
                self._is_closed = True  # the client is gone; the consumer hears of it by its own message
                self._queue.clear()
            self._unsent_bytes -= len(frame.wire)
        self._unsent_bytes = 0
