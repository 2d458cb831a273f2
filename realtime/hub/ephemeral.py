"""An ephemeral topic in this process: each reader is shown a view, and what makes their last view the present one.

Nothing is stored or numbered. A reader who is behind misses changes and gets a fresh image once it has caught up.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Final, Generic, Protocol, Self, TypeVar

from project.kit.bus import milliseconds_now
from project.kit.topics import EphemeralTopic
from realtime.core.encoding import Frame, frame_of
from realtime.hub.connection import Connection

PACE_S: Final = 0.1  # a change that follows another so soon is told together with it
PACE_S_PER_READER: Final = 0.001  # a crowd comes and goes all the time: everybody hears of everybody, so it is slower
PACE_S_MAX: Final = 0.8  # who left is not shown a second later


class View(Protocol):
    """What a reader is shown at one moment."""

    def image(self) -> dict[str, Any]: ...

    def changes_since(self, old: Self) -> list[dict[str, Any]]: ...


AnyView = TypeVar("AnyView", bound=View)


class EphemeralChannel(ABC, Generic[AnyView]):
    """Holds the view each reader has. Readers with the same two views share one frame."""

    def __init__(self, name: str, topic: EphemeralTopic, arguments: Mapping[str, str]) -> None:
        self.name = name
        self.topic: EphemeralTopic = topic
        self.arguments = arguments
        self._views: dict[Connection, AnyView] = {}
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.Handle | None = None
        self._flushed_at = float("-inf")

    @property
    def member_count(self) -> int:
        return len(self._views)

    def list_members(self) -> list[Connection]:
        """The sockets that hear it."""
        return list(self._views)

    @abstractmethod
    async def join(self, connection: Connection, *, ref: int | str | None) -> None:
        """Answer a subscribe with the image. Raises AppError."""

    @abstractmethod
    async def look_again(self, connection: Connection) -> None:
        """Ask PostgreSQL again what this socket may be shown. Raises AppError."""

    @abstractmethod
    def receive(self, message: dict[str, Any]) -> None:
        """Take one message of the bus. Raises KeyError, TypeError or ValueError for one that is not ours."""

    @abstractmethod
    def find_view(self, connection: Connection, fresh: dict[frozenset[str], AnyView]) -> AnyView:
        """What a reader is shown now; `fresh` holds the views that were made for this round."""

    def leave(self, connection: Connection) -> None:
        """Take a socket out."""
        self._views.pop(connection, None)

    def send_image(self, connection: Connection, *, ref: int | str | None = None) -> None:
        """The present view as a `subscribed` frame; changes follow from there."""
        view = self._views[connection] = self.find_view(connection, {})
        members = {"op": "subscribed", "ref": ref, "topic": self.name, "lane": "ephemeral", "pos": ""}
        connection.send(frame_of(members | {"image": view.image()}))

    def send_owed(self, connection: Connection) -> None:
        """A reader that had to miss changes and caught up begins with the present view."""
        self.send_image(connection)

    def close(self) -> None:
        """Forget the timer."""
        if self._timer is not None:
            self._timer.cancel()

    def note_change(self) -> None:
        """Something moved: tell the readers, at once or as soon as the pace allows."""
        if self._timer is None:
            pace_s = min(PACE_S_MAX, PACE_S + PACE_S_PER_READER * len(self._views))
            self._timer = self._loop.call_at(max(self._loop.time(), self._flushed_at + pace_s), self._tell)

    def flush(self) -> None:
        """Write to every reader what their view lacks."""
        if self._views:
            self._flushed_at = self._loop.time()
        fresh: dict[frozenset[str], AnyView] = {}
        frames: dict[tuple[int, int], Frame | None] = {}
        for connection, old in tuple(self._views.items()):  # it keeps the old views alive, and their ids theirs
            if connection not in self._views:
                continue  # writing to another closed it
            new = self._views[connection] = self.find_view(connection, fresh)
            key = (id(old), id(new))
            if key not in frames:
                frames[key] = self._make_frame(new.changes_since(old))
            frame = frames[key]
            if frame is not None:
                connection.offer(self, frame, updates=1)

    def _tell(self) -> None:
        self._timer = None
        self.flush()

    def _make_frame(self, changes: list[dict[str, Any]]) -> Frame | None:
        if not changes:
            return None
        return frame_of({"op": "update", "topic": self.name, "pt": milliseconds_now(), "changes": changes})
