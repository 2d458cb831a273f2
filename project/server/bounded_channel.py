"""HTTP on one connection under limits Twisted lacks: a request arrives at a pace, and answers do not pile up unread.

Twisted restarts its timeout with every byte, so a request of one byte a minute never ends; and it goes on answering
requests that were sent in one breath although nobody reads the answers.
"""

import time
from typing import Any, Final

from twisted.web.http import HTTPChannel

from project.server.upgrade import refusal

# The server looks every two seconds, so that what is overdue ends within ten.
HEAD_WITHIN_S: Final = 8.0  # a request line and its headers are a few packets, on a bad line a few seconds
PACE_WINDOW_S: Final = 8.0
BODY_BYTES_PER_WINDOW: Final = 8 * 1024  # the slowest phone sends ten times that
ABORT_AFTER_S: Final = 5  # a connection we close and that will not drain is cut


class BoundedChannel(HTTPChannel):  # type: ignore[misc]  # Twisted's types know no factory of ours
    """The server looks every two seconds at those that are reading a request or are not being read."""

    abortTimeout = ABORT_AFTER_S  # noqa: N815  Twisted's name

    def __init__(self) -> None:
        super().__init__()
        self._request_began_at: float | None = None
        self._window_began_at = 0.0
        self._window_bytes = 0
        self._unread_bytes = 0
        self._held_request: Any = None

    @property
    def is_idle(self) -> bool:
        """Whether no request is on its way, and every answer has left."""
        return not (self.requests or self._buffer or self._held_request or self._count_unread())

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
        if request is not None:
            self.requests.insert(0, request)
            super().requestDone(request)

    def connectionLost(self, reason: Any) -> None:  # noqa: N802  Twisted's name
        self._forget()
        super().connectionLost(reason)

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
