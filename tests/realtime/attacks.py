"""Clients that mean harm, many on one thread, and what became of each. The tests and `make bench-bounds` use the same.

They come from addresses of their own, so that the limit of an address is theirs and nobody else's.
"""

import contextlib
import json
import select
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.realtime.rfc6455.wire import BINARY, CLOSE, CONTINUATION, PING, TEXT, Wire, frame, handshake

HELLO = frame(TEXT, '{"op":"hello","v":1}')
ASK = frame(TEXT, '{"op":"ping","id":1}')
SOURCE = "127.0.0.77"
SMALL_BUFFER = 4096
TURN_MS = 20
DRIP_EVERY_S = 0.5
STORM_ENDS_S = 15.0
SEND_AT_ONCE = 256 * 1024
TOPICS_IN_A_FRAME = 25
MIB = 1024 * 1024


@dataclass(eq=False)
class Attacker:
    """One connection: `packet` is sent over and over; one that does not read learns only that it was cut off.

    With `drips` an octet is sent now and then instead.
    """

    wire: Wire
    packet: bytes = b""
    reads: bool = True
    drips: bool = False
    sent: int = 0
    code: int | None = None
    closed_after_s: float | None = None
    unread: bytearray = field(default_factory=bytearray)

    def send_some(self) -> None:
        at = self.sent % len(self.packet)
        self.sent += self.wire.socket.send(memoryview(self.packet)[at : at + SEND_AT_ONCE])

    def drip(self) -> None:
        """One octet, of those that drip. That the connection is gone shows when it is polled."""
        if self.drips:
            with contextlib.suppress(OSError):
                self.sent += self.wire.socket.send(self.packet[self.sent : self.sent + 1])

    def read_some(self) -> bool:
        """False at the end of the connection. Frames are only skipped through to the close frame."""
        received = self.wire.socket.recv(1 << 18)
        self.unread += received
        while (size := frame_size(self.unread)) is not None and len(self.unread) >= size:
            if self.unread[0] & 0x0F == CLOSE and size >= 4:
                self.code = int.from_bytes(self.unread[2:4], "big")
            del self.unread[:size]
        return bool(received)


def frame_size(data: bytearray) -> int | None:
    """Octets of the server's frame at the beginning; None while its header is not whole."""
    if len(data) < 2:
        return None
    short = data[1] & 0x7F
    if short < 126:
        return 2 + short
    octets = 2 if short == 126 else 8
    return None if len(data) < 2 + octets else 2 + octets + int.from_bytes(data[2 : 2 + octets], "big")


def run_until_closed(attackers: Sequence[Attacker], *, within_s: float) -> None:
    """Let them all act until the server has ended every one, or time is up. Then hang up."""
    began_at = time.monotonic()
    poll = select.poll()
    by_descriptor = {attacker.wire.socket.fileno(): attacker for attacker in attackers}
    for descriptor, attacker in by_descriptor.items():
        attacker.wire.socket.setblocking(False)
        attacker.unread += attacker.wire.unread
        reading = select.POLLIN if attacker.reads else 0
        pushes = attacker.packet and not attacker.drips
        poll.register(descriptor, reading | (select.POLLOUT if pushes else 0))
    drip_at = began_at
    while by_descriptor and time.monotonic() - began_at < within_s:
        if time.monotonic() >= drip_at:
            drip_at += DRIP_EVERY_S
            for attacker in by_descriptor.values():
                attacker.drip()
        for descriptor, event in poll.poll(TURN_MS):
            attacker = by_descriptor[descriptor]
            if not _take_turn(attacker, event):
                attacker.closed_after_s = time.monotonic() - began_at
                poll.unregister(descriptor)
                del by_descriptor[descriptor]
    for attacker in attackers:
        attacker.wire.socket.close()


def _take_turn(attacker: Attacker, event: int) -> bool:
    try:
        if event & select.POLLIN and not attacker.read_some():
            return False
        if event & (select.POLLERR | select.POLLHUP):
            return False
        # Who has read the close frame has nothing to add; the server then ends the connection.
        if event & select.POLLOUT and attacker.code is None:
            attacker.send_some()
    except BlockingIOError:
        return True
    except ConnectionError:
        _read_the_rest(attacker)
        return False
    return True


def _read_the_rest(attacker: Attacker) -> None:
    """Sending failed; the close frame may have come before that."""
    try:
        while attacker.reads and attacker.read_some():
            pass
    except OSError:
        return


def join(port: int, *, receive_buffer: int | None = None) -> Wire:
    """A socket of an attacker that was welcomed."""
    wire = Wire.open(port, source=SOURCE, receive_buffer=receive_buffer)
    wire.send(HELLO)
    received = wire.read_frame()
    assert received is not None and b'"welcome"' in received.payload
    return wire


def subscribe_frame(topics: Sequence[str], *, conflate_ms: int | None = None) -> bytes:
    """One frame that asks for all of them."""
    asked = [{"topic": topic} | ({} if conflate_ms is None else {"conflate_ms": conflate_ms}) for topic in topics]
    return frame(TEXT, json.dumps({"op": "subscribe", "id": 1, "topics": asked}))


def never_read(port: int, topics: Sequence[str], *, count: int = 10, conflate_ms: int | None = None) -> list[Attacker]:
    """They ask for topics and read nothing from then on."""
    attackers = [Attacker(join(port, receive_buffer=SMALL_BUFFER), reads=False) for _ in range(count)]
    for attacker in attackers:
        for first in range(0, len(topics), TOPICS_IN_A_FRAME):
            attacker.wire.send(subscribe_frame(topics[first : first + TOPICS_IN_A_FRAME], conflate_ms=conflate_ms))
    return attackers


