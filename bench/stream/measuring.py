"""One measurement: a server on its core, a client process that holds every socket, and a publisher at a steady rate."""

import itertools
import multiprocessing
import os
import random
import time
from bisect import bisect
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from typing import Any, Final

from bench.stream import client
from bench.stream.client import Measured, Opened, Order, Plan
from bench.stream.machine import Cores, cpu_ns, family_of, wait_until_idle
from bench.stream.opening import Door
from bench.stream.publishers import Publisher
from bench.stream.updates import Load
from bench.stream.variants import Server, Variant, serving
from bench.table import percentile

END_WITHIN_S: Final = 30.0
SERIES: Final = itertools.count(1)
STEPS_MAX: Final = 5
WINDOW_UPDATES: Final = 8  # at two updates a second a shorter window would count halves of them
STEP_UPDATES: Final = 4  # fewer say nothing about how busy a server is
RATE_MAX: Final = 2.5  # times the first guess: on a core that others use as well a server never looks busy
BUSY_LEAST, BUSY_MOST, BUSY_AIM = 0.35, 0.75, 0.55  # of the server's core: busy, and far from a queue


@dataclass(frozen=True)
class Effort:
    """How much is measured of each: `rounds` windows, taken in turn with those of the others it is compared with."""

    cores: Cores
    clients: int
    warm_up_s: float
    window_s: float
    rounds: int


@dataclass(frozen=True)
class Trial:
    """One server under one load. Without a rate one is found that keeps its core half busy."""

    variant: Variant
    load: Load
    rate: float | None = None


@dataclass(frozen=True)
class Result:
    """What a trial came to over all its windows. `published` counts updates to all clients inside them."""

    trial: Trial
    rate: float
    opened: Opened
    windows: list[Measured]
    published: int

    @property
    def updates(self) -> int:
        return sum(window.updates for window in self.windows)

    @property
    def updates_a_cpu_s(self) -> float:
        return self.updates / sum(window.server_cpu_s for window in self.windows)

    @property
    def delivered_share(self) -> float:
        return self.updates / self.published if self.published else float("nan")

    @property
    def server_share(self) -> float:
        return sum(window.server_cpu_s for window in self.windows) / self.window_s

    @property
    def client_share(self) -> float:
        return sum(window.own_cpu_s for window in self.windows) / self.window_s

    @property
    def window_s(self) -> float:
        return sum(window.ended - window.began for window in self.windows)

    def latency_ms(self, share: float) -> float:
        return percentile([latency for window in self.windows for latency in window.latencies_ms], share)


