"""The sockets that hear the same, and the innermost loop: everything in it is paid once for each socket and frame."""

import asyncio
from collections.abc import Iterable, Mapping
from itertools import repeat
from typing import TYPE_CHECKING

from realtime.hub.writer import SendNow

if TYPE_CHECKING:
    from realtime.hub.connection import Connection


class Audience:
    """Told by each connection when its writer begins or ends to wait, so that the loop need not ask.

    `direct` holds those that can be written to at once under their `send`, `waiting` all others. After a frame has gone
    to a thousand sockets nothing of ours is left in the processor's caches, so each object the loop does not touch
    counts: keyed this way a write costs 15 % less than through the connections.
    """

    __slots__ = ("_sends", "crowd", "direct", "waiting", "written_at")

    def __init__(self) -> None:
        self.direct: dict[SendNow, Connection] = {}
        self.crowd = object()  # another one after each change of `direct`; two that were found to be alike share theirs
        self.waiting: dict[Connection, None] = {}
        self.written_at = float("-inf")  # by the loop's clock: members need no heartbeat so soon after it
        self._sends: dict[Connection, SendNow] = {}

    def __len__(self) -> int:
        return len(self._sends) + len(self.waiting)

    def list_members(self) -> "list[Connection]":
        """Everyone, in no order that means anything."""
        return [*self._sends, *self.waiting]

    def add(self, connection: "Connection") -> None:
        """Let a socket in."""
        connection.audiences.add(self)
        self.place(connection)

    def discard(self, connection: "Connection") -> None:
        """Let a socket go, if it is here."""
        connection.audiences.discard(self)
        self._take_out(connection)

    def place(self, connection: "Connection") -> None:
        """Its writer has begun or ended to wait."""
        self._take_out(connection)
        send = connection.writer.direct
        if send is None:
            self.waiting[connection] = None
        else:
            self._sends[connection] = send
            self.direct[send] = connection
            self.crowd = object()

    def write(self, data: bytes) -> int:
        """Write whole frames to all that can be written to at once; returns to how many. `waiting` is left alone."""
        sockets = len(self.direct)
        keep_late(send_all(data, self.direct), data, self.direct)
        self.written_at = asyncio.get_running_loop().time()
        return sockets

    def _take_out(self, connection: "Connection") -> None:
        self.waiting.pop(connection, None)
        send = self._sends.pop(connection, None)
        if send is not None:
            del self.direct[send]
            self.crowd = object()


def send_all(data: bytes, sends: Iterable[SendNow]) -> list[tuple[SendNow, int]]:
    """Write the same bytes to each; returns those that did not take all of it, with how much they took."""
    return [(send, taken) for send, _, taken in send_each(zip(sends, repeat(data), strict=False))]


def send_each(pairs: Iterable[tuple[SendNow, bytes]]) -> list[tuple[SendNow, bytes, int]]:
    """Write to each its own bytes; returns those that did not take all of them, with these and how much they took."""
    late = []
    for send, data in pairs:
        try:
            taken = send(data)
        except BlockingIOError:
            taken = 0
        except OSError:
            continue  # the connection is gone; the server notices by itself
        if taken != len(data):
            late.append((send, data, taken))
    return late


def keep_late(late: Iterable[tuple[SendNow, int]], data: bytes, owners: "Mapping[SendNow, Connection]") -> None:
    """Let wait what the sockets did not take. Not before the loop has ended: it moves them within their audiences."""
    for connection, taken in [(owners[send], taken) for send, taken in late]:
        connection.keep(data, taken)
