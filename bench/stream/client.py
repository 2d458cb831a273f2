"""The load client: one lean process that holds every socket, counts what arrives and times it at some of them."""

import gc
import select
import socket
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from multiprocessing.connection import Connection
from typing import Final

from bench.stream.machine import cpu_ns, family_of, resident_bytes
from bench.stream.opening import Door, open_sockets
from bench.stream.updates import STAMP

SAMPLE_EVERY: Final = 20  # one client in this many is read first and its updates are looked at
EVENTS_AT_ONCE: Final = 32  # bulk clients read before the sampled ones get their turn again
READ_BYTES: Final = 1 << 18
ALIVE_EVERY_S: Final = 16.0  # our server asks after twenty seconds of silence, and a client answers
REST_S: Final = 1.0  # between two looks at whether it is time to say so
PONG: Final = bytes((0x8A, 0x80, 0, 0, 0, 0))
SETTLE_S: Final = 0.4  # what a server does behind a join belongs to its price


@dataclass(frozen=True)
class Plan:
    """What to measure of which server."""

    door: Door
    server_id: int
    clients: int
    warm_clients: int  # opened first and not counted: what a server loads once is not a connection's price
    window_s: float


class Order(Enum):
    """What the parent, which publishes, wants. After `READ` and `MEASURE`, which is answered, everything is read."""

    READ = auto()
    MEASURE = auto()
    REST = auto()
    END = auto()


@dataclass(frozen=True)
class Opened:
    """What the connections cost the server before any update; `answer` is what the first client has heard."""

    setup_us: float
    connection_bytes: float
    answer: bytes


@dataclass(frozen=True)
class Measured:
    """One window. `updates` is what all clients together got; `latencies_ms` what the sampled ones saw."""

    updates: int
    server_cpu_s: float
    own_cpu_s: float
    began: float
    ended: float
    latencies_ms: list[float]
    connection_bytes: float
    closed: int


def run(plan: Plan, parent: Connection) -> None:
    """Open everything and say `Opened`; then on each word of the parent's do as `Order` says."""
    gc.disable()
    warm = open_sockets(range(plan.warm_clients), plan.door)
    time.sleep(SETTLE_S)
    server = family_of(plan.server_id)
    cpu_before, bytes_before = cpu_ns(server), resident_bytes(server)
    opened = warm + open_sockets(range(plan.warm_clients, plan.clients), plan.door)
    time.sleep(SETTLE_S)
    counted = plan.clients - plan.warm_clients
    parent.send(
        Opened(
            setup_us=(cpu_ns(server) - cpu_before) / 1e3 / counted,
            connection_bytes=(resident_bytes(server) - bytes_before) / counted,
            answer=opened[0].received,
        )
    )
    reader = Reader([opening.socket for opening in opened])
    order = Order.REST
    while order is not Order.END:
        if order is Order.MEASURE:
            measured = _measure_window(reader, server, window_s=plan.window_s)
            connection_bytes = (resident_bytes(server) - bytes_before) / counted
            parent.send(replace(measured, connection_bytes=connection_bytes))
        while not parent.poll(REST_S if order is Order.REST else 0):
            if order is not Order.REST:
                reader.read_until(time.monotonic() + 0.02)
            if plan.door.is_hub:
                reader.stay_alive()
        order = parent.recv()


def _measure_window(reader: "Reader", server: list[int], *, window_s: float) -> Measured:
    before, cpu_before, own_before, began = reader.count(), cpu_ns(server), time.process_time(), time.monotonic()
    reader.latencies_ns.clear()
    reader.read_until(began + window_s)
    after, cpu_after, own_after, ended = reader.count(), cpu_ns(server), time.process_time(), time.monotonic()
    return Measured(
        updates=before.updates_until(after),
        server_cpu_s=(cpu_after - cpu_before) / 1e9,
        own_cpu_s=own_after - own_before,
        began=began,
        ended=ended,
        latencies_ms=[latency / 1e6 for latency in reader.latencies_ns],
        connection_bytes=0.0,
        closed=reader.closed,
    )


