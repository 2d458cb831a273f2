"""A sequenced topic in this process: every change once and in order, whatever the bus lost or doubled."""

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal

from project.kit.bus import milliseconds_now
from project.kit.errors import AppError, TemporarilyUnavailable
from project.kit.streams import Position, StoredChange
from project.kit.topics import SequencedTopic
from realtime.core.encoding import Frame, frame_of, sequenced_update
from realtime.core.limits import REPLAY_CHANGES_PER_FRAME, SEGMENT_BYTES
from realtime.hub.audience import Audience
from realtime.hub.connection import Connection
from realtime.hub.figures import Figures
from realtime.hub.topic_reads import SequencedReads
from realtime.queries.topic_images import SequencedStart

logger = logging.getLogger(__name__)

SEGMENT_CHARACTERS: Final = SEGMENT_BYTES // 4  # in UTF-8 a character takes at most four bytes


class SequencedChannel:
    """Knows the last change it passed on; a gap is filled from PostgreSQL, and said where it cannot be."""

    def __init__(
        self,
        name: str,
        topic: SequencedTopic,
        arguments: Mapping[str, str],
        reads: SequencedReads,
        figures: Figures | None = None,
    ) -> None:
        self.name = name
        self.topic = topic
        self.arguments = arguments
        self.reads = reads
        self._figures = figures or Figures()
        self._in_step = Audience()  # sockets that stand where the channel stands
        self._out_of_step: dict[Connection, int] = {}  # those whose own read was newer, and their positions
        self._position: Position | None = None
        self._newest_seen: Position | None = None
        self._filling: asyncio.Task[bool] | None = None

    @property
    def member_count(self) -> int:
        return len(self._in_step) + len(self._out_of_step)

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

    def notice_head(self, head: Position) -> asyncio.Task[bool] | None:
        """Compare with where PostgreSQL stands; what no message brought is read by the task that is returned."""
        if self._position is not None and head != self._position:
            self._note_seen(head)
            if head.epoch != self._position.epoch or head.seq > self._position.seq:
                return self.fill()
        return None

    async def join(self, connection: Connection, start: SequencedStart, *, ref: int | str | None) -> None:
        """Answer a subscribe with what was read for it, then whatever happened during the read."""
        if start.has_lost_history:
            connection.send(self._resync_frame("history_lost"))
        await self._send_start(connection, start, ref=ref)
        epoch, seq = start.position.epoch, start.position.seq
        await self._replay(connection, epoch, start.changes)
        if self._position is None:
            self._position = start.position
        while self._position.epoch == epoch and seq < self._position.seq:
            missed = await self.reads.read_since(epoch, seq)
            if not missed:
                break
            await self._replay(connection, epoch, missed)
            seq = missed[-1].seq
        if connection.is_closed or self.name not in connection.topics:
            return
        if self._position.epoch == epoch and seq == self._position.seq:
            self._in_step.add(connection)
        else:
            self._out_of_step[connection] = seq
        if self._position.epoch != epoch:
            await self._resync()  # history was lost between this socket's read and now
        elif seq != self._position.seq or self._is_behind():
            self.fill()

    def leave(self, connection: Connection) -> None:
        """Take a socket out."""
        self._in_step.discard(connection)
        self._out_of_step.pop(connection, None)

    def fill(self) -> asyncio.Task[bool]:
        """Read what is missing, unless that is under way. The task says whether PostgreSQL could be asked."""
        if self._filling is None or self._filling.done():
            self._filling = asyncio.ensure_future(self._fill())
        return self._filling

    def close(self) -> None:
        """Stop a fill under way."""
        if self._filling is not None:
            self._filling.cancel()

    async def _fill(self) -> bool:
        try:
            while self._position is not None and self.member_count:
                position = self._position
                missing = await self.reads.read_since(position.epoch, position.seq)
                if missing is None:
                    await self._resync()
                else:
                    # A message may have brought some of them while they were read.
                    fresh = [change for change in missing if change.seq > self._position.seq]
                    self._apply(fresh, published_at_ms=milliseconds_now())
                if not missing or not self._is_behind():
                    break
        except AppError as error:
            # PostgreSQL is away or the topic is gone; the check every two seconds comes back to it.
            logger.warning("topic %s could not be filled: %s", self.name, error)
            return not isinstance(error, TemporarilyUnavailable)
        return True

    async def _resync(self) -> None:
        start = await self.reads.read_image()
        self._position = start.position
        self._newest_seen = start.position
        frames = [self._resync_frame("history_lost"), *self._subscribed_frames(start, ref=None)]
        for member in tuple(self._out_of_step):
            self._join_step(member)
        for member in self._in_step.list_members():
            for frame in frames:
                member.send(frame)

    def _apply(self, changes: Sequence[StoredChange], *, published_at_ms: int) -> None:
        if not changes or self._position is None:
            return
        epoch = self._position.epoch
        self._position = Position(epoch, changes[-1].seq)
        ahead = tuple(self._out_of_step.items())
        for frame, updates in self._frames(epoch, changes, published_at_ms):
            self._write_to_all(frame, updates)
        for member, seq in ahead:
            if seq <= changes[-1].seq:
                self._join_step(member)  # first: a reader too far behind is closed by what it is sent, and leaves
            self._send_changes(member, epoch, [change for change in changes if change.seq > seq])
        self._figures.note_lag(milliseconds_now() - published_at_ms)

    def _write_to_all(self, frame: Frame, updates: int) -> None:
        waiting = list(self._in_step.waiting)
        sockets = self._in_step.write(frame.wire)
        for connection in waiting:
            connection.send(frame, updates)
        self._figures.count_written(sockets=sockets, frames=1, size=len(frame.wire), updates=updates)

    def _join_step(self, connection: Connection) -> None:
        self._out_of_step.pop(connection, None)
        self._in_step.add(connection)

    async def _send_start(self, connection: Connection, start: SequencedStart, *, ref: int | str | None) -> None:
        for frame in self._subscribed_frames(start, ref=ref):
            connection.send(frame)
            await connection.wait_for_room()

    async def _replay(self, connection: Connection, epoch: str, changes: Sequence[StoredChange]) -> None:
        """Send many changes at the reader's pace."""
        for frame, updates in self._frames(epoch, changes, milliseconds_now()):
            connection.send(frame, updates)
            await connection.wait_for_room()

    def _send_changes(self, connection: Connection, epoch: str, changes: Sequence[StoredChange]) -> None:
        for frame, updates in self._frames(epoch, changes, milliseconds_now()):
            connection.send(frame, updates)

    def _frames(self, epoch: str, changes: Sequence[StoredChange], published_at_ms: int) -> Iterator[tuple[Frame, int]]:
        """The changes as frames, each with how many it holds."""
        for first in range(0, len(changes), REPLAY_CHANGES_PER_FRAME):
            part = [(change.seq, change.change) for change in changes[first : first + REPLAY_CHANGES_PER_FRAME]]
            frame = sequenced_update(self.name, epoch=epoch, changes=part, published_at_ms=published_at_ms)
            yield frame, len(part)

    def _subscribed_frames(self, start: SequencedStart, *, ref: int | str | None) -> list[Frame]:
        """The answer to a subscribe; an image that would hold up the socket's other frames comes in parts."""
        members = {"op": "subscribed", "ref": ref, "topic": self.name, "lane": "sequenced", "pos": str(start.position)}
        text = start.image_text
        if text is None:
            return [frame_of(members | {"resumed": True})]
        if len(text) <= SEGMENT_CHARACTERS:
            return [frame_of(members, image=text)]
        parts = [text[first : first + SEGMENT_CHARACTERS] for first in range(0, len(text), SEGMENT_CHARACTERS)]
        return [
            frame_of(members | {"segment": index, "segments": len(parts), "part": part})
            for index, part in enumerate(parts)
        ]

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
