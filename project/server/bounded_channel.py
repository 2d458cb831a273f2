"""HTTP on one connection under limits Twisted lacks: a request arrives at a pace, and answers do not pile up unread.

Twisted restarts its timeout with every byte, so a request of one byte a minute never ends; and it goes on answering
requests that were sent in one breath although nobody reads the answers.
"""

import time
from collections.abc import Iterable
from typing import Any, Final

from twisted.web.http import HTTPChannel

from project.server.exchange import Exchange
from project.server.transport import write_at_once
from project.server.upgrade import refusal
from project.server.whole_request import read_whole, write_whole

# The server looks every two seconds, so that what is overdue ends within ten.
HEAD_WITHIN_S: Final = 8.0  # a request line and its headers are a few packets, on a bad line a few seconds
PACE_WINDOW_S: Final = 8.0
BODY_BYTES_PER_WINDOW: Final = 8 * 1024  # the slowest phone sends ten times that
ABORT_AFTER_S: Final = 5  # a connection we close and that will not drain is cut
CLOSE: Final = (b"Connection", b"close")


class BoundedChannel(HTTPChannel):  # type: ignore[misc]  # Twisted's types know no factory of ours
    """The server looks every two seconds at those that are reading a request or are not being read."""

    abortTimeout = ABORT_AFTER_S  # noqa: N815  Twisted's name
    _dataBuffer: list[bytes]  # noqa: N815  Twisted's: what comes while a request is answered

    def __init__(self) -> None:
        super().__init__()
        self._request_began_at: float | None = None
        self._window_began_at = 0.0
        self._window_bytes = 0
        self._unread_bytes = 0
        self._held_request: Any = None
        self._exchange: Exchange | None = None
        self._is_holding = False  # an answer that came in one piece has to be read before the next request is
        self._ends: dict[str, Any] | None = None  # of the connection, as scopes name them

    @property
    def is_idle(self) -> bool:
        """Whether no request is on its way, and every answer has left."""
        is_busy = self.requests or self._buffer or self._held_request or self._exchange is not None
        return not (is_busy or self._count_unread())

    def connectionMade(self) -> None:  # noqa: N802  Twisted's name
        super().connectionMade()
        self.factory.server.channels.add(self)

    def checkPersistence(self, request: Any, version: bytes) -> bool:  # noqa: N802  Twisted's name
        """A server that is ending answers once more on each connection."""
        is_kept = bool(super().checkPersistence(request, version))
        if is_kept and self.factory.server.is_ending:
            request.responseHeaders.setRawHeaders(b"Connection", [b"close"])
            return False
        return is_kept

    def end_after_answer(self) -> None:
        """The server is ending: what is asked is answered, then the connection ends."""
        for request in self.requests:
            self.persistent = False
            if not request.startedWriting:
                request.responseHeaders.setRawHeaders(b"Connection", [b"close"])

    def dataReceived(self, data: bytes) -> None:  # noqa: N802  Twisted's name
        server = self.factory.server
        if data.startswith(server.whole_line) and self._is_between_requests():
            whole = read_whole(data, server.whole_line)
            if whole is not None:
                self._serve_whole(*whole)
                return
        super().dataReceived(data)
        if getattr(self.transport, "protocol", self) is not self:
            self._forget()  # it became a socket, which will be told of the end in our place
            return
        self._window_bytes += len(data)
        if self._window_bytes >= BODY_BYTES_PER_WINDOW:
            self._window_began_at, self._window_bytes = time.monotonic(), 0
        # `requests` holds a request from its first line on, the buffer a line that has not ended.
        is_reading = not self._handlingRequest and bool(self.requests or self._buffer)
        if not is_reading:
            self._request_began_at = None
        elif self._request_began_at is None:
            self._request_began_at = time.monotonic()
            self._watch()

    def rawDataReceived(self, data: bytes) -> None:  # noqa: N802  Twisted's name
        """What follows an upgrade in the same packet is the socket's, which reads in our place from now on."""
        successor = getattr(self.transport, "protocol", None)
        if self._handlingRequest and successor is not None and successor is not self:
            successor.dataReceived(data)
        else:
            super().rawDataReceived(data)

    def requestDone(self, request: Any) -> None:  # noqa: N802  Twisted's name
        """The next request waits until the other end has read the answers to those before."""
        if self._waitingForTransport and self.persistent:
            self.requests.remove(request)  # nobody needs to tell it that the connection is lost
            self._held_request = request
        else:
            super().requestDone(request)

    def pauseProducing(self) -> None:  # noqa: N802  Twisted's name
        """More than Twisted's buffer is unread."""
        super().pauseProducing()
        self._watch()

    def resumeProducing(self) -> None:  # noqa: N802  Twisted's name
        """All was read."""
        super().resumeProducing()
        if self._request_began_at is not None:
            self._request_began_at = time.monotonic()  # reading it had to wait for this
        request, self._held_request = self._held_request, None
        if self._is_holding:
            self._networkProducer.resumeProducing()
            self._go_on()
        if request is not None:
            self.requests.insert(0, request)
            super().requestDone(request)

    def timeoutConnection(self) -> None:  # noqa: N802  Twisted's name
        """Nothing was heard for a while. Nothing need be while an answer is on its way."""
        if self._exchange is None:
            super().timeoutConnection()
        else:
            self.setTimeout(self.timeOut)

    def connectionLost(self, reason: Any) -> None:  # noqa: N802  Twisted's name
        if self._exchange is not None:
            self._exchange.lose()
        self._forget()
        super().connectionLost(reason)

    def _is_between_requests(self) -> bool:
        """Whether the next byte begins a request, and nobody is behind with reading answers."""
        is_busy = self.requests or self._buffer or self._busyReceiving or self._handlingRequest
        return not is_busy and self.line_mode and self.persistent and not self._waitingForTransport

    def _serve_whole(self, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        """As Twisted does from `allContentReceived` on: what comes meanwhile is kept, up to a limit."""
        self.resetTimeout()
        self._handlingRequest = True
        self.setRawMode()
        self._exchange = Exchange(body, self._answer_whole)
        self.factory.server.begin_exchange(self._exchange, self._make_ends(), headers)

    def _answer_whole(self, status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes) -> None:
        server = self.factory.server
        self._exchange = None
        self.persistent = not server.is_ending
        own = [(b"Server", server.server_name.encode())] if self.persistent else [CLOSE]
        write_at_once(self.transport, write_whole(status, (*headers, *own), body))
        if not self.persistent:
            self.loseConnection()
        elif self._waitingForTransport:
            self._is_holding = True
            self._networkProducer.pauseProducing()
        else:
            self._go_on()

    def _go_on(self) -> None:
        """As Twisted does in `requestDone`: the next request, which may have come already."""
        self._is_holding = False
        self._handlingRequest = False
        self.resetTimeout()
        self.setLineMode()
        if self._dataBuffer:
            data, self._dataBuffer = b"".join(self._dataBuffer), []
            self._networkProducer.resumeProducing()  # it was paused where much had come
            self.dataReceived(data)

    def _make_ends(self) -> dict[str, Any]:
        if self._ends is None:
            peer, host = self.transport.getPeer(), self.transport.getHost()
            has_address = hasattr(peer, "host")  # a UNIX socket has none
            self._ends = {
                "client": [str(peer.host), peer.port] if has_address else None,
                "server": [str(host.host), host.port] if has_address else None,
                "scheme": "https" if self.isSecure() else "http",
            }
        return self._ends

    def check_opening(self, now: float) -> None:
        """Called by the server every two seconds while this is watched."""
        if self._request_began_at is None and not self._waitingForTransport:
            self.factory.server.opening.pop(self, None)
        elif self._is_head_overdue(now):
            self.transport.write(refusal(408, "Request Timeout"))
            self.loseConnection()
            self.factory.server.opening.pop(self, None)
        else:
            self._check_pace(now)

    def _is_head_overdue(self, now: float) -> bool:
        if self._request_began_at is None or self._waitingForTransport:
            return False
        return bool(self.line_mode) and now - self._request_began_at > HEAD_WITHIN_S

    def _check_pace(self, now: float) -> None:
        """Nothing taken of the answer, or next to nothing given of the request, for a whole window ends it."""
        unread_bytes = self._count_unread()
        if self._waitingForTransport and unread_bytes < self._unread_bytes:
            self._window_began_at, self._unread_bytes = now, unread_bytes
        elif now - self._window_began_at > PACE_WINDOW_S:
            self.transport.abortConnection()

    def _count_unread(self) -> int:
        transport = self.transport
        return int(len(transport.dataBuffer) - transport.offset + transport._tempDataLen)

    def _watch(self) -> None:
        now = time.monotonic()
        self.factory.server.opening.setdefault(self, now)
        self._window_began_at, self._window_bytes, self._unread_bytes = now, 0, self._count_unread()

    def _forget(self) -> None:
        self.factory.server.opening.pop(self, None)
        self.factory.server.channels.discard(self)
