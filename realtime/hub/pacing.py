"""One pace of one conflated topic: what changed since its last frame, and when the next frame is due."""

import asyncio
from collections.abc import Callable

from realtime.core.conflation import Entry
from realtime.core.encoding import Frame, conflated_update
from realtime.hub.connection import Connection


class Lane:
    """The sockets that hear a topic at one rate. A first change leaves at once, later ones at the pace."""

    def __init__(self, topic: str, rate_ms: int, get_version: Callable[[], int]) -> None:
        self.members: set[Connection] = set()
        self._topic = topic
        self._rate_s = rate_ms / 1_000
        self._get_version = get_version
        self._pending: dict[str, Entry] = {}
        self._published_at_ms = 0
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.Handle | None = None
        self._flushed_at = float("-inf")

    def add(self, entries: list[Entry], *, published_at_ms: int) -> None:
        """Note newer values; the last one of each key stands when the frame is made."""
        if not self.members:
            return
        for entry in entries:
            self._pending[entry.key] = entry
        self._published_at_ms = published_at_ms
        if self._timer is not None:
            return
        due_at = self._flushed_at + self._rate_s
        if due_at <= self._loop.time():
            # After what else this read of the bus brought, so that it all leaves in one frame.
            self._timer = self._loop.call_soon(self.flush)
        else:
            self._timer = self._loop.call_at(due_at, self.flush)

    def flush(self) -> None:
        """Frame what is pending and write it to every member."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._pending:
            return
        self._flushed_at = self._loop.time()
        frame = self._make_frame()
        self._pending = {}
        for member in tuple(self.members):
            member.offer(self._topic, frame)

    def cancel(self) -> None:
        """Forget the timer; nobody listens any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._pending = {}

    def _make_frame(self) -> Frame:
        return conflated_update(
            self._topic,
            entries=self._pending.values(),
            version=self._get_version(),
            published_at_ms=self._published_at_ms,
        )
