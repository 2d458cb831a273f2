"""Frames nobody should send: each gets an error or a close with its code, and the log of the server stays clean."""

import json
import random
from typing import Any

import pytest
import redis

from realtime.core.limits import FRAME_BYTES
from tests.realtime.processes import WebServer
from tests.realtime.rfc6455.wire import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    Ending,
    Wire,
    close_payload,
    frame,
)

HELLO = frame(TEXT, '{"op":"hello","v":1}')
ASK = frame(TEXT, '{"op":"ping","id":1}')
TOO_LARGE, FLOOD, PROTOCOL_ABUSE = 4413, 4429, 4400
MIB = 1024 * 1024
FUZZED_SOCKETS = 150


def join(web: WebServer, **options: Any) -> Wire:
    """A socket that was welcomed."""
    wire = Wire.open(web.port, **options)
    wire.send(HELLO)
    assert read_json(wire)["op"] == "welcome"
    return wire


def read_json(wire: Wire) -> dict[str, Any]:
    """The next frame that is no heartbeat: those come when they will."""
    while True:
        received = wire.read_frame()
        assert received is not None and received.opcode == TEXT, received
        content: dict[str, Any] = json.loads(received.payload)
        if content["op"] != "heartbeat":
            return content


def said(ending: Ending) -> list[dict[str, Any]]:
    frames = [json.loads(payload) for opcode, payload in ending.messages if opcode == TEXT]
    return [each for each in frames if each["op"] != "heartbeat"]


def is_alive(web: WebServer) -> bool:
    with join(web) as wire:
        wire.send(ASK)
        return bool(read_json(wire)["ref"] == 1)


MALFORMED = {
    "a lone surrogate": '{"op":"ping","id":"\\ud800"}',
    "two surrogates in the wrong order": '{"op":"ping","id":"\\udc00\\ud800"}',
    "a lone surrogate as a name": '{"op":"ping","id":1,"\\udfff":1}',
    "NUL": '{"op":"ping","id":"\\u0000"}',
    "a raw NUL": '{"op":"ping","id":"\x00"}',
    "NaN": '{"op":"ping","id":NaN}',
    "Infinity": '{"op":"call","id":1,"name":"x","args":{"a":-Infinity}}',
    "a number beyond floats": '{"op":"call","id":1,"name":"x","args":{"a":1e999}}',
    "a number of 10,000 digits": '{"op":"ping","id":' + "9" * 10_000 + "}",
    "the same name twice": '{"op":"ping","id":1,"id":2}',
    "the same name twice, deeper": '{"op":"call","id":1,"name":"x","args":{"a":{"b":1,"b":1}}}',
    "8,000 lists": "[" * 8_000 + "]" * 8_000,
    "16,000 lists never closed": "[" * 16_000,
    "2,000 objects": '{"op":' * 2_000 + "1" + "}" * 2_000,
    "33 levels in the arguments": '{"op":"call","id":1,"name":"x","args":' + '{"a":' * 33 + "1" + "}" * 34,
    "a list": "[]",
    "a text": '"hello"',
    "two objects": "{}{}",
    "a byte order mark": '\ufeff{"op":"ping","id":1}',
    "single quotes": "{'op':'ping','id':1}",
    "a comment": '{"op":"ping","id":1}//',
}


def test_malformed_json_gets_an_error_and_the_socket_lives(web: WebServer) -> None:
    with join(web) as wire:
        for number, (name, text) in enumerate(MALFORMED.items()):
            wire.send(frame(TEXT, text))
            error = read_json(wire)
            assert (error["op"], error.get("code")) == ("error", "malformed_json"), (name, error)
            if number % 5 == 4:  # ten in a row would close it, and twenty a second are too many
                wire.send(ASK)
                assert read_json(wire)["ref"] == 1, name
        assert wire.close() == 1000


UNREADABLE = [
    {"op": "subscribe", "id": 1, "topics": [{"topic": "lobby:prices", "since": "v:1" * 40}]},
    {"op": "subscribe", "id": 1, "topics": [{"topic": {"$ne": None}}]},
    {"op": "subscribe", "id": 1, "topics": [{"topic": "lobby:prices", "__proto__": 1}]},
    {"op": "call", "id": [1], "name": "place_slip", "args": {}},
    {"op": "call", "id": 1, "name": "place_slip", "key": "k" * 256, "args": {}},
    {"op": "__init__", "id": 1},
    {"op": None},
    {"op": ["ping"], "id": 1},
    {"op": "hello", "v": 1e3},
]
NO_TOPICS = [
    "*",
    "bus:*",
    "bus:lobby:prices",
    "touchline:control",
    "asgi:group:lobby",
    "__keyspace@0__:*",
    "lobby:prices\r\nSUBSCRIBE touchline:control",
    "lobby:*",
    "event:*:prices",
    "event:../../x:prices",
    "event:00000000-0000-0000-0000-000000000000:prices:more",
    "user:' OR 1=1 --",
    "lobby:prices\u202e",
    "LOBBY:PRICES",
    "a" * 200,
]
NO_CALLS = ["__class__", "place_slip.__globals__", "place_slip ", "../place_slip", "auth", "subscribe"]


def test_frames_of_the_wrong_shape_get_an_error(web: WebServer) -> None:
    with join(web) as wire:
        for content in UNREADABLE:
            wire.send(frame(TEXT, json.dumps(content)))
            error = read_json(wire)
            assert (error["op"], error["code"]) == ("error", "validation_error"), content


