"""A WebSocket client of bytes: it sends exactly what a test says, right or wrong, and believes nothing it gets."""

import base64
import hashlib
import os
import socket
import ssl
import struct
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
PATIENCE_S = 10.0
CHOP_PAUSE_S = 0.0005  # keeps the pieces apart on the wire; the server may still read some together
SMALLEST_16_BIT = 126
SMALLEST_64_BIT = 65536


def frame(
    opcode: int,
    payload: bytes | str = b"",
    *,
    fin: bool = True,
    reserved: int = 0,
    is_masked: bool = True,
    length: int | None = None,
    length_octets: int | None = None,
) -> bytes:
    """One frame of a client. `length` and `length_octets` lie about the payload where a test wants it."""
    content = payload.encode() if isinstance(payload, str) else payload
    said = len(content) if length is None else length
    if length_octets is None:
        length_octets = 0 if said < SMALLEST_16_BIT else 2 if said < SMALLEST_64_BIT else 8
    masked_bit = 0x80 if is_masked else 0
    head = bytes([(0x80 if fin else 0) | reserved << 4 | opcode])
    if length_octets == 0:
        head += bytes([masked_bit | said])
    elif length_octets == 2:
        head += bytes([masked_bit | 126]) + struct.pack("!H", said)
    else:
        head += bytes([masked_bit | 127]) + struct.pack("!Q", said)
    if not is_masked:
        return head + content
    key = os.urandom(4)
    return head + key + xor(content, key)


