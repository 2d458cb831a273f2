"""Topics of the hub without a hub: a database, a bus and readers that a test plays itself."""

import asyncio
import json
from collections.abc import Callable, Sequence
from typing import Any

from touchline_client import ConflatedState, SequencedState

from project.kit.bus import conflated_message
from project.kit.streams import Position, StoredChange
from project.kit.topics import ConflatedTopic, Keyed, SequencedTopic, everyone
from realtime.core.encoding import Frame
from realtime.hub.conflated import ConflatedChannel
from realtime.hub.connection import Connection
from realtime.hub.figures import Figures
from realtime.hub.pacing import Pacer, PacerOf
from realtime.hub.sequenced import SequencedChannel
from realtime.hub.writer import SendNow
from realtime.queries.topic_images import SequencedStart

CONFLATED = ConflatedTopic(
    name="test_prices", pattern="test:prices", may_subscribe=everyone, values=(), image=lambda arguments: []
)
SEQUENCED = SequencedTopic(
    name="test_log", pattern="test:log", may_subscribe=everyone, changes=(), image=lambda arguments: {}
)


class MemoryWriter:
    """Keeps what was written; `unsent_bytes` plays a reader that is behind, `catch_up` one that has read it all."""

    def __init__(self) -> None:
        self.frames: list[dict[str, Any]] = []
        self.unsent_bytes = 0
        self.progress = 0
        self.closed_with: int | None = None
        self.direct: SendNow | None = None
        self.on_switch: Callable[[], None] | None = None
        self.close: Callable[[int], None] = self._close
        self.on_drained: Callable[[], None] | None = None

    def write(self, frame: Frame) -> None:
        self.frames.append(json.loads(frame.text))

    def keep(self, data: bytes, taken: int) -> None:
        raise AssertionError("nothing is written at once here")

    def get_unsent_bytes(self) -> int:
        return self.unsent_bytes

    def get_progress(self) -> int:
        return self.progress

    def drop_unsent(self) -> None:
        self.unsent_bytes = 0

    def catch_up(self) -> None:
        self.progress += self.unsent_bytes
        self.unsent_bytes = 0
        assert self.on_drained is not None
        self.on_drained()

    def _close(self, code: int) -> None:
        self.closed_with = code


class Reader:
    """A socket and the state of the client behind it."""

    def __init__(self, topic: str) -> None:
        self.writer = MemoryWriter()
        self.connection = Connection(self.writer)
        self.connection.topics.add(topic)

    def of(self, operation: str) -> list[dict[str, Any]]:
        return [frame for frame in self.writer.frames if frame["op"] == operation]

    def conflated(self) -> ConflatedState:
        state = ConflatedState()
        for frame in self.writer.frames:
            if frame["op"] == "subscribed":
                state.restart()
                state.merge(frame["image"]["entries"])
            elif frame["op"] == "update":
                state.merge(frame["changes"])
        return state

    def sequenced(self) -> SequencedState:
        """Raises Gap where the server left something out."""
        state = SequencedState(reduce=lambda image, change: {"log": [*image["log"], change["n"]]})
        for frame in self.writer.frames:
            if frame["op"] == "resync":
                state.forget()
            elif frame["op"] == "subscribed" and "image" in frame:
                state.restart(frame["pos"], frame["image"])
            elif frame["op"] == "update":
                assert len(state.take(frame["pos"], frame["changes"])) == len(frame["changes"]), "a change came twice"
        return state


class ImageReads:
    """The database of a conflated topic."""

    def __init__(self, keys: Sequence[Keyed] = ()) -> None:
        self.keys = list(keys)
        self.count = 0
        self.meanwhile: Callable[[], None] = lambda: None

    async def read_image(self) -> list[Keyed]:
        self.count += 1
        keys = list(self.keys)
        self.meanwhile()
        return keys


class LogReads:
    """The database of a sequenced topic: change `seq` carries n = seq."""

    def __init__(self, seq: int = 0, epoch: str = "e") -> None:
        self.position = Position(epoch, seq)

    def commit(self) -> dict[str, Any]:
        """One more change; returns the message the relay makes of it."""
        self.position = Position(self.position.epoch, self.position.seq + 1)
        return self.message(self.position.seq)

    def message(self, seq: int) -> dict[str, Any]:
        return {"l": "s", "e": self.position.epoch, "s": seq, "c": {"type": "a.b", "n": seq}, "pt": 1}

    async def read_image(self) -> SequencedStart:
        position = self.position
        await asyncio.sleep(0)
        return SequencedStart(position, {"log": list(range(1, position.seq + 1))}, [])

    async def read_start(self, since: tuple[str, int] | None) -> SequencedStart:
        if since is None:
            return await self.read_image()
        position = self.position  # one snapshot
        changes = await self.read_since(*since)
        if changes is None:
            start = await self.read_image()
            return SequencedStart(start.position, start.image, [], has_lost_history=True)
        return SequencedStart(position, None, changes)

    async def read_since(self, epoch: str, seq: int) -> list[StoredChange] | None:
        position = self.position
        await asyncio.sleep(0)
        if epoch != position.epoch or seq > position.seq:
            return None
        return [StoredChange(number, {"type": "a.b", "n": number}) for number in range(seq + 1, position.seq + 1)]


def conflated_channel(reads: ImageReads, pacer_of: PacerOf | None = None) -> ConflatedChannel:
    pacers: dict[int, Pacer] = {}

    def own_pacer_of(rate_ms: int) -> Pacer:
        return pacers.setdefault(rate_ms, Pacer(rate_ms, Figures()))

    return ConflatedChannel("test:prices", CONFLATED, {}, reads, pacer_of or own_pacer_of)  # type: ignore[arg-type]  # reads of the test


def sequenced_channel(reads: LogReads) -> SequencedChannel:
    return SequencedChannel("test:log", SEQUENCED, {}, reads)  # type: ignore[arg-type]  # reads of the test


def message(*keys: tuple[str, int]) -> bytes:
    return conflated_message([Keyed(key, version, {"n": version}) for key, version in keys])


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


class StillClock:
    """The time of the running loop, which passes only where a test says so: no machine is too slow in between."""

    def __init__(self) -> None:
        self.now = 1_000.0
        asyncio.get_running_loop().time = lambda: self.now  # type: ignore[method-assign]  # a loop asks itself for the time

    async def advance(self, seconds: float) -> None:
        """So much later, with all done that fell due at that moment."""
        self.now += seconds
        await settle()