def test_client_text_is_never_a_channel_or_a_name(web: WebServer, test_redis: "redis.Redis") -> None:
    with join(web) as wire:
        wire.send(
            frame(TEXT, json.dumps({"op": "subscribe", "id": 1, "topics": [{"topic": each} for each in NO_TOPICS]}))
        )
        refusals = [read_json(wire) for _ in NO_TOPICS]
        for number, name in enumerate(NO_CALLS):
            wire.send(frame(TEXT, json.dumps({"op": "call", "id": number, "name": name, "key": "k", "args": {}})))
        answers = [read_json(wire) for _ in NO_CALLS]
        channels: Any = test_redis.pubsub_channels("*")  # its types allow for a coroutine
        heard = {channel.decode() for channel in channels}

    assert {(each["topic"], each["code"]) for each in refusals} == {(topic, "not_found") for topic in NO_TOPICS}
    assert [each["error"]["code"] for each in answers] == ["unknown_call"] * len(NO_CALLS)
    # Both of these exist, and are heard for reasons of the hub's own.
    named = {*NO_TOPICS, *(f"bus:{topic}" for topic in NO_TOPICS)} - {"touchline:control", "bus:lobby:prices"}
    assert heard & named == set()


@pytest.mark.parametrize("size", [FRAME_BYTES + 1, 2 * FRAME_BYTES])
def test_a_frame_somewhat_too_large_is_told_goodbye(web: WebServer, size: int) -> None:
    with join(web) as wire:
        wire.send(frame(TEXT, b"x" * size))
        ending = wire.read_to_end()

    assert [(each["op"], each["code"], each["reconnect"]) for each in said(ending)] == [("bye", TOO_LARGE, True)]
    assert ending.code == TOO_LARGE


def test_a_frame_of_16_mib_is_refused_at_its_header(web: WebServer) -> None:
    with join(web) as wire:
        wire.send(frame(BINARY, bytes(MIB), length=16 * MIB))
        ending = wire.read_to_end()

    assert (said(ending), ending.code) == ([], TOO_LARGE)
    assert is_alive(web)


@pytest.mark.parametrize(
    ("piece", "codes"),
    [
        pytest.param(frame(CONTINUATION, b"x" * 100, fin=False), {TOO_LARGE}, id="fragments"),
        pytest.param(frame(CONTINUATION, b"", fin=False), {TOO_LARGE, FLOOD}, id="empty fragments"),
        pytest.param(frame(PING, b"x" * 125), {FLOOD}, id="pings inside a message"),
        pytest.param(frame(PONG, b""), {FLOOD}, id="pongs inside a message"),
    ],
)
def test_a_message_that_never_ends_is_ended(web: WebServer, piece: bytes, codes: set[int]) -> None:
    with join(web) as wire:
        wire.send(frame(TEXT, b"x", fin=False))
        wire.socket.settimeout(20)
        packet = piece * 500
        for _ in range(400):
            wire.send(packet)
        ending = wire.read_to_end()

    assert ending.code in codes
    assert is_alive(web)


def test_a_flood_of_bad_frames_is_ended(web: WebServer) -> None:
    with join(web) as wire:
        wire.send(*[frame(TEXT, "{")] * 500)
        ending = wire.read_to_end()

    assert [each["op"] for each in said(ending)] == ["error"] * 10 + ["bye"]
    assert ending.code == PROTOCOL_ABUSE


def test_a_flood_of_good_frames_is_ended(web: WebServer) -> None:
    with join(web) as wire:
        wire.send(*[ASK] * 500)
        ending = wire.read_to_end()

    assert said(ending)[-1]["op"] == "bye"
    assert ending.code == FLOOD


def test_a_flood_in_one_breath_is_not_even_read(web: WebServer) -> None:
    with join(web) as wire:
        wire.send(*[ASK] * 5_000)
        ending = wire.read_to_end()

    assert ending.code == FLOOD


def mutated(chance: random.Random, good: list[bytes]) -> bytes:
    """A few frames with some octets changed, left out or doubled."""
    data = bytearray(b"".join(chance.choice(good) for _ in range(chance.randint(1, 6))))
    for _ in range(chance.randint(0, 6)):
        at = chance.randrange(len(data))
        change = chance.randrange(4)
        if change == 0:
            data[at] = chance.randrange(256)
        elif change == 1:
            del data[at : at + chance.randint(1, 4)]
        elif change == 2:
            data[at:at] = chance.randbytes(chance.randint(1, 8))
        else:
            data[at] ^= 1 << chance.randrange(8)
        if not data:
            return b"\0"
    return bytes(data)


def test_no_octets_at_all_disturb_the_server(web: WebServer) -> None:
    """The `web` fixture fails on a traceback; here the control is that an honest client is still served."""
    chance = random.Random(6455)
    texts = [
        '{"op":"hello","v":1}',
        '{"op":"ping","id":1}',
        '{"op":"subscribe","id":1,"topics":[{"topic":"lobby:prices"}]}',
    ]
    good = [frame(TEXT, text) for text in texts]
    good += [frame(PING, b"p"), frame(PONG), frame(CLOSE, close_payload(1000)), frame(BINARY, b"\0\1")]
    good += [frame(TEXT, b"a", fin=False), frame(CONTINUATION, b"b")]
    codes = set()
    for _ in range(FUZZED_SOCKETS):
        with Wire.open(web.port) as wire:
            wire.send(mutated(chance, good), frame(CLOSE, close_payload(1000)))
            wire.socket.shutdown(1)
            codes.add(wire.read_to_end(answers_close=False).code)

    assert codes <= {None, 1000, 1002, 1005, 1007, 4400, 4413} | set(range(1000, 1015)) | set(range(3000, 5000))
    assert is_alive(web)
