"""Frames as events, event ids that resume, and the writer that neither loses nor hoards."""

import asyncio
import json
from typing import Any

import pytest

from realtime.core.conflation import Entry
from realtime.core.encoding import Frame, conflated_update, frame_of, image_frames, sequenced_update
from realtime.core.event_stream import STAY_AWAY_MS, EventStream, read_head
from realtime.core.limits import UNSENT_BYTES
from realtime.hub import event_writer
from realtime.hub.connection import Connection
from realtime.hub.event_writer import EventWriter

TOPICS = ("user:1", "thread:2")


def subscribed(topic: str, pos: str, **members: object) -> Frame:
    head = {"op": "subscribed", "ref": 0, "topic": topic, "lane": "sequenced", "pos": pos}
    return frame_of(head | members)


def update(topic: str, epoch: str, seq: int) -> Frame:
    return sequenced_update(topic, epoch=epoch, changes=[(seq, {"type": "a.b"})], published_at_ms=5)


def fields_of(event: bytes) -> dict[str, str]:
    """The fields of one event, which ends with an empty line."""
    text = event.decode()
    assert text.endswith("\n\n") and "\n\n" not in text[:-2]
    return dict(line.split(": ", 1) for line in text[:-2].split("\n"))


def ids(stream: EventStream, *frames: Frame) -> list[str | None]:
    return [fields_of(stream.write(frame)).get("id") for frame in frames]


def test_an_event_is_named_by_its_frame_and_carries_it_whole() -> None:
    frame = frame_of({"op": "notice", "title": 'Zwei\nZeilen \u2028 ,"image": ,"changes":', "is_active": True})

    fields = fields_of(EventStream(()).write(frame))

    assert fields == {"event": "notice", "data": frame.text}
    assert json.loads(fields["data"])["title"].startswith("Zwei\nZeilen")


@pytest.mark.parametrize(
    "frame",
    [
        conflated_update("t", entries=[Entry("k", 1, {"a": 1})], version=2, published_at_ms=5),
        update("user:1", "e", 7),
        subscribed("user:1", "e:1", image={"changes": [1]}),
        subscribed("user:1", "e:1", resumed=True),
        subscribed("user:1", "e:1", segment=0, segments=2, part='{"image":{'),
        frame_of({"op": "update", "topic": "t", "pt": 1, "changes": [{"type": "typing.stopped"}]}),
        frame_of({"op": "error", "code": "forbidden", "topic": "user:1"}),
        *image_frames(
            {"op": "subscribed", "topic": "t", "lane": "conflated", "pos": "v:1"}, ['["k",1,{}]', '["l",1,{}]']
        ),
    ],
)
def test_the_head_of_a_frame_is_the_frame_without_its_bulk(frame: Frame) -> None:
    whole = json.loads(frame.text)

    assert read_head(frame.text) == {name: whole[name] for name in whole if name not in ("image", "part", "changes")}


def test_an_id_names_the_place_in_every_sequenced_topic() -> None:
    stream = EventStream(TOPICS)
    digest = EventStream(TOPICS)._digest

    assert ids(
        stream,
        subscribed("user:1", "aa:3", image={}),
        conflated_update("lobby:prices", entries=[], version=9, published_at_ms=5),
        subscribed("thread:2", "bb:0", image={}),
        update("user:1", "aa", 4),
        frame_of({"op": "heartbeat", "t": 1}),
        update("thread:2", "bb", 1),
    ) == [f"{digest}.aa:3,", None, f"{digest}.aa:3,bb:0", f"{digest}.aa:4,bb:0", None, f"{digest}.aa:4,bb:1"]


def test_a_resumed_topic_moves_with_its_changes_and_not_before() -> None:
    """`subscribed` names the head; a reader cut right after it must not skip what was to follow."""
    first = EventStream(TOPICS)
    (last_id,) = ids(first, subscribed("user:1", "aa:3", image={}))
    stream = EventStream(TOPICS, since=last_id)

    moved = ids(stream, subscribed("user:1", "aa:9", resumed=True), update("user:1", "aa", 4))

    assert moved == [None, f"{first._digest}.aa:4,"]


