"""One process and two on two cores: as many updates at once as it takes to fill them, and how long they need.

The clients need processor time too. They read seldom and in large pieces, so that the servers get nearly all of it.
What is compared takes turns, burst by burst.
"""

import gc
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from typing import Final

from bench.stream import machine
from bench.stream.client import REST_S, Reader
from bench.stream.machine import cpu_ns, family_of, wait_until_idle
from bench.stream.measuring import Effort, clients_of, door_of, of_its_own
from bench.stream.opening import Door, open_sockets
from bench.stream.updates import Load
from bench.stream.variants import Variant, serving

LOAD: Final = Load(lane="sequenced")
RECEIVE_BYTES: Final = 4 << 20  # a burst fits in: no server waits for the clients
SAMPLED_EVERY_S: Final = 0.01
BULK_EVERY_S: Final = 0.2
BURST_WITHIN_S: Final = 40.0
TRIAL_UPDATES: Final = 40
UPDATES_MAX: Final = 1_500  # of 290 bytes: less than any bound on what a reader may leave unread


@dataclass(frozen=True)
class SaturatedPlan:
    """Who is filled."""

    door: Door
    server_id: int
    clients: int


@dataclass(frozen=True)
class Burst:
    """What one burst took: until the last sampled client had it all, in wall time and in each process's own."""

    updates: int
    wall_s: float
    server_cpu_s: list[float]
    own_cpu_s: float


@dataclass(frozen=True)
class Saturated:
    """The sum of several bursts. `shares` is how many sockets each process has taken."""

    variant: Variant
    shares: list[int]
    updates: int
    wall_s: float
    server_cpu_s: float
    busiest_cpu_s: float
    own_cpu_s: float

    @property
    def per_wall_s(self) -> float:
        return self.updates / self.wall_s

    @property
    def per_busiest_s(self) -> float:
        """What these processes would do in a second if each had a core that it shares with nobody."""
        return self.updates / self.busiest_cpu_s


class Session:
    """A server on both cores, and so are its clients; all open and idle."""

    def __init__(self, variant: Variant, effort: Effort, stack: ExitStack) -> None:
        load = of_its_own(LOAD)
        server = stack.enter_context(serving(variant, effort.cores.both))
        door = replace(door_of(variant, server, load), receive_bytes=RECEIVE_BYTES)
        plan = SaturatedPlan(door, server.process_id, effort.clients)
        self._variant = variant
        self._pipe = stack.enter_context(clients_of(server, run, plan, cores=effort.cores.both))
        answer, self._shares = self._pipe.recv()
        self._publisher = stack.enter_context(closing(variant.publisher(load, answer, server.feed_port)))
        self._first, self._count = 0, TRIAL_UPDATES
        self._bursts: list[Burst] = []

    def take_burst(self, burst_s: float) -> None:
        """As many updates as the last one says will take this long."""
        self._pipe.send(self._count)
        self._pipe.recv()
        self._publisher.publish_many(range(self._first, self._first + self._count))
        burst: Burst = self._pipe.recv()
        self._first += self._count
        self._count = min(UPDATES_MAX, max(TRIAL_UPDATES, round(self._count * burst_s / burst.wall_s)))
        self._bursts.append(burst)

    def finish(self) -> Saturated:
        """All bursts but the first, which only said how long one takes."""
        self._pipe.send(0)
        counted = self._bursts[1:]
        return Saturated(
            variant=self._variant,
            shares=self._shares,
            updates=sum(burst.updates for burst in counted),
            wall_s=sum(burst.wall_s for burst in counted),
            server_cpu_s=sum(sum(burst.server_cpu_s) for burst in counted),
            busiest_cpu_s=sum(max(burst.server_cpu_s) for burst in counted),
            own_cpu_s=sum(burst.own_cpu_s for burst in counted),
        )


def measure_saturated(variants: Sequence[Variant], effort: Effort, *, bursts: int, burst_s: float) -> list[Saturated]:
    """Each with this many bursts."""
    with ExitStack() as stack:
        sessions = [Session(variant, effort, stack) for variant in variants]
        for _ in range(bursts + 1):
            for session in sessions:
                session.take_burst(burst_s)
        return [session.finish() for session in sessions]


def run(plan: SaturatedPlan, parent: Connection) -> None:
    """Say what the first client was answered and who took how many; then take one burst after another."""
    gc.disable()
    opened = open_sockets(range(1), plan.door)  # when it is answered there are processes to look at
    family = family_of(plan.server_id)
    wait_until_idle(family, for_s=0.5)  # all of them have started
    sockets_before = [machine.open_sockets(process_id) for process_id in family]
    opened += open_sockets(range(1, plan.clients), plan.door)
    shares = [machine.open_sockets(each) - before for each, before in zip(family, sockets_before, strict=True)]
    parent.send((opened[0].received, [share for share in shares if share > plan.clients // 100]))
    reader = Reader([opening.socket for opening in opened])
    while count := _hear_next(reader, parent, is_hub=plan.door.is_hub):
        parent.send(_take_burst(reader, family, count, parent))


def _hear_next(reader: Reader, parent: Connection, *, is_hub: bool) -> int:
    """How large the next burst is. Until it comes our hub's clients say now and then that they are there."""
    while not parent.poll(REST_S):
        if is_hub:
            reader.stay_alive()
    count: int = parent.recv()
    return count


def _take_burst(reader: Reader, family: list[int], count: int, parent: Connection) -> Burst:
    before, cpu_before, own_before = reader.count(), [cpu_ns([each]) for each in family], time.process_time()
    wanted = count * reader.sampled_count
    began = time.monotonic()
    bulk_at = began + BULK_EVERY_S
    parent.send("ready")
    while reader.count().sampled_updates - before.sampled_updates < wanted:
        time.sleep(SAMPLED_EVERY_S)
        reader.take_sampled()
        if time.monotonic() > bulk_at:
            reader.take_bulk(wait_s=0, at_most=-1)
            bulk_at += BULK_EVERY_S
        if time.monotonic() - began > BURST_WITHIN_S:
            raise SystemExit(f"a burst of {count} updates took more than {BURST_WITHIN_S:.0f} s")
    ended, own_after, cpu_after = time.monotonic(), time.process_time(), [cpu_ns([each]) for each in family]
    while reader.take_bulk(wait_s=0.05, at_most=-1):
        continue
    return Burst(
        updates=before.updates_until(reader.count()),
        wall_s=ended - began,
        server_cpu_s=[(after - earlier) / 1e9 for after, earlier in zip(cpu_after, cpu_before, strict=True)],
        own_cpu_s=own_after - own_before,
    )