def never_read_events(port: int, topics: Sequence[str], *, count: int = 10) -> list[Attacker]:
    """The same over server-sent events."""
    query = "&".join(f"topic={topic}" for topic in topics)
    request = f"GET /api/stream?{query}&conflate_ms=0 HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
    attackers = []
    for _ in range(count):
        wire = Wire(port, source=SOURCE, receive_buffer=SMALL_BUFFER)
        wire.send(request)
        status, _ = wire.read_head()
        assert status == 200, wire.head
        attackers.append(Attacker(wire, reads=False))
    return attackers


def flood(port: int, *, count: int = 10) -> list[Attacker]:
    """Good frames as fast as they go, with the answers unread."""
    return [Attacker(join(port), ASK * 1_000) for _ in range(count)]


def flood_of_pings(port: int, *, count: int = 10) -> list[Attacker]:
    """Control frames of the largest size, which the server answers below the application. Nobody reads that."""
    packet = frame(PING, b"p" * 125) * 500
    return [Attacker(join(port, receive_buffer=SMALL_BUFFER), packet, reads=False) for _ in range(count)]


def giant_frames(port: int, *, count: int = 10) -> list[Attacker]:
    """Frames of 16 MiB, really sent."""
    packet = frame(BINARY, bytes(16 * MIB))
    return [Attacker(join(port), packet) for _ in range(count)]


def endless_message(port: int, *, size: int, count: int = 10) -> list[Attacker]:
    """Fragments of this size that never end a message."""
    attackers = [Attacker(join(port), frame(CONTINUATION, b"x" * size, fin=False) * 500) for _ in range(count)]
    for attacker in attackers:
        attacker.wire.send(frame(TEXT, b"x", fin=False))
    return attackers


def subscribe_storm(port: int, topics: Sequence[str], *, count: int = 10) -> list[Attacker]:
    """All topics over and over, as fast as they go, with the images read."""
    packet = b"".join(
        subscribe_frame(topics[first : first + TOPICS_IN_A_FRAME]) for first in range(0, len(topics), TOPICS_IN_A_FRAME)
    )
    return [Attacker(join(port), packet * 20) for _ in range(count)]


def never_greet(port: int, *, count: int = 10) -> list[Attacker]:
    """Open sockets that do not say hello."""
    return [Attacker(Wire.open(port, source=SOURCE)) for _ in range(count)]


def drip(port: int, request: bytes, *, count: int = 10) -> list[Attacker]:
    """A request octet by octet, each sooner than any timeout that begins anew with it."""
    return [Attacker(Wire(port, source=SOURCE), request, drips=True) for _ in range(count)]


def half_open(port: int, *, count: int = 1_000) -> list[Attacker]:
    """Opening requests that stop before their end."""
    request = handshake(port)
    attackers = []
    for number in range(count):
        wire = Wire(port, source=f"127.0.0.{78 + number // 200}")
        wire.send(request[: 1 + number % (len(request) - 1)])
        attackers.append(Attacker(wire))
    return attackers


def unread_answers(port: int, path: str, *, count: int = 10) -> list[Attacker]:
    """Requests in one breath, and none of the answers is read."""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode() * 500
    return [
        Attacker(Wire(port, source=SOURCE, receive_buffer=SMALL_BUFFER), request, reads=False) for _ in range(count)
    ]


def slow_bodies(port: int, path: str, *, count: int = 200, size: int = 99_000) -> list[Attacker]:
    """Bodies that arrive but for the end."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {size + 1}\r\n\r\n".encode()
    attackers = [Attacker(Wire(port, source=SOURCE)) for _ in range(count)]
    for attacker in attackers:
        attacker.wire.send(head, bytes(size))
    return attackers


@dataclass
class Opening:
    """What became of the connections of a storm."""

    welcomed: int = 0
    refused: int = 0
    failed: int = 0


def storm_of_connections(port: int, *, per_s: int, seconds: float, sources: int = 10) -> Opening:
    """Open so many sockets a second, each greeted and closed again as soon as it is welcome."""
    opening = Opening()
    request = handshake(port) + HELLO
    poll = select.poll()
    open_sockets: dict[int, tuple[socket.socket, bytearray]] = {}
    began_at = time.monotonic()
    begun, total = 0, round(per_s * seconds)
    while begun < total or (open_sockets and time.monotonic() - began_at < seconds + STORM_ENDS_S):
        while begun < min(total, (time.monotonic() - began_at) * per_s):
            connection = socket.socket()
            connection.setblocking(False)
            connection.bind((f"127.0.0.{100 + begun % sources}", 0))
            connection.connect_ex(("127.0.0.1", port))
            open_sockets[connection.fileno()] = connection, bytearray()
            poll.register(connection.fileno(), select.POLLOUT)
            begun += 1
        for descriptor, _ in poll.poll(TURN_MS):
            connection, answer = open_sockets[descriptor]
            if _advance(connection, answer, request, poll, opening):
                poll.unregister(descriptor)
                connection.close()
                del open_sockets[descriptor]
    opening.failed += len(open_sockets)
    for connection, _ in open_sockets.values():
        connection.close()
    return opening


def _advance(
    connection: socket.socket, answer: bytearray, request: bytes, poll: "select.poll", opening: Opening
) -> bool:
    """One step of one connection of a storm; True when it is done with."""
    try:
        if not answer:
            connection.send(request)
            answer += b" "
            poll.modify(connection.fileno(), select.POLLIN)
            return False
        received = connection.recv(65536)
    except BlockingIOError:
        return False
    except OSError:
        opening.failed += 1
        return True
    answer += received
    if b'"op":"welcome"' in answer:
        opening.welcomed += 1
        return True
    if b'"op":"bye"' in answer or not received:
        opening.refused += 1
        return True
    return False
