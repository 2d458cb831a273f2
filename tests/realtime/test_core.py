"""The pure parts: rates, sizes, positions, conflation, segments, frames as bytes."""

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from touchline_client import ConflatedState

from project.kit.bus import conflated_message, milliseconds_now
from project.kit.topics import Keyed
from realtime.core.conflation import ConflationBuffer, Entry, read_message
from realtime.core.encoding import Frame, conflated_update, image_frames, sequenced_update
from realtime.core.gate import FrameGate, Verdict, size_exceeds
from realtime.core.json_text import write_json
from realtime.core.positions import find_stream_position, format_stream_position
from realtime.core.segments import split_by_size
from realtime.core.token_bucket import TokenBucket
from realtime.core.wording import LegWords, word_messages, word_settlement


def test_bucket_gives_its_burst_at_once_and_its_rate_after() -> None:
    bucket = TokenBucket(per_s=20, burst=40, at=100.0)

    assert [bucket.take(100.0) for _ in range(41)] == [True] * 40 + [False]
    assert bucket.get_wait_s() == pytest.approx(0.05)
    assert bucket.take(100.051)
    assert not bucket.take(100.052)


def test_bucket_never_holds_more_than_its_burst() -> None:
    bucket = TokenBucket(per_s=20, burst=3, at=0.0)

    assert [bucket.take(1_000.0) for _ in range(4)] == [True, True, True, False]


def test_bucket_ignores_a_clock_that_goes_back() -> None:
    bucket = TokenBucket(per_s=1, burst=1, at=10.0)

    assert bucket.take(10.0)
    assert not bucket.take(5.0)


def test_gate_refuses_above_the_rate_and_ends_in_flood() -> None:
    gate = FrameGate(at=0.0)

    verdicts = [gate.judge("{}", at=0.0) for _ in range(80)]

    assert verdicts == [Verdict.PASS] * 40 + [Verdict.TOO_FAST] * 39 + [Verdict.FLOOD]


def test_gate_forgives_refusals_once_a_frame_passes() -> None:
    gate = FrameGate(at=0.0)
    for _ in range(79):
        gate.judge("{}", at=0.0)

    assert gate.judge("{}", at=1.0) is Verdict.PASS
    assert [gate.judge("{}", at=1.0) for _ in range(20)][-1] is Verdict.TOO_FAST


def test_gate_counts_bad_frames_in_a_row() -> None:
    gate = FrameGate(at=0.0)

    assert [gate.note_bad() for _ in range(9)] == [False] * 9
    gate.note_good()
    assert [gate.note_bad() for _ in range(10)] == [False] * 9 + [True]


@pytest.mark.parametrize(
    ("content", "is_too_large"),
    [("a" * 16, False), ("a" * 17, True), ("é" * 8, False), ("é" * 9, True), (b"a" * 16, False), (b"a" * 17, True)],
)
def test_size_is_counted_in_bytes(content: str | bytes, is_too_large: bool) -> None:
    assert size_exceeds(content, 16) is is_too_large


def test_a_position_is_read_back_as_it_was_written() -> None:
    assert find_stream_position(format_stream_position("19ab", 12)) == ("19ab", 12)


@pytest.mark.parametrize("text", ["", ":", "a:", ":1", "a:-1", "a:01", "a:1 ", "a:1\n", "a:9223372036854775808", "é:1"])
def test_what_is_no_position_is_none(text: str) -> None:
    assert find_stream_position(text) is None


ENTRIES = st.lists(
    st.builds(
        lambda key, version: Entry(key, version, {"n": version}),
        st.sampled_from("abc"),
        st.integers(min_value=1, max_value=30),
    ),
    max_size=30,
)


@given(ENTRIES, st.integers())
def test_any_order_of_the_same_entries_ends_in_the_same_values(entries: list[Entry], seed: int) -> None:
    shuffled = list(entries)
    random.Random(seed).shuffle(shuffled)
    buffers = (ConflationBuffer(), ConflationBuffer())

    for buffer, order in zip(buffers, (entries, shuffled), strict=True):
        for entry in order:
            buffer.offer(entry)

    assert {e.key: e.version for e in buffers[0]} == {e.key: e.version for e in buffers[1]}


@given(ENTRIES, ENTRIES, ENTRIES)
def test_image_then_changes_is_what_a_fresh_image_shows(
    first: list[Entry], during: list[Entry], image: list[Entry]
) -> None:
    """The hub's buffer and a client that heard everything it passed on hold the same, whatever came in which order."""
    buffer, client = ConflationBuffer(), ConflatedState()
    newest = {entry.key: entry for entry in sorted(image, key=lambda entry: entry.version)}
    for entry in first:
        buffer.offer(entry)
    client.merge(tuple(entry.as_list()) for entry in buffer.list_live())

    known = buffer.list_versions()
    passed_on = [entry for entry in during if buffer.offer(entry)]
    passed_on += buffer.merge_image(newest.values(), known=known)
    client.merge(tuple(entry.as_list()) for entry in passed_on)

    assert client.entries == {entry.key: (entry.version, entry.value) for entry in buffer.list_live()}


def test_a_key_that_left_the_image_is_taken_away() -> None:
    buffer = ConflationBuffer()
    for key in "ab":
        buffer.offer(Entry(key, 5, {}))

    changed = buffer.merge_image([Entry("a", 5, {})], known=buffer.list_versions())

    assert changed == [Entry("b", 5, None)]
    assert [entry.key for entry in buffer.list_live()] == ["a"]


def test_a_key_that_came_while_the_image_was_read_stays() -> None:
    buffer = ConflationBuffer()
    known = buffer.list_versions()
    buffer.offer(Entry("late", 1, {}))

    assert buffer.merge_image([], known=known) == []
    assert [entry.key for entry in buffer.list_live()] == ["late"]