class Session:
    """A server, the process that holds its clients and the stream that is sent to them, all open and idle."""

    def __init__(self, trial: Trial, effort: Effort, stack: ExitStack) -> None:
        self.trial = trial
        self.server = stack.enter_context(serving(trial.variant, {effort.cores.server}))
        load = of_its_own(trial.load)
        door = door_of(trial.variant, self.server, load)
        window_s = max(effort.window_s, WINDOW_UPDATES / (trial.rate or trial.variant.rate))
        plan = Plan(door, self.server.process_id, effort.clients, effort.clients // 10, window_s)
        self._effort = effort
        self._pipe = stack.enter_context(clients_of(self.server, client.run, plan))
        self._opened: Opened = self._pipe.recv()
        publisher = trial.variant.publisher(load, self._opened.answer, self.server.feed_port)
        self._stream = Stream(stack.enter_context(closing(publisher)), load, trial.rate or trial.variant.rate)
        self._windows: list[Measured] = []

    def take_window(self) -> None:
        """Publish, wait until it runs evenly, measure, and leave the cores to the others."""
        self._pipe.send(Order.READ)
        is_fixed = self.trial.rate is not None or bool(self._windows)
        rate_max = None if is_fixed else RATE_MAX * self.trial.variant.rate
        warm_up(self._stream, self.server, self._effort, rate_max=rate_max)
        self._pipe.send(Order.MEASURE)
        self._stream.publish_until(self._pipe.poll)
        self._windows.append(self._pipe.recv())
        wait_until_idle(family_of(self.server.process_id))
        self._pipe.send(Order.REST)

    def finish(self) -> Result:
        """What was measured; the clients leave."""
        self._pipe.send(Order.END)
        heard = self._effort.clients * self.trial.load.topics_a_client // self.trial.load.topic_count
        published = sum(self._stream.count(window.began, window.ended) for window in self._windows)
        return Result(self.trial, self._stream.rate, self._opened, self._windows, published * heard)


def measure_together(trials: Sequence[Trial], effort: Effort) -> list[Result]:
    """Their windows in turn: the speed of a core moves within seconds, and what is compared must move with it."""
    with ExitStack() as stack:
        sessions = [Session(trial, effort, stack) for trial in trials]
        for _ in range(effort.rounds):
            for session in sessions:
                session.take_window()
        return [session.finish() for session in sessions]


def of_its_own(load: Load) -> Load:
    """The load with topics and client addresses that no other server of this run has."""
    return replace(load, series=next(SERIES) % 256)


def door_of(variant: Variant, server: Server, load: Load) -> Door:
    """How the clients reach a server."""
    return Door(server.port, variant.path, load, variant.kind == "hub", load.series)


@dataclass
class Stream:
    """Updates at a rate, unevenly spaced as the world is, and the instant of each."""

    publisher: Publisher
    load: Load
    rate: float
    published_at: list[float] = field(default_factory=list)
    _due_at: float = 0.0
    _chance: random.Random = field(default_factory=lambda: random.Random(5))

    def publish_until(self, is_over: Callable[[], bool]) -> None:
        self._due_at = max(self._due_at, time.monotonic())
        while not is_over():
            time.sleep(max(0.0, self._due_at - time.monotonic()))
            first = len(self.published_at)
            self.published_at += [time.monotonic()] * self.load.at_once
            self.publisher.publish_many(range(first, first + self.load.at_once))
            self._due_at += self.load.at_once / self.rate * self._chance.uniform(0.5, 1.5)

    def publish_for(self, duration_s: float) -> None:
        deadline = time.monotonic() + duration_s
        self.publish_until(lambda: time.monotonic() >= deadline)

    def count(self, began: float, ended: float) -> int:
        """How many were published between two instants."""
        return bisect(self.published_at, ended) - bisect(self.published_at, began)


def warm_up(stream: Stream, server: Server, effort: Effort, *, rate_max: float | None) -> None:
    """Publish until the server runs as it will be measured; a rate that may still move is brought there in steps."""
    family = family_of(server.process_id)
    for _ in range(STEPS_MAX):
        before, began = cpu_ns(family), time.monotonic()
        stream.publish_for(max(effort.warm_up_s, STEP_UPDATES / stream.rate))
        busy = (cpu_ns(family) - before) / 1e9 / (time.monotonic() - began)
        if rate_max is None or BUSY_LEAST < busy < BUSY_MOST:
            return
        stream.rate = min(stream.rate * BUSY_AIM / busy, rate_max)
        if busy > BUSY_MOST:
            wait_until_idle(family)  # what has queued up leaves first


class Talk:
    """The pipe to a client process. Should that end too early, what its server has said is shown."""

    def __init__(self, pipe: Connection, server: Server) -> None:
        self._pipe = pipe
        self._server = server
        self.poll = pipe.poll

    def send(self, word: object) -> None:
        self._pipe.send(word)

    def recv(self) -> Any:
        try:
            return self._pipe.recv()
        except EOFError:
            raise SystemExit(f"{self._server.name} failed its clients:\n{self._server.read_log()}") from None


@contextmanager
def clients_of(
    server: Server, work: Callable[..., None], plan: object, *, cores: set[int] | None = None
) -> Iterator[Talk]:
    """A process that holds a server's clients, on the load's core unless others are given."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=work, args=(plan, theirs), daemon=True)
    process.start()
    theirs.close()
    if cores:
        assert process.pid is not None
        os.sched_setaffinity(process.pid, cores)
    try:
        yield Talk(ours, server)
        process.join(END_WITHIN_S)
    finally:
        process.terminate()
        process.join()
