"""What readers that stop reading cost the server's memory while the prices go on."""

import select
import time
from contextlib import closing
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from typing import Final

from bench.stream.machine import family_of, resident_bytes
from bench.stream.measuring import Effort, Stream, clients_of, door_of, of_its_own
from bench.stream.opening import Door, open_sockets
from bench.stream.updates import Load, frame_text
from bench.stream.variants import Variant, serving

READERS: Final = 100
READ_FOR_S: Final = 2.0
RATE: Final = 400.0
# Markets of 30 scores: half a megabyte a second fills what the kernel holds for a reader, whatever it holds.
LOAD: Final = Load(markets=20, conflate_ms=50, selections=30)
ETHERNET_SEGMENT_BYTES: Final = 1_460
RECEIVE_BYTES: Final = 16 * 1024
ALLOWED_BYTES: Final = LOAD.markets * len(frame_text(0, 0, LOAD.selections)) + 16 * 1024


@dataclass(frozen=True)
class StalledPlan:
    """Readers that read for a while and then only look at the server's memory."""

    door: Door
    server_id: int
    stall_s: float


@dataclass(frozen=True)
class StalledCost:
    """The most that one reader added while it stood still, and how many of them the server let go meanwhile."""

    variant: str
    reader_bytes: float
    stall_s: float
    closed: int


def measure_stalled(variant: Variant, effort: Effort, *, stall_s: float) -> StalledCost:
    """One server with nothing but such readers."""
    load = of_its_own(LOAD)
    with serving(variant, {effort.cores.server}) as server:
        door = replace(
            door_of(variant, server, load), receive_bytes=RECEIVE_BYTES, segment_bytes=ETHERNET_SEGMENT_BYTES
        )
        with clients_of(server, run, StalledPlan(door, server.process_id, stall_s)) as pipe:
            with closing(variant.publisher(load, pipe.recv(), server.feed_port)) as publisher:
                Stream(publisher, load, RATE).publish_until(pipe.poll)
            reader_bytes, closed = pipe.recv()
    return StalledCost(variant.name, reader_bytes, stall_s, closed)


def run(plan: StalledPlan, parent: Connection) -> None:
    """Say what the first reader was answered, then how many bytes each of them cost and how many were closed."""
    opened = open_sockets(range(READERS), plan.door)
    parent.send(opened[0].received)
    poll = select.poll()
    sockets = {opening.socket.fileno(): opening.socket for opening in opened}
    for descriptor in sockets:
        poll.register(descriptor, select.POLLIN)
    stall_at = time.monotonic() + READ_FOR_S
    while time.monotonic() < stall_at:
        for descriptor, _ in poll.poll(10):
            sockets[descriptor].recv(1 << 16)
    server = family_of(plan.server_id)
    before = most = resident_bytes(server)
    resume_at = time.monotonic() + plan.stall_s
    while time.monotonic() < resume_at:
        time.sleep(0.1)
        most = max(most, resident_bytes(server))
    parent.send(((most - before) / READERS, sum(_is_closed_by_server(each.fileno()) for each in sockets.values())))


def _is_closed_by_server(descriptor: int) -> bool:
    """Whether the other side has ended the connection, whatever is left to read of it."""
    poll = select.poll()
    poll.register(descriptor, select.POLLRDHUP)
    return bool(poll.poll(0))