@given(
    st.lists(
        st.builds(
            Keyed,
            st.text(max_size=12),
            st.integers(min_value=0, max_value=1 << 62),
            st.none()
            | st.dictionaries(st.text(max_size=5), st.none() | st.text(max_size=9) | st.integers(), max_size=4),
        ),
        max_size=5,
    )
)
def test_entries_come_over_the_bus_as_they_were_published(keys: list[Keyed]) -> None:
    published_at_ms, entries = read_message(conflated_message(keys))

    assert abs(published_at_ms - milliseconds_now()) < 60_000
    assert [entry.is_gone for entry in entries] == [keyed.value is None for keyed in keys]
    assert [json.loads(entry.encoded) for entry in entries] == [entry.as_list() for entry in entries]
    assert entries == [Entry(keyed.key, keyed.version, keyed.value) for keyed in keys]


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"c",
        b"cx",
        b"c1\n",
        b"c1\n[]",
        b'c1\n["a",1]',
        b'c1\n["a",1,5]',
        b'c1\n["a",1,{}',
        b'c1\n["a","1",{}]',
        b'{"l":"c","k":[],"pt":1}',
    ],
)
def test_what_is_no_message_of_a_conflated_topic_is_refused(payload: bytes) -> None:
    with pytest.raises(ValueError, match=r"no entry|no message|invalid literal"):
        read_message(payload)


@given(st.lists(st.binary(max_size=12), max_size=30), st.integers(min_value=1, max_value=40))
def test_segments_keep_every_piece_in_order_within_the_limit(pieces: list[bytes], limit: int) -> None:
    groups = split_by_size(pieces, limit_bytes=limit)

    assert [piece for group in groups for piece in group] == pieces
    assert all(len(group) <= 1 or sum(len(p) + 1 for p in group) <= limit + 1 for group in groups)
    assert all(groups) or groups == [[]]


@pytest.mark.parametrize("length", [0, 125, 126, 65_535, 65_536])
def test_a_frame_on_the_wire_is_an_unmasked_text_frame(length: int) -> None:
    wire = Frame("a" * length).wire

    header = {0: 2, 125: 2, 126: 4, 65_535: 4, 65_536: 10}[length]
    assert wire[0] == 0x81
    assert wire[1] & 0x80 == 0
    assert wire[header:] == b"a" * length


def test_updates_say_position_and_changes() -> None:
    sequenced = sequenced_update(
        "t", epoch="e", changes=[(3, {"type": "a.b", "x": 1}), (4, {"type": "c.d"})], published_at_ms=9
    )
    conflated = conflated_update("t", entries=[Entry("k", 7, {"x": None})], version=8, published_at_ms=9)

    assert json.loads(sequenced.text) == {
        "op": "update",
        "topic": "t",
        "pt": 9,
        "pos": "e:4",
        "changes": [{"seq": 3, "type": "a.b", "x": 1}, {"seq": 4, "type": "c.d"}],
    }
    assert json.loads(conflated.text) == {
        "op": "update",
        "topic": "t",
        "pt": 9,
        "pos": "v:8",
        "con": True,
        "changes": [["k", 7, {"x": None}]],
    }


def test_a_small_image_is_one_frame_and_a_big_one_is_numbered() -> None:
    head: dict[str, Any] = {"op": "subscribed", "ref": 1, "topic": "t"}
    piece = write_json(["k", 1, {}])

    (whole,) = image_frames(head, [piece])
    first, second = image_frames(head, [piece, piece])

    assert json.loads(whole.text) == head | {"image": {"entries": [["k", 1, {}]]}}
    assert json.loads(first.text) == head | {"segment": 0, "segments": 2, "image": {"entries": [["k", 1, {}]]}}
    assert json.loads(second.text)["segment"] == 1


def test_an_empty_image_is_still_an_image() -> None:
    (frame,) = image_frames({"op": "subscribed"}, [""])

    assert json.loads(frame.text)["image"] == {"entries": []}


@pytest.mark.parametrize(
    ("status", "is_correction", "title"),
    [
        ("won", False, "Your slip won: 24.89 returned"),
        ("lost", False, "Your slip lost: 10.00 staked"),
        ("void", False, "Your slip is void: 24.89 returned"),
        ("partial", True, "Result corrected. Your slip won in part: 24.89 returned"),
        ("accepted", True, "Settlement taken back. Your slip is open again"),
    ],
)
def test_words_of_a_settlement(status: str, is_correction: bool, title: str) -> None:
    words = word_settlement(
        status=status,
        payout="24.89",
        stake="10.00",
        legs=[LegWords("Draw", "3.20", "A v B")],
        is_correction=is_correction,
    )

    assert words.title == title
    assert words.message == "Draw at 3.20, A v B"


def test_words_of_a_multiple_say_that_there_are_more_legs_however_long_the_first_is() -> None:
    legs = [LegWords("Draw", "3.20", "A v B"), LegWords("Home", "2.00", "C v D"), LegWords("Over", "1.50", "E v F")]
    long_legs = [LegWords("x" * 500, "3.20", "A v B"), *legs[1:]]

    few, much = (
        word_settlement(status="won", payout="9.60", stake="1.00", legs=each, is_correction=False).message
        for each in (legs, long_legs)
    )

    assert few == "Draw at 3.20, A v B and 2 more"
    assert len(much) == 400
    assert much.endswith("… and 2 more")


def test_words_of_messages_count_and_are_cut() -> None:
    assert word_messages(sender="Ben", count=1).title == "New message from Ben"
    assert word_messages(sender="Ben", count=3).title == "3 new messages from Ben"
    assert len(word_messages(sender="x" * 300, count=1).title) == 160