def test_a_lost_history_leaves_no_old_place_behind() -> None:
    stream = EventStream(TOPICS, since=f"{EventStream(TOPICS)._digest}.aa:3,bb:1")
    digest = stream._digest

    assert ids(
        stream, frame_of({"op": "resync", "topic": "user:1", "reason": "history_lost"}), update("thread:2", "bb", 2)
    ) == [None, f"{digest}.,bb:2"]
    assert ids(stream, subscribed("user:1", "cc:1", image={})) == [f"{digest}.cc:1,bb:2"]


def test_an_image_in_segments_counts_when_it_is_whole() -> None:
    stream = EventStream(TOPICS)

    first, last = (subscribed("user:1", "aa:3", segment=number, segments=2, part="[") for number in (0, 1))

    assert ids(stream, first, last) == [None, f"{stream._digest}.aa:3,"]


def test_an_id_brings_every_position_back() -> None:
    last_id = f"{EventStream(TOPICS)._digest}.aa:3,bb:17"

    stream = EventStream(TOPICS, since=last_id)

    assert [stream.find_since(topic) for topic in (*TOPICS, "lobby:prices")] == ["aa:3", "bb:17", None]


@pytest.mark.parametrize(
    "since",
    [
        None,
        "",
        "nonsense",
        "{digest}.aa:3",
        "{digest}.aa:3,bb:1,cc:1",
        "{digest}.aa:3,nonsense",
        "{digest}.aa:3,bb:01",
        "{digest}.aa:3,bb:1\n",
        "AAAAAAAA.aa:3,bb:1",
        "{digest}." + "a" * 5_000,
    ],
)
def test_another_id_is_not_used(since: str | None) -> None:
    text = since.format(digest=EventStream(TOPICS)._digest) if since else since

    stream = EventStream(TOPICS, since=text)

    assert [stream.find_since(topic) for topic in TOPICS] == [None, None]


def test_the_id_of_another_list_of_topics_is_not_used() -> None:
    last_id = f"{EventStream(TOPICS)._digest}.aa:3,bb:17"

    assert EventStream(("thread:2", "user:1"), since=last_id).find_since("user:1") is None


def test_one_frame_makes_the_same_bytes_for_every_reader() -> None:
    frame = conflated_update("t", entries=[Entry("k", 1, {"a": 1})], version=2, published_at_ms=5)

    assert EventStream(TOPICS).write(frame) is EventStream(()).write(frame)


@pytest.mark.parametrize(("reconnect", "retry"), [(True, "750"), (False, str(STAY_AWAY_MS))])
def test_a_goodbye_says_when_to_come_back(reconnect: bool, retry: str) -> None:
    bye = frame_of({"op": "bye", "code": 4503, "reconnect": reconnect, "retry_ms": 750})

    assert fields_of(EventStream(()).write(bye))["retry"] == retry


class Server:
    """An ASGI server's `send`, and the transport beneath it where the server lets it be known."""

    def __init__(self, *, is_stalled: bool = False) -> None:
        self.bodies: list[bytes] = []
        self.is_finished = False
        self.is_aborted = False
        self.unsent_bytes = 0
        self.may_take = asyncio.Event()
        if not is_stalled:
            self.may_take.set()

    async def send(self, message: dict[str, Any]) -> None:
        await self.may_take.wait()
        self.bodies.append(message["body"])
        self.is_finished = not message.get("more_body", False)

    def get_unsent_bytes(self) -> int:
        return self.unsent_bytes

    def keep_little(self) -> None:
        return

    def abort(self) -> None:
        self.is_aborted = True


