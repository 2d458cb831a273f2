"""Conflated topics inside the hub: images, paces, and readers that do not read."""

import asyncio

import pytest

from project.kit.bus import conflated_message
from project.kit.topics import Keyed, Tally
from realtime.core.limits import UNSENT_BYTES
from realtime.hub.conflated import Pace
from realtime.hub.connection import MOVES_BYTES
from realtime.hub.figures import Figures
from realtime.hub.pacing import Pacer
from tests.realtime.channels import ImageReads, Reader, StillClock, conflated_channel, message, settle


async def test_a_join_gets_the_image_and_then_only_newer_values() -> None:
    reads = ImageReads([Keyed("a", 5, {"n": 5})])
    channel = conflated_channel(reads)
    reader = Reader("test:prices")
    reads.meanwhile = lambda: channel.receive(message(("a", 4), ("b", 1)))

    await channel.load()
    channel.join(reader.connection, Pace(0), ref=1)
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
    clock = StillClock()
    channel = conflated_channel(ImageReads())
    reader = Reader("test:prices")
    await channel.load()
    channel.join(reader.connection, Pace(50), ref=1)

    for version in range(1, 6):
        channel.receive(message(("a", version)))
        await settle()
    await clock.advance(0.049)
    assert len(reader.of("update")) == 1
    await clock.advance(0.001)

    assert [frame["changes"] for frame in reader.of("update")] == [[["a", 1, {"n": 1}]], [["a", 5, {"n": 5}]]]
    assert [frame["pos"] for frame in reader.of("update")] == ["v:1", "v:5"]


async def test_readers_of_one_pace_get_the_very_same_frame() -> None:
    channel = conflated_channel(ImageReads())
    written: list[int] = []
    await channel.load()
    for _ in range(3):
        reader = Reader("test:prices")
        reader.writer.write = lambda frame: written.append(id(frame))  # type: ignore[method-assign]  # watches identity
        channel.join(reader.connection, Pace(20), ref=1)
    written.clear()

    channel.receive(message(("a", 1)))
    await asyncio.sleep(0.03)

    assert len(written) == 3
    assert len(set(written)) == 1


async def test_what_is_pending_leaves_before_a_newcomers_image() -> None:
    channel = conflated_channel(ImageReads())
    early, late = Reader("test:prices"), Reader("test:prices")
    await channel.load()
    channel.join(early.connection, Pace(1_000), ref=1)
    channel.receive(message(("a", 1)))
    await settle()
    channel.receive(message(("a", 2)))

    channel.join(late.connection, Pace(1_000), ref=1)

    assert [frame["pos"] for frame in early.of("update")] == ["v:1", "v:2"]
    assert late.of("subscribed")[0]["image"] == {"entries": [["a", 2, {"n": 2}]]}
    assert late.of("update") == []


async def test_a_big_image_comes_in_segments() -> None:
    keys = [Keyed(f"k{number}", 1, {"text": "x" * 1_000}) for number in range(600)]
    channel = conflated_channel(ImageReads(keys))
    reader = Reader("test:prices")

    await channel.load()
    channel.join(reader.connection, Pace(0), ref=1)

    frames = reader.of("subscribed")
    assert [(frame["segment"], frame["segments"]) for frame in frames] == [(0, 3), (1, 3), (2, 3)]
    assert [entry[0] for frame in frames for entry in frame["image"]["entries"]] == [key.key for key in keys]


async def test_a_reread_sends_what_no_message_brought_and_takes_away_what_left() -> None:
    reads = ImageReads([Keyed("a", 1, {"n": 1}), Keyed("b", 1, {"n": 1})])
    channel = conflated_channel(reads)
    reader = Reader("test:prices")
    await channel.load()
    channel.join(reader.connection, Pace(0), ref=1)
    reads.keys = [Keyed("a", 2, {"n": 2})]

    assert channel.differs_from(Tally(1, 2))
    await channel.reread()
    await settle()

    assert reader.conflated().entries == {"a": (2, {"n": 2})}
    assert not channel.differs_from(Tally(1, 2))


async def test_a_slow_price_reader_misses_values_and_gets_the_newest_of_each_afterwards() -> None:
    channel = conflated_channel(ImageReads())
    reader = Reader("test:prices")
    await channel.load()
    channel.join(reader.connection, Pace(0), ref=1)
    reader.writer.unsent_bytes = UNSENT_BYTES + 1

    for version in range(1, 4):
        channel.receive(message(("a", version)))
        await settle()
    missed = len(reader.of("update"))
    reader.writer.catch_up()

    assert missed == 0
    assert [frame["changes"] for frame in reader.of("update")] == [[["a", 3, {"n": 3}]]]
    assert len(reader.of("subscribed")) == 1
    assert reader.connection.owed == {}


