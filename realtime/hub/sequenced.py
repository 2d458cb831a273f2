"""A sequenced topic in this process: every change once and in order, whatever the bus lost or doubled."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from project.kit.bus import milliseconds_now
from project.kit.errors import AppError
from project.kit.streams import Position, StoredChange
from project.kit.topics import SequencedTopic
from realtime.core.encoding import Frame, frame_of, sequenced_update
from realtime.core.limits import REPLAY_CHANGES_PER_FRAME
from realtime.hub.connection import Connection
from realtime.hub.topic_reads import SequencedReads
from realtime.queries.topic_images import SequencedStart

logger = logging.getLogger(__name__)


class SequencedChannel:
    """Knows the last change it passed on; a gap is filled from PostgreSQL, and said where it cannot be."""

    def __init__(self, name: str, topic: SequencedTopic, arguments: Mapping[str, str], reads: SequencedReads) -> None:
        self.name = name
        self.topic = topic
        self.arguments = arguments
        self.reads = reads
        self._members: dict[Connection, int] = {}  # each socket's own position within the channel's epoch
        self._position: Position | None = None
        self._newest_seen: Position | None = None
        self._filling: asyncio.Task[None] | None = None

    @property
    def member_count(self) -> int:
        return len(self._members)

    @property
    def position(self) -> Position | None:
        return self._position

    def receive(self, message: dict[str, Any]) -> None:
        """Take one message of the bus: the next change is passed on, an old one dropped, a later one starts a fill."""
        seen = Position(message["e"], message["s"])
        self._note_seen(seen)
        if self._position is None:
            return  # the first join is still reading and will catch up to what was seen
        if seen.epoch == self._position.epoch and seen.seq == self._position.seq + 1:
            self._apply([StoredChange(seen.seq, message["c"])], published_at_ms=message["pt"])
        elif seen.epoch != self._position.epoch or seen.seq > self._position.seq:
            self.fill()

    def notice_head(self, head: Position) -> None:
        """Compare with where PostgreSQL stands; what no message brought is read."""
        if self._position is not None and head != self._position:
            self._note_seen(head)
            if head.epoch != self._position.epoch or head.seq > self._position.seq:
                self.fill()

    async def join(self, connection: Connection, start: SequencedStart, *, ref: int | str | None) -> None:
        """Answer a subscribe with what was read for it, then whatever happened during the read."""
        if start.has_lost_history:
            connection.send(self._resync_frame("history_lost"))
        connection.send(self._subscribed_frame(start, ref=ref))
        epoch, seq = start.position.epoch, start.position.seq
        self._send_changes(connection, epoch, start.changes)
        if self._position is None:
            self._position = start.position
        while self._position.epoch == epoch and seq < self._position.seq:
            missed = await self.reads.read_since(epoch, seq)
            if not missed:
                break
            self._send_changes(connection, epoch, missed)
            seq = missed[-1].seq
        if connection.is_closed or self.name not in connection.topics:
            return
        self._members[connection] = seq
        if self._position.epoch != epoch:
            await self._resync()  # history was lost between this socket's read and now
        elif seq != self._position.seq or self._is_behind():
            self.fill()

    def leave(self, connection: Connection) -> None:
        """Take a socket out."""
        self._members.pop(connection, None)

    def fill(self) -> None:
        """Read what is missing, unless that is under way."""
        if self._filling is None or self._filling.done():
            self._filling = asyncio.ensure_future(self._fill())

    def close(self) -> None:
        """Stop a fill under way."""
        if self._filling is not None:
            self._filling.cancel()

    async def _fill(self) -> None:
        try:
            while self._position is not None and self._members:
                position = self._position
                missing = await self.reads.read_since(position.epoch, position.seq)
                if missing is None:
                    await self._resync()
                else:
                    # A message may have brought some of them while they were read.
                    fresh = [change for change in missing if change.seq > self._position.seq]
                    self._apply(fresh, published_at_ms=milliseconds_now())
                if not missing or not self._is_behind():
                    return
        except AppError as error:
            # PostgreSQL is away or the topic is gone; the check every two seconds comes back to it.
            logger.warning("topic %s could not be filled: %s", self.name, error)

    async def _resync(self) -> None:
        start = await self.reads.read_image()
        self._position = start.position
        self._newest_seen = start.position
        resync, subscribed = self._resync_frame("history_lost"), self._subscribed_frame(start, ref=None)
        for member in tuple(self._members):
            self._members[member] = start.position.seq  # first, as in `_apply`: writing may close it
            member.send(resync)
            member.send(subscribed)

    def _apply(self, changes: Sequence[StoredChange], *, published_at_ms: int) -> None:
        if not changes or self._position is None:
            return
        before, epoch = self._position.seq, self._position.epoch
        self._position = Position(epoch, changes[-1].seq)
        shared = self._frames(epoch, changes, published_at_ms)
        for member, seq in tuple(self._members.items()):
            # Before it is written to: a reader too far behind is closed by that, and has left for good.
            self._members[member] = max(seq, changes[-1].seq)
            if seq == before:
                for frame in shared:
                    member.send(frame)
            else:
                # Ahead of the channel: its own read was newer than what the bus had brought by then.
                self._send_changes(member, epoch, [change for change in changes if change.seq > seq])

    def _send_changes(self, connection: Connection, epoch: str, changes: Sequence[StoredChange]) -> None:
        for frame in self._frames(epoch, changes, milliseconds_now()):
            connection.send(frame)

    def _frames(self, epoch: str, changes: Sequence[StoredChange], published_at_ms: int) -> list[Frame]:
        return [
            sequenced_update(
                self.name,
                epoch=epoch,
                changes=[(change.seq, change.change) for change in changes[first : first + REPLAY_CHANGES_PER_FRAME]],
                published_at_ms=published_at_ms,
            )
            for first in range(0, len(changes), REPLAY_CHANGES_PER_FRAME)
        ]

    def _subscribed_frame(self, start: SequencedStart, *, ref: int | str | None) -> Frame:
        members = {"op": "subscribed", "ref": ref, "topic": self.name, "lane": "sequenced", "pos": str(start.position)}
        if start.image is None:
            return frame_of(members | {"resumed": True})
        return frame_of(members | {"image": start.image})

    def _resync_frame(self, reason: Literal["history_lost", "too_far_behind"]) -> Frame:
        return frame_of({"op": "resync", "topic": self.name, "reason": reason})

    def _note_seen(self, seen: Position) -> None:
        newest = self._newest_seen
        if newest is None or newest.epoch != seen.epoch or newest.seq < seen.seq:
            self._newest_seen = seen

    def _is_behind(self) -> bool:
        if self._position is None or self._newest_seen is None:
            return False
        if self._newest_seen.epoch != self._position.epoch:
            return True
        return self._newest_seen.seq > self._position.seq