def writer_of(server: Server) -> EventWriter:
    return EventWriter(server.send, server, EventStream(()))


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_nothing_leaves_before_the_response_has_begun_and_then_all_in_order() -> None:
    server = Server()
    writer = writer_of(server)
    frames = [frame_of({"op": "notice", "n": number}) for number in range(3)]

    writer.write(frames[0])
    writer.write(frames[1])
    await settle()
    assert server.bodies == []
    writer.open(b"retry: 1\n\n")
    await settle()
    writer.write(frames[2])
    await settle()

    assert [body.count(b"data: ") for body in server.bodies] == [2, 1]
    text = b"".join(server.bodies).decode()
    assert text.startswith("retry: 1\n\nevent: notice\n")
    assert [json.loads(line[6:])["n"] for line in text.split("\n") if line.startswith("data: ")] == [0, 1, 2]
    assert writer.get_unsent_bytes() == 0
    assert writer.direct is None


async def test_a_reader_that_takes_nothing_is_closed_at_the_bound_of_a_socket() -> None:
    server = Server(is_stalled=True)
    writer = writer_of(server)
    writer.open(b"")
    connection = Connection(writer)
    frame = frame_of({"op": "notice", "text": "x" * 10_000})

    most = 0
    for _ in range(200):
        connection.send(frame)
        most = max(most, writer.get_unsent_bytes())
        await asyncio.sleep(0)

    assert connection.is_closed
    assert UNSENT_BYTES < most < UNSENT_BYTES + 2 * len(frame.text)


async def test_what_a_server_has_not_sent_counts_as_well() -> None:
    server = Server()
    writer = writer_of(server)
    writer.open(b"")
    await settle()
    server.unsent_bytes = 5_000

    assert writer.get_unsent_bytes() == 5_000


async def test_a_stalled_reader_is_cut_off_and_an_honest_one_hears_the_goodbye(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(event_writer, "CLOSE_WITHIN_S", 0.05)
    stalled, honest = Server(), Server()
    stalled.unsent_bytes = 1
    for server in (stalled, honest):
        writer = writer_of(server)
        writer.open(b"")
        writer.write(frame_of({"op": "bye", "code": 4408, "reconnect": True, "retry_ms": 5}))
        writer.close(4408)
        await asyncio.wait_for(writer.over.wait(), 20)

    assert (stalled.is_aborted, stalled.is_finished) == (True, False)
    assert (honest.is_aborted, honest.is_finished) == (False, True)
    assert b"event: bye" in b"".join(honest.bodies)


async def test_a_server_that_waits_for_ever_ends_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_writer, "CLOSE_WITHIN_S", 0.05)
    writer = writer_of(Server(is_stalled=True))
    writer.open(b"")
    writer.close(4408)

    await asyncio.wait_for(writer.over.wait(), 20)


async def test_an_end_before_the_beginning_is_told_at_the_beginning() -> None:
    server = Server()
    writer = writer_of(server)
    connection = Connection(writer)

    from realtime.core import closing as closings

    connection.close(closings.DRAINING)
    await settle()
    assert server.bodies == []
    writer.open(b"")
    await asyncio.wait_for(writer.over.wait(), 20)

    assert b'"code":4503' in b"".join(server.bodies)
    assert server.is_finished


async def test_drained_is_told_once_the_transport_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_writer, "LOOK_EVERY_S", 0.01)
    server = Server()
    writer = writer_of(server)
    drained = asyncio.Event()
    writer.on_drained = drained.set
    server.unsent_bytes = 10
    writer.open(b"")
    await asyncio.sleep(0.05)
    assert not drained.is_set()

    server.unsent_bytes = 0

    await asyncio.wait_for(drained.wait(), 20)


async def test_what_is_owed_leaves_once_all_else_has() -> None:
    server = Server()
    writer = writer_of(server)
    owed = [frame_of({"op": "notice", "n": 7})]
    writer.on_drained = lambda: writer.write(owed.pop()) if owed else None
    writer.open(b"")
    await settle()

    assert b'"n":7' in b"".join(server.bodies)


async def test_a_reader_that_went_away_gets_nothing_more() -> None:
    server = Server(is_stalled=True)
    writer = writer_of(server)
    writer.open(b"")
    writer.write(frame_of({"op": "notice"}))
    writer.abandon()
    server.may_take.set()
    writer.write(frame_of({"op": "notice"}))
    await settle()

    assert server.bodies == []
    assert writer.over.is_set()
