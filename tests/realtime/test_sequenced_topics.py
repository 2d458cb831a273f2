"""Sequenced topics inside the hub, against a bus that doubles, drops and reorders."""

import asyncio
import json
import random
from typing import Any

import pytest

from project.kit.streams import Position
from realtime.core.limits import UNSENT_BYTES
from tests.realtime.channels import LogReads, Reader, sequenced_channel, settle


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


@pytest.mark.parametrize("loses_history", [False, True])
async def test_a_reader_closed_by_a_change_leaves_nothing_behind(loses_history: bool) -> None:
    reads = LogReads(seq=3)
    channel = sequenced_channel(reads)
    reader = Reader("test:log")
    reader.connection.on_closed = lambda: channel.leave(reader.connection)
    await channel.join(reader.connection, await reads.read_start(None), ref=1)
    reader.writer.unsent_bytes = UNSENT_BYTES + 1
    if loses_history:
        reads.position = Position("f", 1)

    channel.receive(reads.commit())
    await settle()

    assert reader.writer.closed_with == 4408
    assert channel.member_count == 0


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


async def test_a_big_image_comes_in_parts_of_its_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("realtime.hub.sequenced.SEGMENT_CHARACTERS", 20)
    reads = LogReads(seq=30)
    channel = sequenced_channel(reads)
    reader = Reader("test:log")

    await channel.join(reader.connection, await reads.read_start(None), ref=1)

    frames = reader.of("subscribed")
    assert [frame["segment"] for frame in frames] == list(range(frames[0]["segments"]))
    assert len(frames) > 3
    assert all("image" not in frame for frame in frames)
    assert json.loads("".join(frame["part"] for frame in frames)) == {"log": list(range(1, 31))}


async def test_a_long_replay_waits_for_its_reader_instead_of_closing_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("realtime.hub.sequenced.REPLAY_CHANGES_PER_FRAME", 1)
    reads = LogReads(seq=5)
    channel = sequenced_channel(reads)
    reader = Reader("test:log")
    reader.writer.unsent_bytes = UNSENT_BYTES

    joining = asyncio.ensure_future(channel.join(reader.connection, await reads.read_start(("e", 0)), ref=1))
    await settle()
    waiting = len(reader.of("update"))
    reader.writer.catch_up()
    await joining

    assert waiting == 0
    assert [frame["pos"] for frame in reader.of("update")] == ["e:1", "e:2", "e:3", "e:4", "e:5"]
    assert not reader.connection.is_closed
