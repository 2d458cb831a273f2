"""HTTP requests under limits daphne lacks, with what the application may know of the transport beneath them."""

from tempfile import TemporaryFile
from typing import Any, Final

from daphne.http_protocol import WebRequest
from django.conf import settings

from project.server.socket_writer import SEND_BUFFER
from project.server.transport import count_unsent
from project.server.upgrade import refusal

# Twice what the application accepts, so that its own refusal, which says more, comes first where it can.
BODY_BYTES_MAX: Final = 2 * settings.UPLOAD_BYTES_MAX
MEMORY_BYTES_MAX: Final = 8 * 1024  # of a body while it arrives
EVENT_STREAM: Final = b"text/event-stream"


class RequestTransport:
    """`scope["extensions"]["touchline.transport"]`: how far the other end is behind, and a way to end it."""

    __slots__ = ("_request",)

    def __init__(self, request: WebRequest) -> None:
        self._request = request

    def get_unsent_bytes(self) -> int:
        """What the kernel has not taken yet."""
        transport = self._find_transport()
        return 0 if transport is None else count_unsent(transport)

    def keep_little(self) -> None:
        """Let the kernel hide no more of what a reader has not taken than it does for a socket."""
        transport = self._find_transport()
        if transport is not None:
            transport.getHandle().setsockopt(*SEND_BUFFER)

    def abort(self) -> None:
        """End the connection with whatever is unsent."""
        transport = self._find_transport()
        if transport is not None:
            transport.abortConnection()

    def _find_transport(self) -> Any:
        channel = getattr(self._request, "channel", None)  # Twisted deletes it when the response has ended
        return None if channel is None else channel.transport


class BoundedRequest(WebRequest):  # type: ignore[misc]  # daphne ships no types
    """Drops the connection of a body that is too large, announced or not, before it fills the memory."""

    received = 0

    def gotLength(self, length: int | None) -> None:  # noqa: N802  Twisted's name
        if length is not None and length > BODY_BYTES_MAX:
            self._drop()
        super().gotLength(length)
        if length is None or length > MEMORY_BYTES_MAX:
            # Twisted keeps 100 kB in memory, which many slow bodies add up.
            self.content = TemporaryFile()  # noqa: SIM115  closed with the request

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802  Twisted's name
        self.received += len(data)
        if self.received > BODY_BYTES_MAX:
            self._drop()
            return
        super().handleContentChunk(data)

    def check_timeouts(self) -> None:
        """daphne ends every response after a minute; a stream of events is meant to last."""
        kinds = self.responseHeaders.getRawHeaders(b"content-type") or [b""]
        if not kinds[0].startswith(EVENT_STREAM):
            super().check_timeouts()

    def _drop(self) -> None:
        transport = self.channel.transport
        transport.write(refusal(413, "Content Too Large"))
        transport.loseConnection()
