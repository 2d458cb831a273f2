"""A conflated topic in this process: its last values, the lanes it is heard in, and how a newcomer joins."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from project.kit.bus import milliseconds_now
from project.kit.topics import ConflatedTopic, Tally
from realtime.core.conflation import ConflationBuffer, Entry, read_message
from realtime.core.encoding import image_frames
from realtime.core.limits import SEGMENT_BYTES
from realtime.core.positions import format_version
from realtime.core.projection import Fields, project
from realtime.core.segments import split_by_size
from realtime.errors import LimitExceeded
from realtime.hub.connection import Connection
from realtime.hub.pacing import Lane, PacerOf
from realtime.hub.topic_reads import ConflatedReads

LANES_MAX: Final = (
    64  # of one topic: who projects, frames and keeps an image for it alone; seven rates leave nine choices
)


@dataclass(frozen=True, slots=True)
class Pace:
    """How a socket hears the topic; those who hear it alike share their frames."""

    rate_ms: int
    fields: Fields | None = None


class ConflatedChannel:
    """Subscribe first, then the image, then only newer versions. Once loaded, joins are served from memory."""

    def __init__(
        self,
        name: str,
        topic: ConflatedTopic,
        arguments: Mapping[str, str],
        reads: ConflatedReads,
        pacer_of: PacerOf,
    ) -> None:
        self.name = name
        self.topic = topic
        self.arguments = arguments
        self._reads = reads
        self._pacer_of = pacer_of
        self._buffer = ConflationBuffer()
        self._lanes: dict[Pace, Lane] = {}
        self._paces: dict[Connection, Pace] = {}
        self._segments: dict[Fields | None, list[str]] = {}
        self.read_at = float("-inf")
        self._is_loaded = False
        self._loading: asyncio.Task[None] | None = None

    @property
    def member_count(self) -> int:
        return len(self._paces)

    @property
    def is_loaded(self) -> bool:
        return self._is_loaded

    def get_version(self) -> int:
        """The highest version of any key."""
        return self._buffer.version

    def get_arrivals(self) -> int:
        """How many values have come so far."""
        return self._buffer.arrivals

    async def load(self) -> None:
        """Have an image. Several joins at once wait for the same read. Raises what the image raises."""
        if self._is_loaded:
            return
        if self._loading is None or self._loading.done():
            self._loading = asyncio.ensure_future(self.reread())
            # Who joined hears of a failure by awaiting; if all have left meanwhile nobody needs to.
            self._loading.add_done_callback(lambda task: task.cancelled() or task.exception())
        await asyncio.shield(self._loading)

    async def reread(self) -> None:
        """Read the image again and send what it shows differently: values a lost message carried, keys that left."""
        self.read_at = asyncio.get_running_loop().time()
        known = self._buffer.list_versions()
        image = await self._reads.read_image()
        entries = [Entry(keyed.key, keyed.version, keyed.value) for keyed in image]
        changed = self._buffer.merge_image(entries, known=known)
        self._is_loaded = True
        self._pass_on(changed, published_at_ms=milliseconds_now())

    def receive(self, payload: bytes) -> None:
        """Take the values of one message of the bus. Raises ValueError."""
        published_at_ms, entries = read_message(payload)
        changed = [entry for entry in entries if self._buffer.offer(entry)]
        self._pass_on(changed, published_at_ms=published_at_ms)

    def join(self, connection: Connection, pace: Pace, *, ref: int | str | None) -> None:
        """Send the image and add the socket to its lane, without anything in between. Raises LimitExceeded."""
        self.leave(connection)
        lane = self._open_lane(pace)
        lane.flush()  # what is pending is older than the image: it must not follow it
        self._paces[connection] = pace
        lane.audience.add(connection)  # first: a reader too far behind is closed by the image, and leaves at once
        self.send_image(connection, ref=ref)

    def send_image(self, connection: Connection, *, ref: int | str | None = None) -> None:
        """The current values as `subscribed` frames."""
        pace = self._paces[connection]
        head = {
            "op": "subscribed",
            "ref": ref,
            "topic": self.name,
            "lane": "conflated",
            "pos": format_version(self._buffer.version),
            "conflate_ms": pace.rate_ms,
        }
        first, *rest = image_frames(head, self._get_segments(pace.fields))
        connection.send(first)
        for frame in rest:
            connection.send_image_part(frame)

    def send_owed(self, connection: Connection) -> None:
        """What a reader that fell behind and caught up has missed: one newest value of each key."""
        pace = self._paces.get(connection)
        if pace is None:
            return
        lane = self._lanes[pace]
        mark = lane.take_mark(connection)
        if mark is None:
            return
        missed = self._buffer.list_since(mark)
        if missed is None:
            self.send_image(connection)
        elif missed:
            connection.send(lane.make_frame(missed), updates=len(missed))

    def leave(self, connection: Connection) -> None:
        """Take a socket out."""
        pace = self._paces.pop(connection, None)
        if pace is None:
            return
        lane = self._lanes[pace]
        lane.leave(connection)
        if not lane.audience:
            del self._lanes[pace]
            if not any(other.fields == pace.fields for other in self._lanes):
                self._segments.pop(pace.fields, None)

    def differs_from(self, tally: Tally) -> bool:
        """Whether the database adds up to something else than what is held here."""
        live = self._buffer.list_live()
        return tally != Tally(len(live), sum(entry.version for entry in live))

    def close(self) -> None:
        """Forget a read under way."""
        if self._loading is not None:
            self._loading.cancel()

    def _open_lane(self, pace: Pace) -> Lane:
        lane = self._lanes.get(pace)
        if lane is None:
            if len(self._lanes) >= LANES_MAX:
                raise LimitExceeded("Too many different choices of fields on this topic", limit=LANES_MAX)
            lane = self._lanes[pace] = Lane(self, self._pacer_of(pace.rate_ms), pace.fields)
        return lane

    def _pass_on(self, changed: list[Entry], *, published_at_ms: int) -> None:
        if not changed:
            return
        self._segments = {}
        for lane in self._lanes.values():
            lane.add(changed, published_at_ms=published_at_ms)

    def _get_segments(self, fields: Fields | None) -> list[str]:
        segments = self._segments.get(fields)
        if segments is None:
            entries = self._buffer.list_live()
            if fields is not None:
                entries = [project(entry, fields) for entry in entries]
            groups = split_by_size([entry.encoded for entry in entries], limit_bytes=SEGMENT_BYTES)
            segments = self._segments[fields] = [b",".join(group).decode() for group in groups]
        return segments
