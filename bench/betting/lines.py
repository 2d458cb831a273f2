"""The client's connections to the site: a socket's `place_slip` calls and `POST /api/slips`, as lean as can be.

A client that parsed replies or made keys of random bytes would be measured instead of the server. Only refusals are
read as JSON.
"""

import asyncio
import json
import socket
from collections.abc import Callable, Iterator
from itertools import count
from typing import Final, Literal

from bench.stream.opening import mask_frame

Door = Literal["socket", "http"]
OnAnswer = Callable[["Line", str], None]

ACCEPTED: Final = "accepted"
CLOSED: Final = "closed"
LINES_AN_ADDRESS: Final = 100  # the site takes 150 sockets of one address
HOST: Final = "127.0.0.1"
_KEY: Final = "dGhlIHNhbXBsZSBub25jZQ=="  # the one of RFC 6455
_TEXT, _CLOSE, _PING = 0x1, 0x8, 0x9
_REPLY: Final = b'{"op":"reply","ref":'
_HEARTBEAT: Final = b'{"op":"heartbeat"'
_CSRF: Final = "0123456789abcdefABCDEF0123456789"


class Line(asyncio.Protocol):
    """One connection of one person with one bet on its way at most."""

    def __init__(self, session_key: str, port: int, on_answer: OnAnswer) -> None:
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.sent_at = 0.0  # the driver's
        self._session_key = session_key
        self._port = port
        self._on_answer = on_answer
        self._buffer = b""
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        if self._transport is not None:
            self._transport = None
            if not self.ready.done():
                self.ready.set_exception(SystemExit(f"a connection was refused: {self._buffer[:400]!r}"))
            self._on_answer(self, CLOSED)

    def place(self, key: str, bet: str) -> None:
        """Send a bet, which is the JSON text of a command, under a key; it is answered later."""
        raise NotImplementedError

    def close(self) -> None:
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.close()

    def _write(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)


class SocketLine(Line):
    """A socket with its session in the header of the handshake, as a native client opens it."""

    def __init__(self, session_key: str, port: int, on_answer: OnAnswer) -> None:
        super().__init__(session_key, port, on_answer)
        self._refs: Iterator[int] = count(1)
        self._is_open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._write(
            f"GET /ws/v1/ HTTP/1.1\r\nHost: {HOST}:{self._port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"X-Session-Token: {self._session_key}\r\nSec-WebSocket-Key: {_KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n"
            "".encode()
        )

    def place(self, key: str, bet: str) -> None:
        frame = f'{{"op":"call","id":{next(self._refs)},"name":"place_slip","key":"{key}","args":{bet}}}'
        self._write(mask_frame(frame))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._is_open:
            head, end, rest = self._buffer.partition(b"\r\n\r\n")
            if not end:
                return
            if not head.startswith(b"HTTP/1.1 101"):
                self._write_off(head)
                return
            self._is_open, self._buffer = True, rest
            self._write(mask_frame('{"op":"hello","v":1}'))
        frames, self._buffer = read_frames(self._buffer)
        for opcode, payload in frames:
            self._take(opcode, payload)

    def _take(self, opcode: int, payload: bytes) -> None:
        if opcode == _PING:
            self._write(bytes((0x8A, 0x80 | len(payload), 0, 0, 0, 0)) + payload)
        elif opcode == _TEXT and not payload.startswith(_HEARTBEAT):
            if not self.ready.done():
                if not payload.startswith(b'{"op":"welcome"'):
                    self._write_off(payload)
                    return
                self.ready.set_result(None)
            else:
                self._on_answer(self, outcome_of_frame(payload))

    def _write_off(self, said: bytes) -> None:
        self.close()
        self.ready.set_exception(SystemExit(f"a socket was refused: {said[:400]!r}"))


class HttpLine(Line):
    """A browser's connection that stays open: session cookie, CSRF cookie with its header, Origin."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._head = (
            f"POST /api/slips HTTP/1.1\r\nHost: {HOST}:{self._port}\r\nOrigin: http://{HOST}:{self._port}\r\n"
            f"Cookie: sessionid={self._session_key}; csrftoken={_CSRF}\r\nX-CSRFToken: {_CSRF}\r\n"
            "Content-Type: application/json\r\n"
        )
        self.ready.set_result(None)

    def place(self, key: str, bet: str) -> None:
        self._write(f"{self._head}Idempotency-Key: {key}\r\nContent-Length: {len(bet)}\r\n\r\n{bet}".encode())

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        response, self._buffer = read_response(self._buffer)
        if response is not None:
            self._on_answer(self, outcome_of_response(*response))


_LINES: Final[dict[Door, type[Line]]] = {"socket": SocketLine, "http": HttpLine}


async def open_line(door: Door, session_key: str, port: int, number: int, on_answer: OnAnswer) -> Line:
    """Connect, and wait until the site knows whose it is."""
    address = f"127.0.{7 + (door == 'http')}.{2 + number // LINES_AN_ADDRESS}"
    _, line = await asyncio.get_running_loop().create_connection(
        lambda: _LINES[door](session_key, port, on_answer), HOST, port, local_addr=(address, 0)
    )
    await line.ready
    return line


def read_frames(data: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """The whole frames of a server, which are unmasked and never continued here, and what is left."""
    frames: list[tuple[int, bytes]] = []
    at = 0
    while len(data) >= at + 2:
        size, start = data[at + 1], at + 2
        if size == 126:
            size, start = int.from_bytes(data[at + 2 : at + 4], "big"), at + 4
        elif size == 127:
            size, start = int.from_bytes(data[at + 2 : at + 10], "big"), at + 10
        if len(data) < start + size:
            break
        frames.append((data[at] & 0x0F, data[start : start + size]))
        at = start + size
    return frames, data[at:]


def read_response(data: bytes) -> tuple[tuple[bytes, bytes] | None, bytes]:
    """A whole response as its first line and body, or None, and what is left. The site names every length."""
    head, end, rest = data.partition(b"\r\n\r\n")
    if not end:
        return None, data
    lengths = [line[15:] for line in head.split(b"\r\n") if line[:15].lower() == b"content-length:"]
    if not lengths:
        raise SystemExit(f"a response without a length: {head!r}")
    size = int(lengths[0])
    if len(rest) < size:
        return None, data
    return (head.partition(b"\r\n")[0], rest[:size]), rest[size:]


def outcome_of_frame(payload: bytes) -> str:
    """What became of a call: `accepted` or the code of the refusal."""
    if payload.startswith(_REPLY) and b',"ok":' in payload[:64]:
        return ACCEPTED
    frame = json.loads(payload)
    return str((frame.get("error") or frame).get("code", frame["op"]))


def outcome_of_response(status_line: bytes, body: bytes) -> str:
    """The same of a request."""
    if status_line.startswith(b"HTTP/1.1 201"):
        return ACCEPTED
    return str(json.loads(body)["code"])