async def test_a_slow_reader_gets_an_image_where_a_key_was_forgotten_meanwhile() -> None:
    reads = ImageReads([Keyed("a", 1, {"n": 1}), Keyed("b", 1, {"n": 1})])
    channel = conflated_channel(reads)
    reader = Reader("test:prices")
    await channel.load()
    channel.join(reader.connection, Pace(0), ref=1)
    reader.writer.unsent_bytes = UNSENT_BYTES
    reads.keys = [Keyed("a", 2, {"n": 2})]
    await channel.reread()
    await settle()

    reader.writer.catch_up()

    assert reader.of("update") == []
    assert [frame["image"] for frame in reader.of("subscribed")][1:] == [{"entries": [["a", 2, {"n": 2}]]}]


async def test_a_price_reader_that_never_catches_up_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("realtime.hub.connection.SLOW_FOR_S", 0.01)
    channel = conflated_channel(ImageReads())
    reader = Reader("test:prices")
    await channel.load()
    channel.join(reader.connection, Pace(0), ref=1)
    reader.writer.unsent_bytes = UNSENT_BYTES + 1
    channel.receive(message(("a", 1)))
    await asyncio.sleep(0.02)

    reader.connection.check_pace()

    assert reader.writer.closed_with == 4408
    assert reader.of("bye")[0]["reconnect"] is True


async def test_a_reader_closed_by_its_own_image_leaves_nothing_behind() -> None:
    channel = conflated_channel(ImageReads([Keyed("a", 1, {"n": 1})]))
    slow, other = Reader("test:prices"), Reader("test:prices")
    await channel.load()
    channel.join(other.connection, Pace(50), ref=1)
    slow.connection.on_closed = lambda: channel.leave(slow.connection)
    slow.writer.unsent_bytes = UNSENT_BYTES + 1

    channel.join(slow.connection, Pace(50), ref=1)
    await settle()

    assert slow.writer.closed_with == 4408
    assert channel.member_count == 1
    assert [lane.audience.list_members() for lane in channel._lanes.values()] == [[other.connection]]


async def test_a_reader_that_moves_has_its_full_time_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("realtime.hub.connection.SLOW_FOR_S", 0.01)
    channel = conflated_channel(ImageReads())
    reader = Reader("test:prices")
    await channel.load()
    channel.join(reader.connection, Pace(0), ref=1)
    reader.writer.unsent_bytes = UNSENT_BYTES
    channel.receive(message(("a", 1)))
    await asyncio.sleep(0.02)

    reader.writer.progress = MOVES_BYTES
    reader.connection.check_pace()
    moved = reader.connection.is_closed
    await asyncio.sleep(0.02)
    reader.connection.check_pace()

    assert not moved
    assert reader.writer.closed_with == 4408


async def test_fields_choose_what_values_carry_and_those_who_choose_alike_share_frames() -> None:
    channel = conflated_channel(ImageReads([Keyed("a", 1, {"n": 1, "m": 1})]))
    whole, part = Reader("test:prices"), Reader("test:prices")
    await channel.load()
    channel.join(whole.connection, Pace(0), ref=1)
    channel.join(part.connection, Pace(0, ("n",)), ref=1)

    channel.receive(conflated_message([Keyed("a", 2, {"n": 2, "m": 2})]))
    await settle()

    assert part.of("subscribed")[0]["image"] == {"entries": [["a", 1, {"n": 1}]]}
    assert part.of("update")[0]["changes"] == [["a", 2, {"n": 2}]]
    assert whole.of("update")[0]["changes"] == [["a", 2, {"n": 2, "m": 2}]]


async def test_what_one_socket_hears_of_several_topics_leaves_in_one_write() -> None:
    pacer = Pacer(20, Figures())
    channels = [conflated_channel(ImageReads(), lambda rate_ms: pacer) for _ in range(3)]
    reader = Reader("test:prices")
    written: list[bytes] = []

    def keep(data: bytes) -> int:
        written.append(data)
        return len(data)

    reader.writer.direct = keep
    for channel in channels:
        await channel.load()
        channel.join(reader.connection, Pace(20), ref=1)

    for version, channel in enumerate(channels, start=1):
        channel.receive(message(("a", version)))
    await settle()

    assert len(written) == 1
    assert written[0].count(b'"op":"update"') == 3
    assert [written[0].find(f'"v:{version}"'.encode()) > 0 for version in (1, 2, 3)] == [True] * 3
    assert (pacer.figures.writes, pacer.figures.frames, pacer.figures.updates) == (1, 3, 3)
