"""The WebSocket protocol of this server: it takes autobahn's place below daphne and costs a fraction of it.

autobahn parses the opening request a second time, prints its settings into a log line nobody reads, and keeps some
seventy members for each socket; docs/decisions has the figures. tests/realtime/rfc6455 holds this one to the standard.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from daphne.utils import parse_x_forwarded_for
from twisted.internet.protocol import Protocol

from project.server.frame_reader import (
    Close,
    FrameReader,
    Message,
    Opcode,
    Ping,
    Received,
    Violation,
    close_frame,
    control_frame,
    data_frame,
)
from project.server.socket_writer import SocketWriter
from project.server.upgrade import (
    HEAD_BYTES_MAX,
    UpgradeRefused,
    UpgradeRequest,
    accept_response,
    read_upgrade,
    refusal,
)
from realtime.core.token_bucket import TokenBucket

OPENING_WITHIN_S: Final = 8.0  # a phone on a bad line opens in two or three; with the look it is ten at most
CLOSE_WITHIN_S: Final = 2.0  # how long the other end has to answer our close
SILENT_FOR_S: Final = 20.0  # then we ask whether the other end is there
GONE_AFTER_S: Final = 50.0
PONG_BELOW_BYTES: Final = 16 * 1024  # who does not read our answers gets no more of them
EARLY_BYTES_MAX: Final = 64 * 1024  # frames sent before the answer to the opening request
FRAMES_AFTER_CLOSE_MAX: Final = 1_000  # what was on its way when we closed
ABNORMAL: Final = 1006
INTERNAL_ERROR: Final = 1011


@dataclass(frozen=True)
class SocketRules:
    """What the site wants of every socket."""

    message_bytes_max: int
    too_large_code: int
    flood_code: int
    # Frames of all kinds; messages have a stricter limit of their own behind this one.
    frames_per_s: int = 500
    frames_burst: int = 1_000


class SocketProtocol(Protocol):  # type: ignore[misc]  # Twisted's types are left out
    """One connection from its opening request to its end, between Twisted's transport and daphne's application."""

    application_type = "websocket"

    def __init__(self, server: Any, rules: SocketRules, *, opened_at: float) -> None:  # daphne's server has no types
        self.server = server
        self.rules = rules
        self.opened_at = self.heard_at = opened_at
        self.state = "opening"
        self.client_addr: list[Any] | None = None
        self._head = b""
        self._request: UpgradeRequest | None = None
        self._reader = FrameReader(
            limit=rules.message_bytes_max, too_large_code=rules.too_large_code, flood_code=rules.flood_code
        )
        self._bucket = TokenBucket(per_s=rules.frames_per_s, burst=rules.frames_burst, at=self.opened_at)
        self._writer: SocketWriter | None = None
        self._put: Callable[[dict[str, Any]], None] | None = None
        self._has_asked = False
        self._close_code = ABNORMAL
        self._frames_at_close = 0
        self._give_up: Any = None  # a delayed call

    # From Twisted

    def connectionMade(self) -> None:  # noqa: N802  Twisted's name
        self.server.opening[self] = self.opened_at

    def dataReceived(self, data: bytes) -> None:  # noqa: N802  Twisted's name
        self.heard_at = time.monotonic()
        self._has_asked = False
        if self.state == "open":
            self._hear(data)
        elif self.state == "opening":
            self._read_head(data)
        elif self.state == "deciding":
            self._head += data
            if len(self._head) > EARLY_BYTES_MAX:
                self.transport.abortConnection()
        elif self.state == "closing":
            self._look_for_close(data)

    def connectionLost(self, reason: Any = None) -> None:  # noqa: N802  Twisted's name
        self.server.opening.pop(self, None)
        self.state = "closed"
        if self._give_up is not None and self._give_up.active():
            self._give_up.cancel()
        if self._writer is not None:
            self._writer.end()
        self._tell_end()
        if self in self.server.connections:
            self.server.protocol_disconnected(self)

    # From daphne

    def handle_reply(self, message: dict[str, Any]) -> None:
        """An application's message. Raises ValueError for one that does not belong here."""
        kind = message["type"]
        if kind == "websocket.accept":
            self._accept(message.get("subprotocol"), message.get("headers") or [])
        elif kind == "websocket.send":
            self._send(message)
        elif kind == "websocket.close":
            self.close(int(message.get("code") or 1000), str(message.get("reason") or ""))
        else:
            raise ValueError(f"A socket cannot send {kind}")

    def handle_exception(self, exception: BaseException) -> None:
        """The application failed; daphne has logged it."""
        if self.state == "deciding":
            self._refuse(refusal(500, "Internal Server Error"))
        else:
            self.close(INTERNAL_ERROR)

    def check_timeouts(self) -> None:
        """Called by daphne every two seconds."""
        now = time.monotonic()
        if self.state == "deciding" and now - self.opened_at > OPENING_WITHIN_S:
            self._refuse(refusal(503, "Service Unavailable"))
        elif self.state == "open":
            if now - self.heard_at > GONE_AFTER_S:
                self.transport.abortConnection()
            elif now - self.heard_at > SILENT_FOR_S and not self._has_asked:
                self._has_asked = True
                self._answer(control_frame(Opcode.PING, b""))

    @property
    def is_idle(self) -> bool:
        """While its opening request is on its way it is not."""
        return self.state != "opening"

    def check_opening(self, now: float) -> None:
        """Called by the server every two seconds until the opening request is whole."""
        if now - self.opened_at > OPENING_WITHIN_S:
            self.transport.abortConnection()

    def close(self, code: int, reason: str = "") -> None:
        """Send a close frame and give the other end a moment to answer it."""
        if self.state in {"opening", "deciding"}:
            self._refuse(refusal(403, "Forbidden"))
        elif self.state == "open":
            self.state = "closing"
            self._close_code = code
            self._frames_at_close = self._reader.frames_read
            assert self._writer is not None
            self._writer.write_last(close_frame(code, reason))
            self._give_up = self.server.call_later(CLOSE_WITHIN_S, self.transport.abortConnection)

    def fail(self, code: int, reason: str) -> None:
        """Close for a fault of the other end, whose answer cannot be understood any more: nothing is read after it."""
        self.close(code, reason)
        self._reader.stop()
        self._tell_end()
        assert self._writer is not None
        # Only our side is shut: with bytes unread, ending the connection would take our close frame with it.
        if self._writer.get_unsent_bytes():
            self._writer.on_drained = self.transport.loseWriteConnection
        else:
            self.transport.loseWriteConnection()

    # The opening

    def _read_head(self, data: bytes) -> None:
        self._head += data
        end = self._head.find(b"\r\n\r\n", 0, HEAD_BYTES_MAX)
        if end < 0:
            if len(self._head) >= HEAD_BYTES_MAX:
                self._refuse(refusal(431, "Request Header Fields Too Large"))
            return
        self.server.opening.pop(self, None)
        head, self._head = self._head[: end + 4], self._head[end + 4 :]
        try:
            self._request = read_upgrade(head)
        except UpgradeRefused as refused:
            self._refuse(refused.response)
            return
        self._writer = SocketWriter(self.transport, self.close)
        self.state = "deciding"
        self.server.protocol_connected(self)
        queue = self.server.create_application(self, self._make_scope(self._request))
        self._put = queue.put_nowait
        self._put({"type": "websocket.connect"})

    def _make_scope(self, request: UpgradeRequest) -> dict[str, Any]:
        peer, host = self.transport.getPeer(), self.transport.getHost()
        self.client_addr = [peer.host, peer.port] if hasattr(peer, "port") else None
        if self.server.proxy_forwarded_address_header:
            self.client_addr, _ = parse_x_forwarded_for(
                dict(request.headers), self.server.proxy_forwarded_address_header, original_addr=self.client_addr
            )
        return {
            "type": "websocket",
            "path": request.path,
            "raw_path": request.raw_path,
            "root_path": "",
            "query_string": request.query_string,
            "headers": request.headers,
            "client": self.client_addr,
            "server": [host.host, host.port] if hasattr(host, "port") else None,
            "subprotocols": request.subprotocols,
            "extensions": {"touchline.writer": self._writer},
        }

    def _accept(self, subprotocol: str | None, headers: list[tuple[bytes, bytes]]) -> None:
        if self.state != "deciding":
            return
        assert self._writer is not None and self._request is not None
        self.transport.setTcpNoDelay(True)
        self._writer.write_bytes(accept_response(self._request.key, subprotocol=subprotocol, headers=headers))
        self.state = "open"
        self._request = None
        early, self._head = self._head, b""
        if early:
            self._hear(early)

    def _refuse(self, response: bytes) -> None:
        self.server.opening.pop(self, None)
        self.state = "closed"
        self.transport.write(response)
        self.transport.loseConnection()
        self._give_up = self.server.call_later(CLOSE_WITHIN_S, self.transport.abortConnection)

    # Frames

    def _hear(self, data: bytes) -> None:
        before = self._reader.frames_read
        # The reader stops where the limit is: a flood must not be read to its end before it is noticed.
        received = self._reader.feed(data, frames_max=int(self._bucket.count_tokens(self.heard_at)))
        self._bucket.take(self.heard_at, self._reader.frames_read - before)
        for each in received:
            self._take(each)

    def _look_for_close(self, data: bytes) -> None:
        """The answer to our close frame; whoever still sends other things is not listened to for long."""
        left = self._frames_at_close + FRAMES_AFTER_CLOSE_MAX - self._reader.frames_read
        for received in self._reader.feed(data, frames_max=max(0, left)):
            if isinstance(received, Close):
                self._end_connection()

    def _take(self, received: Received) -> None:
        if self.state != "open" or self._put is None:
            return
        match received:
            case Message(str() as text):
                self._put({"type": "websocket.receive", "text": text})
            case Message(content):
                self._put({"type": "websocket.receive", "bytes": content})
            case Ping(payload):
                self._answer(control_frame(Opcode.PONG, payload))
            case Close(code):
                self._answer_close(code)
            case Violation(code, reason):
                self.fail(code, reason)

    def _answer(self, frame: bytes) -> None:
        assert self._writer is not None
        if self._writer.get_unsent_bytes() < PONG_BELOW_BYTES:
            self._writer.write_bytes(frame)

    def _answer_close(self, code: int) -> None:
        assert self._writer is not None
        self.state = "closing"
        self._close_code = code
        self._writer.write_last(control_frame(Opcode.CLOSE, b"") if code == 1005 else close_frame(code))
        self._tell_end()
        self._end_connection()
        self._give_up = self.server.call_later(CLOSE_WITHIN_S, self.transport.abortConnection)

    def _tell_end(self) -> None:
        """The application need not wait until the connection itself is gone."""
        put, self._put = self._put, None
        if put is not None:
            put({"type": "websocket.disconnect", "code": self._close_code})

    def _end_connection(self) -> None:
        """As soon as what is written has left."""
        assert self._writer is not None
        if self._writer.get_unsent_bytes():
            self._writer.on_drained = self.transport.loseConnection
        else:
            self.transport.loseConnection()

    def _send(self, message: dict[str, Any]) -> None:
        if self.state == "deciding":
            raise ValueError("A socket is accepted before anything is sent")
        if self.state != "open":
            return
        assert self._writer is not None
        content, text = message.get("bytes"), message.get("text")
        if content is not None and text is not None:
            raise ValueError("A message is text or bytes, not both")
        if text is not None:
            self._writer.write_bytes(data_frame(Opcode.TEXT, text.encode()))
        elif content is not None:
            self._writer.write_bytes(data_frame(Opcode.BINARY, content))

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other
