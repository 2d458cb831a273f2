"""The floor in pure Python: a loop that gives every update to `socket.send` of every client and does nothing else.

With `--tick-ms` it conflates: the last entry of each market goes out in one frame per tick.
"""

import argparse
import select
import socket
import time
from contextlib import suppress
from typing import Final

ACCEPT: Final = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"  # of the one key that the load client sends
)
TAKEN_AT_ONCE: Final = 256


def frame_of(text: bytes) -> bytes:
    """A server's text frame."""
    size = len(text)
    if size < 126:
        return bytes((0x81, size)) + text
    if size < 1 << 16:
        return bytes((0x81, 126)) + size.to_bytes(2, "big") + text
    return bytes((0x81, 127)) + size.to_bytes(8, "big") + text


class SendLoop:
    """One thread, one epoll."""

    def __init__(self, port: int, feed_port: int, image: bytes, tick_ms: int) -> None:
        self.listener = socket.create_server(("127.0.0.1", port), backlog=1024)
        self.feed = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.feed.bind(("127.0.0.1", feed_port))
        self.feed.setblocking(False)
        self.epoll = select.epoll()
        for each in (self.listener, self.feed):
            self.epoll.register(each.fileno(), select.EPOLLIN)
        self.clients: dict[int, socket.socket] = {}
        self.image = frame_of(image)
        self.tick_s = tick_ms / 1_000
        self.pending: dict[bytes, bytes] = {}

    def run(self) -> None:
        """Until the process is ended."""
        due_at = time.monotonic()
        while True:
            for descriptor, _ in self.epoll.poll(max(0.0, due_at - time.monotonic()) if self.pending else 1.0):
                if descriptor == self.feed.fileno():
                    self.take_all()
                elif descriptor == self.listener.fileno():
                    self.accept()
                else:
                    self.answer(descriptor)
            if self.pending and time.monotonic() >= due_at:
                due_at = time.monotonic() + self.tick_s  # from the beginning of a tick, as our hub's
                self.flush()

    def take_all(self) -> None:
        """What waits in the feed: after a tick that took longer than it may, the next has all of it."""
        with suppress(BlockingIOError):
            for _ in range(TAKEN_AT_ONCE):
                self.take(self.feed.recv(1 << 16))

    def take(self, update: bytes) -> None:
        """A ready frame, or with a tick `market NUL entry`."""
        if not self.tick_s:
            self.send_to_all(frame_of(update))
        else:
            market, _, entry = update.partition(b"\0")
            self.pending[market] = entry

    def flush(self) -> None:
        """One frame of the last entries."""
        entries = b",".join(self.pending.values())
        self.pending.clear()
        self.send_to_all(frame_of(b'{"op":"update","topic":"bench:prices:20","con":true,"changes":[' + entries + b"]}"))

    def send_to_all(self, frame: bytes) -> None:
        for client in self.clients.values():
            client.send(frame)

    def accept(self) -> None:
        client, _ = self.listener.accept()
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.clients[client.fileno()] = client
        self.epoll.register(client.fileno(), select.EPOLLIN)

    def answer(self, descriptor: int) -> None:
        """A handshake, the one frame that asks for the image, or the end."""
        client = self.clients[descriptor]
        heard = client.recv(1 << 16)
        if not heard:
            self.epoll.unregister(descriptor)
            del self.clients[descriptor]
        else:
            client.send(ACCEPT if heard.startswith(b"GET ") else self.image)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--feed-port", type=int, required=True)
    parser.add_argument("--image", required=True)
    parser.add_argument("--tick-ms", type=int, default=0)
    options = parser.parse_args()
    SendLoop(options.port, options.feed_port, options.image.encode(), options.tick_ms).run()


if __name__ == "__main__":
    main()
