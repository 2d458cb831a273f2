"""How frames leave the process: straight into the socket where the server allows it, else through ASGI `send`."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Protocol

from realtime.core.encoding import Frame

Send = Callable[[dict[str, Any]], Awaitable[None]]
SendNow = Callable[[bytes], int]

EXTENSION: Final = "touchline.writer"
CLOSE_WITHIN_S: Final = 1.0  # a reader that takes nothing must not hold up the close


class Writer(Protocol):
    """Writes without waiting, in order, and says how much the other side has not taken yet.

    `direct` is the quick way, or None while something waits that may not be overtaken: it tries to write bytes at once
    and returns how many the kernel took; whoever called it passes what was not taken to `keep`. It may raise OSError.
    `on_switch` is called whenever `direct` has changed, `on_drained` whenever everything that waited has left.
    `get_progress` counts the bytes that have left of those that had to wait.
    """

    direct: SendNow | None
    close: Callable[[int], None]
    on_switch: Callable[[], None] | None
    on_drained: Callable[[], None] | None

    def write(self, frame: Frame) -> None: ...

    def keep(self, data: bytes, taken: int) -> None: ...

    def get_unsent_bytes(self) -> int: ...

    def get_progress(self) -> int: ...

    def drop_unsent(self) -> None: ...


def make_writer(scope: Mapping[str, Any], send: Send) -> Writer:
    """The fastest writer this server allows."""
    writer: Writer | None = (scope.get("extensions") or {}).get(EXTENSION)
    return writer or QueueWriter(send)


class QueueWriter:
    """For any other ASGI server: a queue and one task that waits for the server to take each frame."""

    def __init__(self, send: Send) -> None:
        self.direct: SendNow | None = None
        self.on_switch: Callable[[], None] | None = None
        self.close: Callable[[int], None] = self._close
        self.on_drained: Callable[[], None] | None = None
        self._send = send
        self._queue: deque[Frame] = deque()
        self._unsent_bytes = 0
        self._sent_bytes = 0
        self._sending: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None
        self._is_closed = False

    def write(self, frame: Frame) -> None:
        if self._is_closed:
            return
        self._queue.append(frame)
        self._unsent_bytes += len(frame.wire)
        if self._sending is None or self._sending.done():
            self._sending = asyncio.ensure_future(self._drain())

    def keep(self, data: bytes, taken: int) -> None:
        raise NotImplementedError("nothing is ever tried at once here: frames come through `write`")

    def get_unsent_bytes(self) -> int:
        return self._unsent_bytes

    def get_progress(self) -> int:
        return self._sent_bytes

    def drop_unsent(self) -> None:
        """Leave out what the server was not given yet."""
        while self._queue:
            self._unsent_bytes -= len(self._queue.pop().wire)

    def _close(self, code: int) -> None:
        self._is_closed = True
        self._closing = asyncio.ensure_future(self._end(code))

    async def _end(self, code: int) -> None:
        if self._sending is not None:
            await asyncio.wait([self._sending], timeout=CLOSE_WITHIN_S)
        await self._send({"type": "websocket.close", "code": code})

    async def _drain(self) -> None:
        while self._queue:
            frame = self._queue.popleft()
            try:
                await self._send({"type": "websocket.send", "text": frame.text})
            except OSError:
                self._is_closed = True  # the client is gone; the consumer hears of it by its own message
                self._queue.clear()
                self._unsent_bytes = 0
                return
            self._unsent_bytes -= len(frame.wire)
            self._sent_bytes += len(frame.wire)
        if self.on_drained is not None and not self._is_closed:
            self.on_drained()
