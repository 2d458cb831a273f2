"""Bodies are one strict JSON object or they are refused with the reason."""

import pytest

from project.kit.errors import MalformedJson
from project.kit.strict_json import MAX_DEPTH, parse_object


def nested(depth: int) -> str:
    return '{"a":' * depth + "1" + "}" * depth


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'"text"',
        b"{",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": -Infinity}',
        b'{"a": 1e999}',
        b'{"a": 1, "a": 2}',
        b'{"a": "\xff"}',
        b'{"a": "\\ud800"}',
        b'{"\\ud800": 1}',
        b'{"a": "\\u0000"}',
        b'{"a": ["b", {"c": "\\u0000"}]}',
        '{"a": "\ud800"}',
        b'{"a": "\x00"}',
        b"[" * 100_000,
        b'{"a": ' + b"9" * 5_000 + b"}",
    ],
)
def test_hostile_bodies_are_refused(body: bytes | str) -> None:
    with pytest.raises(MalformedJson):
        parse_object(body)


def test_depth_is_bounded_exactly() -> None:
    assert parse_object(nested(MAX_DEPTH)) != {}
    with pytest.raises(MalformedJson):
        parse_object(nested(MAX_DEPTH + 1))


def test_a_plain_object_is_read() -> None:
    assert parse_object('{"a": [1, 2.5, "ü", null, true]}'.encode()) == {"a": [1, 2.5, "ü", None, True]}
