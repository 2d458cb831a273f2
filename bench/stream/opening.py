"""Opens the clients' sockets: a raw WebSocket handshake, the greeting, and the answers awaited, a few at a time."""

import select
import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from bench.stream.updates import SUBSCRIBED, Load, hub_greeting, plain_greeting

CLIENTS_AN_ADDRESS: Final = 100  # our server takes 150 sockets of one address
AT_ONCE: Final = 32  # below the listening queue of every server
TIMEOUT_S: Final = 60.0
_KEY: Final = "dGhlIHNhbXBsZSBub25jZQ=="  # the one of RFC 6455: its answer is a constant for the floor


@dataclass(frozen=True)
class Door:
    """Where a server is and how one speaks to it: as to our hub, or with one frame that has one answer."""

    port: int
    path: str
    load: Load
    is_hub: bool
    network: int  # of the clients' addresses: one address' sockets are counted together, whichever server has them
    receive_bytes: int | None = None  # a fixed receive buffer, for readers that pause
    segment_bytes: int | None = None  # as on Ethernet; loopback's segments let the kernel hold megabytes for a reader

    def greeting_of(self, client: int) -> list[str]:
        return hub_greeting(self.load, client) if self.is_hub else plain_greeting(self.load, client)

    @property
    def answers(self) -> int:
        return self.load.topics_a_client if self.is_hub else 1


class Opening:
    """One client until it has heard the images it asked for."""

    def __init__(self, client: int, door: Door) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.received = b""
        self._client = client
        self._door = door
        self._is_upgraded = False
        if door.receive_bytes is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, door.receive_bytes)
        if door.segment_bytes is not None:
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, door.segment_bytes)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.bind((f"127.0.{door.network}.{2 + client // CLIENTS_AN_ADDRESS}", 0))
        self.socket.connect(("127.0.0.1", door.port))
        request = (
            f"GET {door.path} HTTP/1.1\r\nHost: 127.0.0.1:{door.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {_KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        self.socket.sendall(request.encode())

    def advance(self) -> bool:
        """Take what arrived; True once every answer is there."""
        part = self.socket.recv(1 << 16)
        self.received += part
        if not part:
            raise SystemExit(f"the server closed a new socket after {self.received[-400:]!r}")
        if not self._is_upgraded and b"\r\n\r\n" in self.received:
            if not self.received.startswith(b"HTTP/1.1 101"):
                raise SystemExit(f"the server refused a socket: {self.received[:400]!r}")
            self._is_upgraded = True
            self.socket.sendall(b"".join(mask_frame(text) for text in self._door.greeting_of(self._client)))
        return self.received.count(SUBSCRIBED) == self._door.answers


def mask_frame(text: str) -> bytes:
    """A client's text frame. The mask is zero, which is a mask like any other and leaves the text as it is."""
    payload = text.encode()
    size = len(payload)
    head = bytes((0x81, 0x80 | size)) if size < 126 else bytes((0x81, 0x80 | 126)) + size.to_bytes(2, "big")
    return head + bytes(4) + payload


def open_sockets(clients: Iterable[int], door: Door) -> list[Opening]:
    """Every client open and subscribed, in order."""
    opened: list[Opening] = []
    waiting: dict[int, Opening] = {}
    todo = iter(clients)
    deadline = time.monotonic() + TIMEOUT_S
    with select.epoll() as epoll:
        while True:
            while len(waiting) < AT_ONCE and (client := next(todo, None)) is not None:
                opening = Opening(client, door)
                opened.append(opening)
                waiting[opening.socket.fileno()] = opening
                epoll.register(opening.socket.fileno(), select.EPOLLIN)
            if not waiting:
                return opened
            for descriptor, _ in epoll.poll(1.0):
                if waiting[descriptor].advance():
                    epoll.unregister(descriptor)
                    del waiting[descriptor]
            if time.monotonic() > deadline:
                raise SystemExit(f"{len(waiting)} sockets were not answered in {TIMEOUT_S:.0f} s")