@dataclass(frozen=True)
class Count:
    """What had arrived at one instant."""

    bulk_bytes: int
    sampled_bytes: int
    sampled_updates: int

    def updates_until(self, later: "Count") -> int:
        """Updates of all clients: the sampled ones are looked at, the others get the same bytes."""
        sampled_bytes = later.sampled_bytes - self.sampled_bytes
        if not sampled_bytes:
            return 0
        every_byte = later.bulk_bytes - self.bulk_bytes + sampled_bytes
        return round((later.sampled_updates - self.sampled_updates) * every_byte / sampled_bytes)


@dataclass
class Reader:
    """Reads every socket as soon as it can be read, the sampled ones before the others."""

    sockets: list[socket.socket]
    latencies_ns: list[int] = field(default_factory=list)
    closed: int = 0
    _bulk_bytes: int = 0
    _sampled_bytes: int = 0
    _sampled_updates: int = 0

    def __post_init__(self) -> None:
        self._bulk, self._sampled = select.epoll(), select.epoll()
        self._receive = {each.fileno(): each.recv_into for each in self.sockets}
        self._tails: dict[int, bytes] = {}
        self._alive_at = time.monotonic()
        self._buffer = memoryview(bytearray(READ_BYTES))
        self.sampled_count = 0
        for client, each in enumerate(self.sockets):
            each.setblocking(False)
            # Another place in every block: whatever pattern the updates follow, the sampled clients are not all in it.
            is_sampled = client % SAMPLE_EVERY == client // SAMPLE_EVERY % SAMPLE_EVERY
            self.sampled_count += is_sampled
            (self._sampled if is_sampled else self._bulk).register(each.fileno(), select.EPOLLIN)

    def count(self) -> Count:
        """What has arrived until now."""
        return Count(self._bulk_bytes, self._sampled_bytes, self._sampled_updates)

    def read_until(self, deadline: float) -> None:
        """Take what comes until an instant of the monotonic clock."""
        while time.monotonic() < deadline:
            self.take_bulk(wait_s=0.001, at_most=EVENTS_AT_ONCE)
            self.take_sampled()

    def take_bulk(self, *, wait_s: float, at_most: int) -> int:
        """Count what the many have been sent; returns how many bytes that was."""
        buffer, receive, total = self._buffer, self._receive, 0
        for descriptor, _ in self._bulk.poll(wait_s, at_most):
            try:
                size = receive[descriptor](buffer)
            except ConnectionResetError:
                size = 0
            total += size
            if not size:
                self._bulk.unregister(descriptor)
                self.closed += 1
        self._bulk_bytes += total
        return total

    def stay_alive(self) -> None:
        """Say, now and then, that the clients are there: servers look for those that are not."""
        if time.monotonic() - self._alive_at > ALIVE_EVERY_S:
            self._alive_at = time.monotonic()
            for each in self.sockets:
                with suppress(OSError):  # a closed one is counted when it is read
                    each.send(PONG)

    def take_sampled(self) -> None:
        """Look at what the few have been sent."""
        for descriptor, _ in self._sampled.poll(0):
            self._look_at(descriptor)

    def _look_at(self, descriptor: int) -> None:
        try:
            size = self._receive[descriptor](self._buffer)
        except ConnectionResetError:
            size = 0
        at = time.monotonic_ns()
        if not size:
            self._sampled.unregister(descriptor)
            self.closed += 1
            return
        content = self._tails.pop(descriptor, b"") + self._buffer[:size].tobytes()
        end = 0
        for stamp in STAMP.finditer(content):
            self.latencies_ns.append(at - int(stamp[1]))
            end = stamp.end()
            self._sampled_updates += 1
        self._sampled_bytes += size
        self._tails[descriptor] = content[end:]
