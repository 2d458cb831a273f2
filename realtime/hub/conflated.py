"""A conflated topic in this process: its last values, the paces it is heard at, and how a newcomer joins."""

import asyncio
from collections.abc import Mapping
from typing import Any

from project.kit.bus import milliseconds_now
from project.kit.topics import ConflatedTopic, Tally
from realtime.core.conflation import ConflationBuffer, Entry
from realtime.core.encoding import image_frames, write_json
from realtime.core.limits import SEGMENT_BYTES
from realtime.core.positions import format_version
from realtime.core.segments import split_by_size
from realtime.hub.connection import Connection
from realtime.hub.pacing import Lane
from realtime.hub.topic_reads import ConflatedReads


class ConflatedChannel:
    """Subscribe first, then the image, then only newer versions. Once loaded, joins are served from memory."""

    def __init__(self, name: str, topic: ConflatedTopic, arguments: Mapping[str, str], reads: ConflatedReads) -> None:
        self.name = name
        self.topic = topic
        self.arguments = arguments
        self._reads = reads
        self._buffer = ConflationBuffer()
        self._lanes: dict[int, Lane] = {}
        self._rates: dict[Connection, int] = {}
        self._segments: list[str] | None = None
        self.read_at = float("-inf")
        self._is_loaded = False
        self._loading: asyncio.Task[None] | None = None

    @property
    def member_count(self) -> int:
        return len(self._rates)

    @property
    def is_loaded(self) -> bool:
        return self._is_loaded

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

    def receive(self, message: dict[str, Any]) -> None:
        """Take the values of one message of the bus."""
        changed = []
        for key, version, value in message["k"]:
            entry = Entry(key, version, value)
            if self._buffer.offer(entry):
                changed.append(entry)
        self._pass_on(changed, published_at_ms=message["pt"])

    def join(self, connection: Connection, *, rate_ms: int, ref: int | str | None) -> None:
        """Send the image and add the socket to its pace, without anything in between."""
        self.leave(connection)
        lane = self._lanes.get(rate_ms)
        if lane is None:
            lane = self._lanes[rate_ms] = Lane(self.name, rate_ms, lambda: self._buffer.version)
        lane.flush()  # what is pending is older than the image: it must not follow it
        self._rates[connection] = rate_ms
        lane.members.add(connection)  # first: a reader too far behind is closed by the image, and leaves at once
        self.send_image(connection, ref=ref)

    def send_image(self, connection: Connection, *, ref: int | str | None = None) -> None:
        """The current values as `subscribed` frames."""
        head = {
            "op": "subscribed",
            "ref": ref,
            "topic": self.name,
            "lane": "conflated",
            "pos": format_version(self._buffer.version),
            "conflate_ms": self._rates.get(connection),
        }
        first, *rest = image_frames(head, self._get_segments())
        connection.send(first)
        for frame in rest:
            connection.send_image_part(frame)

    def leave(self, connection: Connection) -> None:
        """Take a socket out."""
        rate_ms = self._rates.pop(connection, None)
        if rate_ms is None:
            return
        lane = self._lanes[rate_ms]
        lane.members.discard(connection)
        if not lane.members:
            lane.cancel()
            del self._lanes[rate_ms]

    def differs_from(self, tally: Tally) -> bool:
        """Whether the database adds up to something else than what is held here."""
        live = self._buffer.list_live()
        return tally != Tally(len(live), sum(entry.version for entry in live))

    def close(self) -> None:
        """Forget timers and a read under way."""
        if self._loading is not None:
            self._loading.cancel()
        for lane in self._lanes.values():
            lane.cancel()

    def _pass_on(self, changed: list[Entry], *, published_at_ms: int) -> None:
        if not changed:
            return
        self._segments = None
        for lane in self._lanes.values():
            lane.add(changed, published_at_ms=published_at_ms)

    def _get_segments(self) -> list[str]:
        if self._segments is None:
            pieces = [write_json(entry.as_list()) for entry in self._buffer.list_live()]
            self._segments = [",".join(group) for group in split_by_size(pieces, limit_bytes=SEGMENT_BYTES)]
        return self._segments
