"""The load client, in a process of its own: it places bets over a crew of connections and times the answers.

Either every connection sends its next bet when the last one is answered, or bets are due at a steady rate whatever
the answers do: then the time from when a bet was due counts, its wait for a free connection too.
"""

import asyncio
import gc
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Final

from bench.betting.lines import ACCEPTED, CLOSED, Door, Line, open_line
from bench.betting.processors import tree_cpu_s

OPENED_AT_ONCE: Final = 16
ANSWERED_WITHIN_S: Final = 60.0


@dataclass(frozen=True)
class Seat:
    """A connection to open: which door, whose session."""

    door: Door
    session_key: str


@dataclass(frozen=True)
class Load:
    """Bets to place. `bets` are JSON texts of commands, taken in turn.

    `per_s` is a steady rate, None as fast as they are answered. `count` ends the load after so many bets, else it ends
    after `window_s`, which begins `warm_s` later than the load.
    """

    name: str
    seats: Sequence[Seat]
    bets: Sequence[str]
    warm_s: float = 1.0
    window_s: float = 5.0
    per_s: float | None = None
    count: int | None = None


@dataclass(frozen=True)
class Site:
    """Where the bets go, and whose processor time is read."""

    port: int
    web_id: int
    postgres_id: int


@dataclass
class Outcome:
    """One window. `answers` and `latencies_ms` are those of the window, `accepted_in_all` counts warming up too."""

    answers: Counter[str] = field(default_factory=Counter)
    latencies_ms: list[float] = field(default_factory=list)
    seconds: float = 0.0
    web_cpu_s: float = 0.0
    database_cpu_s: float = 0.0
    client_cpu_s: float = 0.0
    accepted_in_all: int = 0


@dataclass(frozen=True)
class Clocks:
    """One instant."""

    wall_s: float
    web_s: float
    database_s: float
    own_s: float

    @classmethod
    def read(cls, site: Site) -> "Clocks":
        return cls(time.perf_counter(), tree_cpu_s(site.web_id), tree_cpu_s(site.postgres_id), time.process_time())


def serve(site: Site, pipe: Connection) -> None:
    """Answer each `Load` from the pipe with its `Outcome`, until there is None."""
    asyncio.run(_serve(site, pipe))


async def _serve(site: Site, pipe: Connection) -> None:
    gc.disable()
    loop = asyncio.get_running_loop()
    sockets: dict[tuple[Seat, ...], Crew] = {}
    while (load := await loop.run_in_executor(None, pipe.recv)) is not None:
        # Sockets stay open for the next load, as people's do; a browser's connections come and go.
        seats = tuple(load.seats)
        crew = sockets.get(seats) or await Crew.open(site, seats)
        if all(seat.door == "socket" for seat in seats):
            sockets[seats] = crew
        pipe.send(await crew.run(load))
        if seats not in sockets:
            crew.close()
        gc.collect()


class Crew:
    """Some open connections."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._lines: list[Line] = []
        self._driver: Driver | None = None

    @classmethod
    async def open(cls, site: Site, seats: Sequence[Seat]) -> "Crew":
        crew = cls(site)
        room = asyncio.Semaphore(OPENED_AT_ONCE)

        async def open_one(number: int, seat: Seat) -> Line:
            async with room:
                return await open_line(seat.door, seat.session_key, site.port, number, crew._hear)

        crew._lines = await asyncio.gather(*(open_one(number, seat) for number, seat in enumerate(seats)))
        return crew

    async def run(self, load: Load) -> Outcome:
        self._driver = Driver(load, self._site, self._lines)
        try:
            return await self._driver.run()
        finally:
            self._driver = None

    def close(self) -> None:
        for line in self._lines:
            line.close()

    def _hear(self, line: Line, outcome: str) -> None:
        if self._driver is not None:
            self._driver.hear(line, outcome)
        elif outcome == CLOSED and line in self._lines:
            self._lines.remove(line)


class Driver:
    """One load on some connections."""

    def __init__(self, load: Load, site: Site, lines: Sequence[Line]) -> None:
        self._load = load
        self._site = site
        self._idle = deque(lines)
        self._busy: set[Line] = set()
        self._outcome = Outcome()
        self._sent = 0
        self._due: deque[float] = deque()
        self._is_measuring = False
        self._is_over = False
        self._all_answered = asyncio.Event()

    async def run(self) -> Outcome:
        """Warm up, measure, and wait for what is still on its way."""
        load = self._load
        began = time.perf_counter()
        self._is_measuring = load.count is not None  # then all of it counts
        before = Clocks.read(self._site)
        pacing = None if load.per_s is None else asyncio.ensure_future(self._pace(load.per_s, began))
        if pacing is None:
            self._fill()
        if load.count is None:
            await asyncio.sleep(load.warm_s)
            before = Clocks.read(self._site)
            self._is_measuring = True
            await asyncio.sleep(load.window_s)
        else:
            await asyncio.wait_for(self._all_answered.wait(), ANSWERED_WITHIN_S)
        self._is_measuring = False
        after = Clocks.read(self._site)
        self._is_over = True
        if pacing is not None:
            pacing.cancel()
        if self._busy:
            self._all_answered.clear()
            await asyncio.wait_for(self._all_answered.wait(), ANSWERED_WITHIN_S)
        outcome = self._outcome
        outcome.seconds = after.wall_s - before.wall_s
        outcome.web_cpu_s = after.web_s - before.web_s
        outcome.database_cpu_s = after.database_s - before.database_s
        outcome.client_cpu_s = after.own_s - before.own_s
        return outcome

    def hear(self, line: Line, outcome: str) -> None:
        """An answer has come: count it and let the connection go on."""
        if line not in self._busy:
            self._outcome.answers[f"{outcome} (unasked)"] += 1
            return
        self._busy.discard(line)
        self._outcome.accepted_in_all += outcome == ACCEPTED
        if self._is_measuring:
            self._outcome.answers[outcome] += 1
            self._outcome.latencies_ms.append((time.perf_counter() - line.sent_at) * 1_000)
        if outcome != CLOSED:
            self._idle.append(line)
        if not self._is_over:
            self._fill()
        if not self._busy and (self._is_over or self._sent == self._load.count):
            self._all_answered.set()

    def _fill(self) -> None:
        """Give every idle connection a bet, as far as there are any."""
        load, steady = self._load, self._load.per_s is not None
        while self._idle and (self._due if steady else self._sent != load.count):
            line = self._idle.popleft()
            line.sent_at = self._due.popleft() if steady else time.perf_counter()
            number, self._sent = self._sent, self._sent + 1
            self._busy.add(line)
            line.place(f"{load.name}-{number}", load.bets[number % len(load.bets)])

    async def _pace(self, per_s: float, began: float) -> None:
        number = 0
        while True:
            now = time.perf_counter()
            while began + number / per_s <= now:
                self._due.append(began + number / per_s)
                number += 1
            self._fill()
            await asyncio.sleep(max(0.0, began + number / per_s - time.perf_counter()))
