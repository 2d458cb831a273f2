"""Clients that behave, beside those that do not: each asks four times a second, hears a topic, and times both."""

import select
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from tests.realtime.attacks import ASK, HELLO, frame_size, subscribe_frame
from tests.realtime.rfc6455.wire import Wire

EVERY_S: Final = 0.25
TURN_MS: Final = 10


@dataclass(frozen=True)
class Sample:
    """An answer that was waited for, an update that was on its way, or a socket that was lost, and how long."""

    at: float  # time.monotonic()
    kind: Literal["answer", "update", "lost"]
    took_ms: float


class HonestClient:
    """One socket."""

    def __init__(self, port: int, topic: str, *, due_at: float) -> None:
        self.wire = Wire.open(port)
        self.wire.send(HELLO, subscribe_frame([topic]))
        self.wire.socket.setblocking(False)
        self._unread = bytearray(self.wire.unread)
        self._due_at = due_at
        self._asked_at: float | None = None

    def ask_if_due(self, now: float) -> None:
        """One question at a time."""
        if self._asked_at is None and now >= self._due_at:
            self._asked_at = now
            self.wire.send(ASK)

    def hear(self) -> list[Sample]:
        """What the bytes that have come mean. Raises ConnectionError when the socket is gone."""
        try:
            received = self.wire.socket.recv(1 << 18)
        except BlockingIOError:
            return []
        if not received:
            raise ConnectionResetError
        self._unread += received
        samples = []
        while (size := frame_size(self._unread)) is not None and len(self._unread) >= size:
            sample = self._read(bytes(self._unread[:size]))
            if sample is not None:
                samples.append(sample)
            del self._unread[:size]
        return samples

    def end(self) -> list[Sample]:
        """Hang up; a question that was never answered took until now."""
        self.wire.socket.close()
        now = time.monotonic()
        return [] if self._asked_at is None else [Sample(now, "answer", 1_000 * (now - self._asked_at))]

    def _read(self, data: bytes) -> Sample | None:
        now = time.monotonic()
        if b'"op":"reply"' in data and self._asked_at is not None:
            asked_at, self._asked_at = self._asked_at, None
            self._due_at = max(now, asked_at + EVERY_S)
            return Sample(now, "answer", 1_000 * (now - asked_at))
        if b'"op":"update"' in data:
            _, _, rest = data.partition(b'"pt":')
            return Sample(now, "update", time.time() * 1_000 - int(rest[: rest.find(b",")]))
        return None


def behave(port: int, *, count: int, topic: str, is_over: Callable[[], bool], samples: list[Sample]) -> None:
    """Let so many clients be until it is over, and add what they notice to `samples`."""
    began_at = time.monotonic()
    poll = select.poll()
    clients: dict[int, HonestClient] = {}
    for number in range(count):
        client = HonestClient(port, topic, due_at=began_at + EVERY_S * number / count)
        clients[client.wire.socket.fileno()] = client
        poll.register(client.wire.socket.fileno(), select.POLLIN)
    while not is_over():
        now = time.monotonic()
        for client in clients.values():
            client.ask_if_due(now)
        for descriptor, _ in poll.poll(TURN_MS):
            try:
                samples += clients[descriptor].hear()
            except ConnectionError:
                samples.append(Sample(time.monotonic(), "lost", 0.0))
                poll.unregister(descriptor)
                clients.pop(descriptor).end()
    for client in clients.values():
        samples += client.end()
