"""Topics inside the hub, against a bus that doubles, drops and reorders, and readers that do not read."""

import asyncio
import random
from typing import Any

import pytest

from project.kit.streams import Position
from project.kit.topics import Keyed, Tally
from realtime.core.limits import UNSENT_BYTES
from tests.realtime.channels import (
    ImageReads,
    LogReads,
    Reader,
    conflated_channel,
    message,
    sequenced_channel,
    settle,
)


async def test_a_join_gets_the_image_and_then_only_newer_values() -> None:
    reads = ImageReads([Keyed("a", 5, {"n": 5})])
    channel = conflated_channel(reads)
    reader = Reader("test:prices")
    reads.meanwhile = lambda: channel.receive(message(("a", 4), ("b", 1)))

    await channel.load()
    channel.join(reader.connection, rate_ms=0, ref=1)
    channel.receive(message(("a", 5)))
    channel.receive(message(("a", 6)))
    await settle()

    assert reader.of("subscribed")[0]["image"] == {"entries": [["a", 5, {"n": 5}], ["b", 1, {"n": 1}]]}
    assert [frame["changes"] for frame in reader.of("update")] == [[["a", 6, {"n": 6}]]]


async def test_several_joins_at_once_read_the_image_once() -> None:
    reads = ImageReads([Keyed("a", 1, {"n": 1})])
    channel = conflated_channel(reads)

    await asyncio.gather(*(channel.load() for _ in range(20)))
    await channel.load()

    assert reads.count == 1


async def test_one_pace_sends_the_first_change_at_once_and_the_last_value_after_its_pause() -> None:
    channel = conflated_channel(ImageReads())
    reader = Reader("test:prices")
    await channel.load()
    channel.join(reader.connection, rate_ms=50, ref=1)

    for version in range(1, 6):
        channel.receive(message(("a", version)))
        await settle()
    await asyncio.sleep(0.08)

    assert [frame["changes"] for frame in reader.of("update")] == [[["a", 1, {"n": 1}]], [["a", 5, {"n": 5}]]]
    assert [frame["pos"] for frame in reader.of("update")] == ["v:1", "v:5"]


async def test_readers_of_one_pace_get_the_very_same_frame() -> None:
    channel = conflated_channel(ImageReads())
    written: list[int] = []
    await channel.load()
    for _ in range(3):
        reader = Reader("test:prices")
        reader.writer.write = lambda frame: written.append(id(frame))  # type: ignore[method-assign]  # watches identity
        channel.join(reader.connection, rate_ms=20, ref=1)
    written.clear()

    channel.receive(message(("a", 1)))
    await asyncio.sleep(0.03)

    assert len(written) == 3
    assert len(set(written)) == 1


async def test_what_is_pending_leaves_before_a_newcomers_image() -> None:
    channel = conflated_channel(ImageReads())
    early, late = Reader("test:prices"), Reader("test:prices")
    await channel.load()
    channel.join(early.connection, rate_ms=1_000, ref=1)
    channel.receive(message(("a", 1)))
    await settle()
    channel.receive(message(("a", 2)))

    channel.join(late.connection, rate_ms=1_000, ref=1)

    assert [frame["pos"] for frame in early.of("update")] == ["v:1", "v:2"]
    assert late.of("subscribed")[0]["image"] == {"entries": [["a", 2, {"n": 2}]]}
    assert late.of("update") == []


async def test_a_big_image_comes_in_segments() -> None:
    keys = [Keyed(f"k{number}", 1, {"text": "x" * 1_000}) for number in range(600)]
    channel = conflated_channel(ImageReads(keys))
    reader = Reader("test:prices")

    await channel.load()
    channel.join(reader.connection, rate_ms=0, ref=1)

    frames = reader.of("subscribed")
    assert [(frame["segment"], frame["segments"]) for frame in frames] == [(0, 3), (1, 3), (2, 3)]
    assert [entry[0] for frame in frames for entry in frame["image"]["entries"]] == [key.key for key in keys]


async def test_a_reread_sends_what_no_message_brought_and_takes_away_what_left() -> None:
    reads = ImageReads([Keyed("a", 1, {"n": 1}), Keyed("b", 1, {"n": 1})])
    channel = conflated_channel(reads)
    reader = Reader("test:prices")
    await channel.load()
    channel.join(reader.connection, rate_ms=0, ref=1)
    reads.keys = [Keyed("a", 2, {"n": 2})]

    assert channel.differs_from(Tally(1, 2))
    await channel.reread()
    await settle()

    assert reader.conflated().entries == {"a": (2, {"n": 2})}
    assert not channel.differs_from(Tally(1, 2))


async def test_a_slow_price_reader_misses_values_and_is_made_whole_by_an_image() -> None:
    channel = conflated_channel(ImageReads())
    reader = Reader("test:prices")
    await channel.load()
    channel.join(reader.connection, rate_ms=0, ref=1)
    reader.writer.unsent_bytes = UNSENT_BYTES + 1

    for version in range(1, 4):
        channel.receive(message(("a", version)))
        await settle()
    missed = len(reader.of("update"))
    reader.writer.unsent_bytes = 0
    owed = reader.connection.take_owed_topics()
    channel.send_image(reader.connection)

    assert missed == 0
    assert owed == {"test:prices"}
    assert reader.conflated().entries == {"a": (3, {"n": 3})}


