"""When conflated values leave: at one pace for all topics, so that what a socket hears leaves in one write."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from project.kit.bus import milliseconds_now
from realtime.core.conflation import Entry
from realtime.core.encoding import Frame, conflated_update
from realtime.core.projection import Fields, project
from realtime.hub.audience import Audience, send_each
from realtime.hub.connection import Connection
from realtime.hub.figures import Figures
from realtime.hub.sharing import share_out


class Source(Protocol):
    """The topic behind a lane."""

    name: str

    def get_version(self) -> int: ...

    def get_arrivals(self) -> int: ...

    def send_owed(self, connection: Connection) -> None: ...


class Lane:
    """The sockets that hear one topic at one pace, with the same fields: they all get the same bytes."""

    def __init__(self, source: Source, pacer: "Pacer", fields: Fields | None) -> None:
        self.audience = Audience()
        self.is_due = False
        self.source = source
        self.flushed_arrivals = source.get_arrivals()
        self._pacer = pacer
        self._fields = fields
        self._pending: dict[str, Entry] = {}
        self.published_at_ms = 0
        self._marks: dict[Connection, int] = {}

    def add(self, entries: list[Entry], *, published_at_ms: int) -> None:
        """Note newer values; the last one of each key stands when the frame is made."""
        for entry in entries:
            self._pending[entry.key] = entry
        self.published_at_ms = published_at_ms
        if not self.is_due:
            self._pacer.schedule(self)

    def take_frame(self) -> tuple[Frame, int] | None:
        """What is pending, and how many updates that is. None when it was taken already."""
        self.is_due = False
        if not self._pending or not self.audience:
            self._pending = {}
            return None
        frame = self.make_frame(list(self._pending.values()))
        count, self._pending = len(self._pending), {}
        return frame, count

    def note_flushed(self) -> None:
        """What was taken has been written, or is owed."""
        self.flushed_arrivals = self.source.get_arrivals()

    def flush(self) -> None:
        """Write what is pending now, out of turn."""
        taken = self.take_frame()
        if taken is None:
            return
        frame, updates = taken
        waiting = list(self.audience.waiting)
        sockets = self.audience.write(frame.wire)
        self._pacer.figures.count_written(sockets=sockets, frames=1, size=len(frame.wire), updates=updates)
        self.offer_to(waiting, frame, updates)
        self.note_flushed()

    def offer_to(self, connections: list[Connection], frame: Frame, updates: int) -> None:
        """Write behind what waits, unless a reader is so far behind that it gets newer values later instead."""
        for connection in connections:
            if not connection.offer(self.source, frame, updates):
                self._pacer.figures.conflated += updates
                self._marks.setdefault(connection, self.flushed_arrivals)

    def take_mark(self, connection: Connection) -> int | None:
        """How much of the topic had arrived when the socket fell behind."""
        return self._marks.pop(connection, None)

    def make_frame(self, entries: list[Entry]) -> Frame:
        """One `update` with these values, as this lane shows them."""
        return conflated_update(
            self.source.name,
            entries=entries if self._fields is None else [project(entry, self._fields) for entry in entries],
            version=self.source.get_version(),
            published_at_ms=self.published_at_ms,
        )

    def leave(self, connection: Connection) -> None:
        """Take a socket out."""
        self.audience.discard(connection)
        self._marks.pop(connection, None)


Taken = tuple[Lane, Frame, int]


class Pacer:
    """All lanes of one rate. A first change leaves at once, later ones at the pace, each socket's in one write.

    At rate 0 what one read of the bus brought leaves together.
    """

    def __init__(self, rate_ms: int, figures: Figures) -> None:
        self.figures = figures
        self._rate_s = rate_ms / 1_000
        self._due: list[Lane] = []
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.Handle | None = None
        self._flushed_at = float("-inf")

    def schedule(self, lane: Lane) -> None:
        """The lane has something to say."""
        lane.is_due = True
        self._due.append(lane)
        if self._timer is not None:
            return
        due_at = self._flushed_at + self._rate_s
        if due_at <= self._loop.time():
            # After what else this read of the bus brought, so that it all leaves together.
            self._timer = self._loop.call_soon(self.flush)
        else:
            self._timer = self._loop.call_at(due_at, self.flush)

    def flush(self) -> None:
        """Write what is due to everybody."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        lanes, self._due = self._due, []
        self._flushed_at = self._loop.time()
        if len(lanes) == 1:
            lanes[0].flush()
        elif lanes:
            self._flush_together(lanes)
        if lanes:
            self.figures.note_lag(milliseconds_now() - max(lane.published_at_ms for lane in lanes))

    def _flush_together(self, lanes: list[Lane]) -> None:
        taken = [(lane, *made) for lane in lanes if (made := lane.take_frame()) is not None]
        audiences = [lane.audience for lane, _, _ in taken]
        waiting = [list(audience.waiting) for audience in audiences]
        sockets, pairs = share_out([(frame.wire, lane.audience) for lane, frame, _ in taken])
        late = send_each(pairs)
        self._count(taken, sockets=sockets)  # now: whoever does not take it all leaves the audiences
        owners = [
            next(audience.direct[send] for audience in audiences if send in audience.direct) for send, _, _ in late
        ]
        for connection, (_, data, size) in zip(owners, late, strict=True):
            connection.keep(data, size)
        now = self._loop.time()
        for (lane, frame, updates), connections in zip(taken, waiting, strict=True):
            lane.offer_to(connections, frame, updates)
            lane.audience.written_at = now
            lane.note_flushed()

    def _count(self, taken: list[Taken], *, sockets: int) -> None:
        """Every frame for all that hear it, in one write for each socket."""
        heard = [(len(lane.audience.direct), frame, updates) for lane, frame, updates in taken]
        self.figures.count_gathered(
            sockets=sockets,
            frames=sum(count for count, _, _ in heard),
            size=sum(count * len(frame.wire) for count, frame, _ in heard),
            updates=sum(count * updates for count, _, updates in heard),
        )


PacerOf = Callable[[int], Pacer]
