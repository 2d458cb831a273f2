"""One open socket as the hub sees it: who it is, what it hears, and what it has not read yet."""

import asyncio
import random
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, Protocol

from project.kit.bus import milliseconds_now, session_digest
from project.kit.callers import ANONYMOUS, Caller
from project.kit.errors import AppError, RateLimited, TemporarilyUnavailable
from project.kit.ids import new_id_text
from project.kit.problems import describe
from realtime.core import closing as closings
from realtime.core.closing import Closing
from realtime.core.encoding import Frame, frame_of
from realtime.core.limits import HEARTBEAT_MS, SLOW_FOR_S, UNSENT_BYTES
from realtime.hub.audience import Audience
from realtime.hub.figures import Figures
from realtime.hub.freshness import Freshness
from realtime.hub.heartbeats import Heartbeats
from realtime.hub.writer import Writer

BEHIND_BYTES: Final = 16 * 1024  # past this a reader is behind, and conflated values wait for it
MOVES_BYTES: Final = 4 * 1024  # what a reader that is behind must take within SLOW_FOR_S to be merely slow


class Owing(Protocol):
    """A topic whose values can be left out for a while, because what is sent later says it all."""

    name: str

    def send_owed(self, connection: "Connection") -> None: ...


class Connection:
    """Everything that is written to one socket goes through here, in order."""

    __slots__ = (
        "__weakref__",
        "_behind",
        "_behind_since",
        "_figures",
        "_freshness",
        "_heartbeats",
        "_loop",
        "_moved_bytes",
        "_room",
        "_sent_at",
        "address",
        "audiences",
        "caller",
        "checked_at",
        "heartbeat_ms",
        "id",
        "is_closed",
        "is_welcome",
        "on_closed",
        "owed",
        "topics",
        "writer",
    )

    def __init__(
        self,
        writer: Writer,
        *,
        address: str = "",
        figures: Figures | None = None,
        behind: "set[Connection] | None" = None,
        freshness: Freshness | None = None,
        heartbeats: Heartbeats | None = None,
    ) -> None:
        self.id = new_id_text()
        self.address = address
        self.caller: Caller = ANONYMOUS
        self.is_welcome = False
        self.heartbeat_ms = HEARTBEAT_MS
        self.topics: set[str] = set()
        self.owed: dict[str, Owing] = {}
        self.audiences: set[Audience] = set()
        self.is_closed = False
        self.on_closed: Callable[[], None] | None = None
        self.writer = writer
        writer.on_drained = self._catch_up
        writer.on_switch = self._switch
        self._figures = figures or Figures()
        self._freshness = freshness or Freshness()
        self._behind = set() if behind is None else behind  # the hub's: those it has to look after
        self._behind_since = 0.0
        self._moved_bytes = 0
        self._room: asyncio.Event | None = None
        self._loop = asyncio.get_running_loop()
        self._heartbeats = Heartbeats() if heartbeats is None else heartbeats
        self._sent_at = self._loop.time()
        self.checked_at = self._loop.time()

    @property
    def session_digest(self) -> str:
        """Names the session this socket belongs to, as orders to close sockets do."""
        return session_digest(self.caller.session_key) if self.caller.session_key else ""

    def send(self, frame: Frame, updates: int = 0) -> None:
        """Write a frame that must not be left out. A reader too far behind is closed instead."""
        if self.is_closed:
            return
        if self.writer.get_unsent_bytes() > UNSENT_BYTES:
            self.close(closings.TOO_SLOW)
            return
        self._write(frame, updates)

    def send_image_part(self, frame: Frame) -> None:
        """Write one frame of an image. The first was checked like any other; an image may be larger than the bound."""
        if not self.is_closed:
            self._write(frame)

    def offer(self, topic: Owing, frame: Frame, updates: int = 0) -> bool:
        """Write a frame that later ones make up for, unless the reader is behind: then the topic is owed to it."""
        if self.is_closed:
            return True
        if self.owed or self.writer.get_unsent_bytes() > BEHIND_BYTES:
            self.owed[topic.name] = topic
            self._note_behind()
            return False
        self._write(frame, updates)
        return True

    def keep(self, data: bytes, taken: int) -> None:
        """Take what `writer.direct` did not: the reader has begun to fall behind."""
        self.writer.keep(data, taken)
        self._note_behind()

    def check_pace(self) -> None:
        """Close a reader that takes next to nothing. To be called a few times a second for those that are behind."""
        moved_bytes = self.writer.get_progress()
        if moved_bytes - self._moved_bytes >= MOVES_BYTES:
            self._moved_bytes, self._behind_since = moved_bytes, self._loop.time()
        elif self._loop.time() - self._behind_since > SLOW_FOR_S:
            self.close(closings.TOO_SLOW)

    async def wait_for_room(self) -> None:
        """Wait until the reader has taken what was written, if much of it waits: for what is sent in many frames."""
        while not self.is_closed and self.writer.get_unsent_bytes() > UNSENT_BYTES // 2:
            if self._room is None:
                self._room = asyncio.Event()
            self._room.clear()
            await self._room.wait()

    def forget(self, topic: str) -> None:
        """The socket does not hear this topic any more; nothing of it is owed."""
        self.topics.discard(topic)
        self.owed.pop(topic, None)

    def beat_every(self, heartbeat_ms: int) -> None:
        """Send a heartbeat whenever nothing else was written for this long."""
        self.heartbeat_ms = heartbeat_ms
        self._heartbeats.expect(self, self._loop.time() + heartbeat_ms / 1_000)

    def refuse(self, error: AppError, *, ref: int | str | None = None, topic: str | None = None) -> None:
        """Tell the client what it cannot have, with the members of the HTTP problem."""
        self.send(frame_of({"op": "error", **refusal_members(error), "ref": ref, "topic": topic}))

    def close(self, closing: Closing, *, should_reconnect: bool | None = None) -> None:
        """Say goodbye and close; later frames are dropped. The wait before coming back is jittered."""
        if self.is_closed:
            return
        retry_ms = round(closing.retry_ms * random.uniform(1, 2))  # spreads returns, guards nothing
        reconnect = closing.should_reconnect if should_reconnect is None else should_reconnect
        if closing is closings.TOO_SLOW:
            self.writer.drop_unsent()  # it would never get to the goodbye behind all that
        self._write(frame_of({"op": "bye", "code": closing.code, "reconnect": reconnect, "retry_ms": retry_ms}))
        self.end()
        self._figures.closed[closing.code] += 1
        self.writer.close(closing.code)
        if self.on_closed is not None:
            self.on_closed()

    def end(self) -> None:
        """Nothing is written any more."""
        self.is_closed = True
        self.owed = {}
        self._behind.discard(self)
        if self._room is not None:
            self._room.set()
        self._heartbeats.forget(self)

    def beat(self, now: float) -> float | None:
        """Send a heartbeat if nothing was sent for long enough; returns when to look again, None for a closed socket.

        What is written meanwhile moves nothing: it is seen when the time has come.
        """
        if self.is_closed:
            return None
        interval_s = self.heartbeat_ms / 1_000
        sent_at = self._sent_at
        for audience in self.audiences:
            sent_at = max(sent_at, audience.written_at)
        if sent_at + interval_s > now:
            return sent_at + interval_s
        self.send(heartbeat_frame(self._freshness))
        return now + interval_s

    def _write(self, frame: Frame, updates: int = 0) -> None:
        self.writer.write(frame)
        self._sent_at = self._loop.time()
        self._figures.count_written(sockets=1, frames=1, size=len(frame.wire), updates=updates)
        if self.writer.get_unsent_bytes():
            self._note_behind()

    def _switch(self) -> None:
        for audience in self.audiences:
            audience.place(self)

    def _note_behind(self) -> None:
        if self not in self._behind:
            self._behind.add(self)
            self._behind_since, self._moved_bytes = self._loop.time(), self.writer.get_progress()

    def _catch_up(self) -> None:
        """Everything that waited has left: send what is owed, as far as the reader keeps up with it."""
        self._behind.discard(self)
        if self._room is not None:
            self._room.set()
        owed, self.owed = self.owed, {}
        for name, topic in owed.items():
            if self.owed or self.writer.get_unsent_bytes() > BEHIND_BYTES:
                self.owed.setdefault(name, topic)
            else:
                topic.send_owed(self)
        if self.owed:
            self._note_behind()


def heartbeat_frame(freshness: Freshness) -> Frame:
    """A heartbeat, which also says when what is heard may not be what is true."""
    return _heartbeat_at(milliseconds_now(), is_delayed=freshness.is_delayed)


@lru_cache(maxsize=2)  # all whose time has come on one beat get the same
def _heartbeat_at(now_ms: int, *, is_delayed: bool) -> Frame:
    return frame_of({"op": "heartbeat", "t": now_ms, "delayed": is_delayed or None})


def refusal_members(error: AppError) -> dict[str, Any]:
    """A refusal as frames carry it."""
    members = describe(error)
    if isinstance(error, RateLimited | TemporarilyUnavailable):
        members.setdefault("retry_after_ms", error.retry_after_s * 1_000)
    return members