async def test_a_price_reader_that_never_catches_up_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("realtime.hub.connection.SLOW_FOR_S", 0.01)
    channel = conflated_channel(ImageReads())
    reader = Reader("test:prices")
    await channel.load()
    channel.join(reader.connection, rate_ms=0, ref=1)
    reader.writer.unsent_bytes = UNSENT_BYTES + 1
    channel.receive(message(("a", 1)))
    await asyncio.sleep(0.02)

    assert reader.connection.take_owed_topics() == set()
    await settle()

    assert reader.writer.closed_with == 4408
    assert reader.of("bye")[0]["reconnect"] is True


async def test_a_slow_reader_of_a_sequenced_topic_is_closed_to_resume() -> None:
    reads = LogReads()
    channel = sequenced_channel(reads)
    reader = Reader("test:log")
    await channel.join(reader.connection, await reads.read_start(None), ref=1)
    reader.writer.unsent_bytes = UNSENT_BYTES + 1

    channel.receive(reads.commit())
    await settle()

    assert reader.writer.closed_with == 4408
    assert reader.of("update") == []


async def test_changes_come_once_and_in_order_from_a_bus_that_doubles() -> None:
    reads = LogReads(seq=2)
    channel = sequenced_channel(reads)
    reader = Reader("test:log")
    await channel.join(reader.connection, await reads.read_start(None), ref=1)

    first, second = reads.commit(), reads.commit()
    for each in (first, first, second, first, second):
        channel.receive(each)
    await settle()

    assert reader.sequenced().image == {"log": [1, 2, 3, 4]}
    assert len(reader.of("update")) == 2


async def test_a_gap_is_filled_from_the_database() -> None:
    reads = LogReads()
    channel = sequenced_channel(reads)
    reader = Reader("test:log")
    await channel.join(reader.connection, await reads.read_start(None), ref=1)

    reads.commit()
    reads.commit()
    channel.receive(reads.commit())
    await settle()

    assert reader.sequenced().image == {"log": [1, 2, 3]}
    assert reader.of("resync") == []


async def test_a_message_that_never_came_is_found_by_the_head() -> None:
    reads = LogReads()
    channel = sequenced_channel(reads)
    reader = Reader("test:log")
    await channel.join(reader.connection, await reads.read_start(None), ref=1)
    reads.commit()

    channel.notice_head(reads.position)
    await settle()

    assert reader.sequenced().image == {"log": [1]}


async def test_lost_history_is_said_and_answered_with_an_image() -> None:
    reads = LogReads(seq=3)
    channel = sequenced_channel(reads)
    reader = Reader("test:log")
    await channel.join(reader.connection, await reads.read_start(None), ref=1)

    reads.position = Position("f", 1)
    channel.receive(reads.commit())
    await settle()

    assert [frame["reason"] for frame in reader.of("resync")] == ["history_lost"]
    assert reader.sequenced().since == "f:2"
    assert reader.sequenced().image == {"log": [1, 2]}


async def test_a_resume_continues_where_the_client_was() -> None:
    reads = LogReads(seq=5)
    channel = sequenced_channel(reads)
    reader = Reader("test:log")

    await channel.join(reader.connection, await reads.read_start(("e", 3)), ref=1)

    assert reader.of("subscribed") == [
        {"op": "subscribed", "ref": 1, "topic": "test:log", "lane": "sequenced", "pos": "e:5", "resumed": True}
    ]
    assert [change["seq"] for frame in reader.of("update") for change in frame["changes"]] == [4, 5]


@pytest.mark.parametrize("since", [("other", 1), ("e", 99)])
async def test_a_resume_from_nowhere_starts_over(since: tuple[str, int]) -> None:
    reads = LogReads(seq=2)
    channel = sequenced_channel(reads)
    reader = Reader("test:log")

    await channel.join(reader.connection, await reads.read_start(since), ref=1)

    assert [frame["op"] for frame in reader.writer.frames] == ["resync", "subscribed"]
    assert reader.sequenced().image == {"log": [1, 2]}


@pytest.mark.parametrize("seed", range(60))
async def test_no_reader_ever_sees_a_gap_or_a_double(seed: int) -> None:
    """Random commits, messages lost, doubled and late, readers that join and resume at any moment."""
    chance = random.Random(seed)
    reads = LogReads()
    channel = sequenced_channel(reads)
    readers: list[Reader] = []
    joins: list[asyncio.Task[None]] = []
    in_flight: list[dict[str, Any]] = []

    async def join(reader: Reader) -> None:
        since = ("e", chance.randrange(reads.position.seq + 1)) if chance.random() < 0.3 else None
        start = await reads.read_start(since)
        if start.image is None:  # what the client holds already
            assert since is not None
            image = {"log": list(range(1, since[1] + 1))}
            reader.writer.frames.append({"op": "subscribed", "pos": f"e:{since[1]}", "image": image})
        await channel.join(reader.connection, start, ref=1)

    for _ in range(80):
        step = chance.random()
        if step < 0.4:
            in_flight.append(reads.commit())
        elif step < 0.7 and in_flight:
            late = in_flight.pop(chance.randrange(min(3, len(in_flight))))
            if chance.random() < 0.8:
                channel.receive(late)
            if chance.random() < 0.2:
                channel.receive(late)
        elif step < 0.8:
            readers.append(Reader("test:log"))
            joins.append(asyncio.ensure_future(join(readers[-1])))
        await asyncio.sleep(0)
    await asyncio.gather(*joins)
    channel.notice_head(reads.position)
    await settle()

    expected = {"log": list(range(1, reads.position.seq + 1))}
    assert [reader.sequenced().image for reader in readers] == [expected] * len(readers)
