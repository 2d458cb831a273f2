"""One open socket as the hub sees it: who it is, what it hears, and what it has not read yet."""

import asyncio
import random
from collections.abc import Callable
from typing import Any, Final

from project.kit.bus import milliseconds_now, session_digest
from project.kit.callers import ANONYMOUS, Caller
from project.kit.errors import AppError, RateLimited, TemporarilyUnavailable
from project.kit.ids import new_id
from project.kit.problems import describe
from realtime.core import closing as closings
from realtime.core.closing import Closing
from realtime.core.encoding import Frame, frame_of
from realtime.core.limits import HEARTBEAT_MS, SLOW_FOR_S, UNSENT_BYTES
from realtime.hub.writer import Writer

RESUME_BELOW_BYTES: Final = UNSENT_BYTES // 2  # a reader that caught up this far gets values again


class Connection:
    """Everything that is written to one socket goes through here, in order."""

    def __init__(self, writer: Writer, *, address: str = "") -> None:
        self.id = str(new_id())
        self.address = address
        self.caller: Caller = ANONYMOUS
        self.is_welcome = False
        self.heartbeat_ms = HEARTBEAT_MS
        self.topics: set[str] = set()
        self.lagging_topics: set[str] = set()
        self.is_closed = False
        self.on_closed: Callable[[], None] | None = None
        self._lagging_since: float | None = None
        self._writer = writer
        self._loop = asyncio.get_running_loop()
        self._heartbeat: asyncio.TimerHandle | None = None
        self._closing_task: asyncio.Task[None] | None = None
        self.last_sent_at = self._loop.time()
        self.checked_at = self._loop.time()

    @property
    def session_digest(self) -> str:
        """Names the session this socket belongs to, as orders to close sockets do."""
        return session_digest(self.caller.session_key) if self.caller.session_key else ""

    def send(self, frame: Frame) -> None:
        """Write a frame that must not be left out. A reader too far behind is closed instead."""
        if self.is_closed:
            return
        if self._writer.get_unsent_bytes() > UNSENT_BYTES:
            self.close(closings.TOO_SLOW)
            return
        self._write(frame)

    def send_image_part(self, frame: Frame) -> None:
        """Write one frame of an image. The first was checked like any other; an image may be larger than the bound."""
        if not self.is_closed:
            self._write(frame)

    def offer(self, topic: str, frame: Frame) -> bool:
        """Write a frame of a conflated topic, unless the reader is behind: then the topic is owed to it."""
        if self.is_closed:
            return False
        if self.lagging_topics or self._writer.get_unsent_bytes() > UNSENT_BYTES:
            if self._lagging_since is None:
                self._lagging_since = self._loop.time()
            self.lagging_topics.add(topic)
            return False
        self._write(frame)
        return True

    def take_owed_topics(self) -> set[str]:
        """The conflated topics whose image is due again, once the reader has caught up. Closes one that never does."""
        if self.is_closed or self._lagging_since is None:
            return set()
        if self._writer.get_unsent_bytes() < RESUME_BELOW_BYTES:
            owed, self.lagging_topics, self._lagging_since = self.lagging_topics, set(), None
            return owed & self.topics
        if self._loop.time() - self._lagging_since > SLOW_FOR_S:
            self.close(closings.TOO_SLOW)
        return set()

    def forget(self, topic: str) -> None:
        """The socket does not hear this topic any more; nothing of it is owed."""
        self.topics.discard(topic)
        self.lagging_topics.discard(topic)
        if not self.lagging_topics:
            self._lagging_since = None

    def beat_every(self, heartbeat_ms: int) -> None:
        """Send a heartbeat whenever nothing else was written for this long."""
        self.heartbeat_ms = heartbeat_ms
        self._beat()

    def refuse(self, error: AppError, *, ref: int | str | None = None, topic: str | None = None) -> None:
        """Tell the client what it cannot have, with the members of the HTTP problem."""
        self.send(frame_of({"op": "error", **refusal_members(error), "ref": ref, "topic": topic}))

    def close(self, closing: Closing, *, should_reconnect: bool | None = None) -> None:
        """Say goodbye and close; later frames are dropped. The wait before coming back is jittered."""
        if self.is_closed:
            return
        retry_ms = round(closing.retry_ms * random.uniform(1, 2))  # spreads returns, guards nothing
        reconnect = closing.should_reconnect if should_reconnect is None else should_reconnect
        self._write(frame_of({"op": "bye", "code": closing.code, "reconnect": reconnect, "retry_ms": retry_ms}))
        self.end()
        self._closing_task = asyncio.ensure_future(self._writer.close(closing.code))
        if self.on_closed is not None:
            self.on_closed()

    def end(self) -> None:
        """Nothing is written any more."""
        self.is_closed = True
        if self._heartbeat is not None:
            self._heartbeat.cancel()

    def _beat(self) -> None:
        if self.is_closed:
            return
        interval_s = self.heartbeat_ms / 1_000
        due_at = self.last_sent_at + interval_s
        if due_at <= self._loop.time():
            self.send(frame_of({"op": "heartbeat", "t": milliseconds_now()}))
            due_at = self._loop.time() + interval_s
        if self._heartbeat is not None:
            self._heartbeat.cancel()
        # What is written meanwhile does not touch the timer: it looks again when it fires.
        self._heartbeat = self._loop.call_at(due_at, self._beat)

    def _write(self, frame: Frame) -> None:
        self._writer.write(frame)
        self.last_sent_at = self._loop.time()


def refusal_members(error: AppError) -> dict[str, Any]:
    """A refusal as frames carry it."""
    members = describe(error)
    if isinstance(error, RateLimited | TemporarilyUnavailable):
        members.setdefault("retry_after_ms", error.retry_after_s * 1_000)
    return members
