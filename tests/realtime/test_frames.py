"""What a client may send, and what becomes of everything else."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.frames.client import (
    CallFrame,
    FrameRefused,
    HelloFrame,
    PingFrame,
    SubscribeFrame,
    TopicRequest,
    parse_frame,
)


def refuse(content: Any) -> FrameRefused:
    text = content if isinstance(content, str) else json.dumps(content)
    with pytest.raises(FrameRefused) as refused:
        parse_frame(text)
    return refused.value


def test_hello_with_all_its_members() -> None:
    frame = parse_frame('{"op":"hello","v":1,"lang":"en","ticket":"abc","heartbeat_ms":500}')

    assert frame == HelloFrame(op="hello", v=1, lang="en", ticket="abc", heartbeat_ms=500)


def test_subscribe_names_topics_with_their_options() -> None:
    frame = parse_frame('{"op":"subscribe","id":"a","topics":[{"topic":"lobby:prices","conflate_ms":0},{"topic":"x"}]}')

    requests = [TopicRequest(topic="lobby:prices", conflate_ms=0), TopicRequest(topic="x")]
    assert frame == SubscribeFrame(op="subscribe", id="a", topics=requests)


def test_call_keeps_its_arguments_as_they_came() -> None:
    frame = parse_frame('{"op":"call","id":3,"name":"place_slip","key":"k","args":{"stake":"10.00","legs":[1,null]}}')

    arguments: dict[str, Any] = {"stake": "10.00", "legs": [1, None]}
    assert frame == CallFrame(op="call", id=3, name="place_slip", key="k", args=arguments)


def test_ping_takes_the_largest_exact_number() -> None:
    assert parse_frame('{"op":"ping","id":9007199254740991}') == PingFrame(op="ping", id=9007199254740991)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "[]",
        "null",
        '{"op":"ping","id":1',
        '{"op":"ping","id":NaN}',
        '{"op":"ping","id":1,"id":2}',
        '{"op":"ping","id":"\\ud800"}',
        '{"op":"ping","id":"\\u0000"}',
        '{"a":' * 40 + "1" + "}" * 40,
    ],
)
def test_what_is_not_one_strict_json_object_is_malformed(text: str) -> None:
    refused = refuse(text)

    assert refused.error.code == "malformed_json"
    assert refused.ref is None


@pytest.mark.parametrize(
    ("content", "ref", "pointer"),
    [
        ({"op": "dance", "id": 4}, 4, "/"),
        ({"id": 4}, 4, "/"),
        ({"op": "ping"}, None, "/id"),
        ({"op": "ping", "id": True}, None, "/id/constrained-int"),
        ({"op": "ping", "id": 1.0}, None, "/id/constrained-int"),
        ({"op": "ping", "id": -1}, None, "/id/constrained-int"),
        ({"op": "ping", "id": 2**53}, None, "/id/constrained-int"),
        ({"op": "hello", "v": 2}, None, "/v"),
        ({"op": "hello", "v": "1"}, None, "/v"),
        ({"op": "hello", "v": 1, "heartbeat_ms": 499}, None, "/heartbeat_ms"),
        ({"op": "subscribe", "id": 7, "topics": []}, 7, "/topics"),
        ({"op": "subscribe", "id": 7, "topics": ["lobby:prices"]}, 7, "/topics/0"),
        ({"op": "subscribe", "id": 7, "topics": [{"topic": "a", "conflate_ms": 33}]}, 7, "/topics/0/conflate_ms"),
        ({"op": "subscribe", "id": 7, "topics": [{"topic": "a"}] * 51}, 7, "/topics"),
        ({"op": "call", "id": "c", "name": "x", "args": []}, "c", "/args"),
        ({"op": "ping", "id": 1, "more": 1}, 1, "/more"),
    ],
)
def test_a_wrong_member_is_named_and_the_id_is_kept(content: Any, ref: int | str | None, pointer: str) -> None:
    refused = refuse(content)

    assert refused.error.code == "validation_error"
    assert refused.ref == ref
    assert any(str(each["pointer"]).startswith(pointer) for each in refused.error.extra["errors"])  # type: ignore[attr-defined]  # a list of problems


@given(st.text(max_size=200))
def test_no_text_escapes_as_another_error(text: str) -> None:
    refuse(text)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)
FRAME_LIKE = st.fixed_dictionaries(
    {"op": st.sampled_from(["hello", "auth", "subscribe", "unsubscribe", "call", "ping"])},
    optional=dict.fromkeys(("id", "v", "topics", "name", "key", "args", "ticket", "lang"), JSON_VALUES),
)


@given(FRAME_LIKE)
def test_frames_of_wild_members_are_frames_or_refused(content: dict[str, Any]) -> None:
    try:
        frame = parse_frame(json.dumps(content))
    except FrameRefused as refused:
        assert refused.error.code in {"validation_error", "malformed_json"}
    else:
        assert frame.op == content["op"]