def xor(content: bytes, key: bytes) -> bytes:
    """The payload under a mask, or out from under it."""
    size = len(content)
    stream = (key * (size // 4 + 1))[:size]
    return (int.from_bytes(content, "big") ^ int.from_bytes(stream, "big")).to_bytes(size, "big")


def fragments(opcode: int, payloads: Iterable[bytes]) -> list[bytes]:
    """A message in as many frames as there are payloads."""
    parts = list(payloads)
    last = len(parts) - 1
    return [frame(opcode if index == 0 else CONTINUATION, part, fin=index == last) for index, part in enumerate(parts)]


def close_payload(code: int, reason: bytes = b"") -> bytes:
    """What a close frame carries."""
    return struct.pack("!H", code) + reason


@dataclass(frozen=True)
class Received:
    """One frame of the server."""

    opcode: int
    payload: bytes
    fin: bool = True

    @property
    def close_code(self) -> int | None:
        """The code of a close frame; None of one without."""
        return struct.unpack("!H", self.payload[:2])[0] if len(self.payload) >= 2 else None


@dataclass(frozen=True)
class Ending:
    """Everything until the connection was gone."""

    frames: list[Received] = field(default_factory=list)
    code: int | None = None
    was_reset: bool = False

    @property
    def messages(self) -> list[tuple[int, bytes]]:
        """The frames before the close."""
        return [(each.opcode, each.payload) for each in self.frames if each.opcode != CLOSE]


class Wire:
    """One TCP connection, opened up to a WebSocket where a test asks for it."""

    def __init__(
        self,
        port: int,
        *,
        source: str = "127.0.0.1",
        receive_buffer: int | None = None,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self.socket = socket.socket()
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(PATIENCE_S)
        self.socket.bind((source, 0))
        self.socket.connect(("127.0.0.1", port))
        if context is not None:
            self.socket = context.wrap_socket(self.socket)
        self.port = port
        self.unread = b""
        self.head = b""

    @classmethod
    def open(
        cls,
        port: int,
        path: str = "/ws/v1/",
        *,
        headers: Mapping[str, str] | None = None,
        source: str = "127.0.0.1",
        receive_buffer: int | None = None,
        context: ssl.SSLContext | None = None,
    ) -> Self:
        """A connection with its opening handshake done and the server's answer checked."""
        wire = cls(port, source=source, receive_buffer=receive_buffer, context=context)
        key = base64.b64encode(os.urandom(16)).decode()
        wire.send(handshake(port, path, key=key, headers=headers))
        status, received = wire.read_head()
        assert status == 101, wire.head
        assert received["upgrade"].lower() == "websocket"
        assert received["connection"].lower() == "upgrade"
        expected = base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()  # noqa: S324  RFC 6455 says so
        assert received["sec-websocket-accept"] == expected
        assert "sec-websocket-extensions" not in received
        return wire

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, *pieces: bytes, chop: int | None = None) -> None:
        """Send all pieces as one write, or in writes of `chop` bytes. A server that has gone away is no error."""
        data = b"".join(pieces)
        try:
            if chop is None:
                self.socket.sendall(data)
                return
            for first in range(0, len(data), chop):
                self.socket.sendall(data[first : first + chop])
                time.sleep(CHOP_PAUSE_S)
        except (BrokenPipeError, ConnectionResetError):
            return

    def read_head(self) -> tuple[int, dict[str, str]]:
        """Status and headers of an HTTP answer, names in lower case; status 0 if the connection ended first."""
        while b"\r\n\r\n" not in self.unread:
            if not self._read_more():
                return 0, {}
        self.head, self.unread = self.unread.split(b"\r\n\r\n", 1)
        first, *lines = self.head.decode("latin1").split("\r\n")
        pairs = [line.split(":", 1) for line in lines if ":" in line]
        return int(first.split()[1]), {name.strip().lower(): value.strip() for name, value in pairs}

    def read_frame(self) -> Received | None:
        """The next frame, held against the rules for servers; None at the end of the connection."""
        head = self._read_exactly(2)
        if head is None:
            return None
        first, second = head
        assert first & 0x70 == 0, "the server set a reserved bit"
        assert second & 0x80 == 0, "the server masked a frame"
        length, opcode = second & 0x7F, first & 0x0F
        if opcode >= CLOSE:
            assert first & 0x80, "the server fragmented a control frame"
            assert length <= 125, "the server sent a long control frame"
        if length == 126:
            length = struct.unpack("!H", self._read_exactly(2) or b"\0\0")[0]
            assert length >= SMALLEST_16_BIT, "the server wasted a length"
        elif length == 127:
            length = struct.unpack("!Q", self._read_exactly(8) or bytes(8))[0]
            assert length >= SMALLEST_64_BIT, "the server wasted a length"
        payload = self._read_exactly(length)
        return None if payload is None else Received(opcode, payload, bool(first & 0x80))

    def read_frames(self, count: int) -> list[tuple[int, bytes]]:
        """The next frames as pairs of opcode and payload; fewer where the connection ends."""
        found = []
        for _ in range(count):
            received = self.read_frame()
            if received is None:
                break
            found.append((received.opcode, received.payload))
        return found

    def read_to_end(self, *, answers_close: bool = True) -> Ending:
        """Read until the server has closed the connection. Fails if it does not within our patience."""
        frames: list[Received] = []
        code = None
        try:
            while True:
                received = self.read_frame()
                if received is None:
                    return Ending(frames, code)
                assert code is None, "the server sent a frame after its close frame"
                frames.append(received)
                if received.opcode == CLOSE:
                    code = received.close_code or 1005
                    if answers_close:
                        self.send(frame(CLOSE, received.payload[:2]))
        except ConnectionResetError:
            return Ending(frames, code, was_reset=True)

    def close(self, code: int = 1000) -> int | None:
        """Close in good order; returns the code of the server's answer."""
        self.send(frame(CLOSE, close_payload(code)))
        return self.read_to_end(answers_close=False).code

    def _read_exactly(self, count: int) -> bytes | None:
        while len(self.unread) < count:
            if not self._read_more():
                return None
        taken, self.unread = self.unread[:count], self.unread[count:]
        return taken

    def _read_more(self) -> bool:
        received = self.socket.recv(65536)
        self.unread += received
        return bool(received)


def handshake(
    port: int,
    path: str = "/ws/v1/",
    *,
    key: str = "dGhlIHNhbXBsZSBub25jZQ==",
    headers: Mapping[str, str] | None = None,
    method: str = "GET",
    version: str = "HTTP/1.1",
    without: Iterable[str] = (),
) -> bytes:
    """The opening request of RFC 6455, section 4.1, with the changes a test asks for."""
    members = {
        "Host": f"127.0.0.1:{port}",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": key,
        "Sec-WebSocket-Version": "13",
    } | dict(headers or {})
    lines = [f"{method} {path} {version}"]
    lines += [f"{name}: {value}" for name, value in members.items() if name not in without]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin1")
