"""Writes to one socket: straight into the kernel where nothing waits, else behind what waits. Order always holds.

A frame that the kernel took only in part hands its tail to the transport; what comes after it queues here as whole
frames, so that it can still be left out, and follows when the transport has run empty.
"""

import socket
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from twisted.internet import tcp

from project.server.transport import count_unsent
from realtime.hub.writer import SendNow

HAND_OVER_BYTES: Final = 64 * 1024  # what the transport gets at once
SEND_BUFFER_BYTES: Final = 64 * 1024  # Linux doubles it. More would hide from us that a reader has fallen behind.
SEND_BUFFER: Final = (socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)


class SocketWriter:
    """`scope["extensions"]["touchline.writer"]`; realtime/hub/writer.py says what is expected of one."""

    __slots__ = (
        "_handed_bytes",
        "_is_over",
        "_is_registering",
        "_is_sealed",
        "_is_waiting",
        "_queue",
        "_queued_bytes",
        "_socket_send",
        "_transport",
        "close",
        "direct",
        "on_drained",
        "on_switch",
    )

    def __init__(self, transport: Any, close: Callable[[int], None]) -> None:  # Twisted's transports have no one type
        self.direct: SendNow | None = None
        self.on_switch: Callable[[], None] | None = None
        self.close = close
        self.on_drained: Callable[[], None] | None = None
        self._transport = transport
        self._socket_send: SendNow | None = None
        self._queue: deque[bytes] = deque()
        self._queued_bytes = 0
        self._handed_bytes = 0  # to the transport, ever
        self._is_waiting = False
        self._is_registering = False
        self._is_over = False
        self._is_sealed = False
        self._find_socket()

    def write(self, frame: Any) -> None:
        """Write a frame of the hub: anything with its bytes as `wire`."""
        self.write_bytes(frame.wire)

    def write_bytes(self, data: bytes) -> None:
        """Write whole frames, behind what waits."""
        try:
            taken = 0 if self.direct is None else self.direct(data)
        except BlockingIOError:
            taken = 0
        except OSError:
            self.end()  # the connection is gone; the reactor is told by the same error when it reads
            return
        if taken != len(data):
            self.keep(data, taken)

    def write_last(self, data: bytes) -> None:
        """Write a close frame: nothing may follow it."""
        self.write_bytes(data)
        self._is_sealed = True
        self._switch(None)

    def keep(self, data: bytes, taken: int) -> None:
        """Let wait what `direct` did not take: a tail that must follow at once, or a whole frame."""
        if self._is_over or self._is_sealed:
            return
        self._switch(None)
        if taken > 0:
            self._hand_over(data[taken:])
            return
        self._queue.append(data)
        self._queued_bytes += len(data)
        if not self._is_waiting:
            self._hand_over(b"")

    def get_unsent_bytes(self) -> int:
        """What the kernel has not taken yet. A transport that hides its buffer counts as empty."""
        return self._queued_bytes + self._get_handed_bytes() if self._is_waiting else 0

    def get_progress(self) -> int:
        """Bytes that have left of all that had to wait."""
        return self._handed_bytes - self._get_handed_bytes()

    def drop_unsent(self) -> None:
        """Leave out the frames that have not begun to leave: a reader too slow would never get to what follows."""
        self._queue.clear()
        self._queued_bytes = 0

    def end(self) -> None:
        """Nothing is written any more."""
        self._is_over = True
        self.on_drained = None
        self.drop_unsent()
        self._switch(None)

    def resumeProducing(self) -> None:  # noqa: N802  Twisted's name
        """The transport has run empty."""
        if self._is_registering:
            return
        if self._queue:
            data = self._take_queued()
            self._handed_bytes += len(data)
            self._transport.write(data)
            return
        self._is_waiting = False
        self._transport.unregisterProducer()
        if self._is_over:
            return
        if self._socket_send is not None and not self._is_sealed:
            self._switch(self._socket_send)
        if self.on_drained is not None:
            self.on_drained()

    def stopProducing(self) -> None:  # noqa: N802  Twisted's name
        """The connection is gone."""
        self.end()

    def _find_socket(self) -> None:
        """Only a plain connection can be written to directly: TLS encrypts in this process."""
        transport = self._transport
        transport.unregisterProducer()  # an HTTP channel that had this connection before
        if not isinstance(transport, tcp.Server) or transport.TLS:
            return
        transport.socket.setsockopt(*SEND_BUFFER)
        self._socket_send = transport.socket.send
        if count_unsent(transport):
            self._hand_over(b"")  # an answer of before is still leaving
        else:
            self.direct = self._socket_send

    def _switch(self, direct: SendNow | None) -> None:
        if direct is not self.direct:
            self.direct = direct
            if self.on_switch is not None:
                self.on_switch()

    def _hand_over(self, tail: bytes) -> None:
        data = tail or self._take_queued()
        self._is_waiting = True
        self._is_registering = True  # registering asks for data at once
        self._transport.registerProducer(self, False)
        self._is_registering = False
        self._handed_bytes += len(data)
        self._transport.write(data)

    def _get_handed_bytes(self) -> int:
        return 0 if self._socket_send is None else count_unsent(self._transport)

    def _take_queued(self) -> bytes:
        if not self._queue:
            return b""
        taken = [self._queue.popleft()]
        size = len(taken[0])
        while self._queue and size + len(self._queue[0]) <= HAND_OVER_BYTES:
            taken.append(self._queue.popleft())
            size += len(taken[-1])
        self._queued_bytes -= size
        return b"".join(taken)
