"""Group 3: no extension is agreed on, so a reserved bit fails the connection, and what follows is not answered."""

import pytest

from tests.realtime.processes import WebServer
from tests.realtime.rfc6455.cases import PROTOCOL_ERROR, Case, run, run_frame_by_frame
from tests.realtime.rfc6455.wire import BINARY, CLOSE, CONTINUATION, PING, TEXT, close_payload, frame

HELLO = b"Hello, world!"
GOOD = frame(TEXT, HELLO)
ECHO = [(TEXT, HELLO)]
TAIL = frame(PING, "after")

CASES = [
    Case("3.1 text, bit 3", [frame(TEXT, HELLO, reserved=1)], code=PROTOCOL_ERROR),
    Case("3.2 text, bit 2", [GOOD, frame(TEXT, HELLO, reserved=2), TAIL], ECHO, PROTOCOL_ERROR),
    Case("3.3 text, bits 2 and 3", [GOOD, frame(TEXT, HELLO, reserved=3), TAIL], ECHO, PROTOCOL_ERROR, chop=20),
    Case("3.4 text, bit 1", [GOOD, frame(TEXT, HELLO, reserved=4), TAIL], ECHO, PROTOCOL_ERROR, chop=1),
    Case("3.5 binary, bits 1 and 3", [frame(BINARY, b"\0" * 8, reserved=5)], code=PROTOCOL_ERROR),
    Case("3.6 ping, bits 1 and 2", [frame(PING, HELLO, reserved=6)], code=PROTOCOL_ERROR),
    Case("3.7 close, all bits", [frame(CLOSE, close_payload(1000), reserved=7)], code=PROTOCOL_ERROR),
    Case(
        "a continuation, bit 1",
        [frame(TEXT, HELLO, fin=False), frame(CONTINUATION, HELLO, reserved=4)],
        code=PROTOCOL_ERROR,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_reserved_bit_fails_the_connection(echo: WebServer, case: Case) -> None:
    run(case, echo.port)


@pytest.mark.parametrize("case", [case for case in CASES if case.answers], ids=str)
def test_what_came_before_the_reserved_bit_is_answered(echo: WebServer, case: Case) -> None:
    run_frame_by_frame(case, echo.port)
