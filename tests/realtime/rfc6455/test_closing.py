"""Group 7: closing in good order, and every close code and reason a client may or may not send."""

import pytest

from tests.realtime.processes import WebServer
from tests.realtime.rfc6455.cases import INVALID_PAYLOAD, NORMAL, PROTOCOL_ERROR
from tests.realtime.rfc6455.wire import CLOSE, CONTINUATION, PING, TEXT, Ending, Wire, close_payload, frame

HELLO = b"Hello, world!"
NO_CODE = 1005  # what a close frame without a code means
FAREWELL = frame(CLOSE, close_payload(1000))
ALLOWED_CODES = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999]
# 1004 has no meaning yet, 1005, 1006 and 1015 are for programs to tell themselves, the others belong to nobody.
FORBIDDEN_CODES = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535]


def end_of(echo: WebServer, *pieces: bytes) -> Ending:
    with Wire.open(echo.port) as wire:
        wire.send(*pieces)
        return wire.read_to_end(answers_close=False)


def test_7_1_1_a_close_after_a_message_is_answered(echo: WebServer) -> None:
    with Wire.open(echo.port) as wire:
        wire.send(frame(TEXT, HELLO))
        answers = wire.read_frames(1)
        wire.send(FAREWELL)
        ending = wire.read_to_end(answers_close=False)

    assert answers == [(TEXT, HELLO)]
    assert ending == Ending(ending.frames, NORMAL)


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param([FAREWELL, FAREWELL], id="7.1.2 a second close"),
        pytest.param([FAREWELL, frame(PING)], id="7.1.3 a ping"),
        pytest.param([FAREWELL, frame(TEXT, HELLO)], id="7.1.4 a text"),
        pytest.param([frame(TEXT, "a", fin=False), FAREWELL, frame(CONTINUATION, "b")], id="7.1.5 the other fragment"),
        pytest.param([frame(TEXT, b"*" * 16_000, fin=False), FAREWELL, frame(PING)], id="7.1.6 a large message"),
    ],
)
def test_what_follows_a_close_is_not_answered(echo: WebServer, pieces: list[bytes]) -> None:
    ending = end_of(echo, *pieces)

    assert (ending.messages, ending.code) == ([], NORMAL)


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        pytest.param(b"", NO_CODE, id="7.3.1 without code"),
        pytest.param(b"a", PROTOCOL_ERROR, id="7.3.2 half a code"),
        pytest.param(close_payload(1000), NORMAL, id="7.3.3 a code"),
        pytest.param(close_payload(1000, HELLO), NORMAL, id="7.3.4 a reason"),
        pytest.param(close_payload(1000, b"*" * 123), NORMAL, id="7.3.5 the longest reason"),
        pytest.param(close_payload(1000, b"*" * 124), PROTOCOL_ERROR, id="7.3.6 a longer reason"),
        pytest.param(close_payload(1000, b"\xce\xba\xed\xa0\x80x"), INVALID_PAYLOAD, id="7.5.1 no UTF-8"),
        pytest.param(close_payload(1000, b"\xce"), INVALID_PAYLOAD, id="half a character"),
    ],
)
def test_what_a_close_may_carry(echo: WebServer, payload: bytes, code: int) -> None:
    ending = end_of(echo, frame(CLOSE, payload))

    assert (ending.messages, ending.code) == ([], code)


@pytest.mark.parametrize("code", ALLOWED_CODES)
def test_7_7_codes_a_client_may_send(echo: WebServer, code: int) -> None:
    """RFC 6455, 5.5.1: the answer typically repeats the code."""
    ending = end_of(echo, frame(CLOSE, close_payload(code, b"reason")))

    assert (ending.messages, ending.code) == ([], code)


@pytest.mark.parametrize("code", FORBIDDEN_CODES)
@pytest.mark.parametrize("reason", [b"", b"reason"])
def test_7_9_codes_nobody_may_send(echo: WebServer, code: int, reason: bytes) -> None:
    ending = end_of(echo, frame(CLOSE, close_payload(code, reason)))

    assert (ending.messages, ending.code) == ([], PROTOCOL_ERROR)


def test_a_client_that_only_hangs_up_is_let_go(echo: WebServer) -> None:
    with Wire.open(echo.port) as wire:
        wire.send(frame(TEXT, HELLO)[:7])
    with Wire.open(echo.port) as wire:
        wire.send(frame(TEXT, HELLO))
        assert wire.read_frames(1) == [(TEXT, HELLO)]
