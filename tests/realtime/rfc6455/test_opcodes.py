"""Group 4: opcodes that RFC 6455 keeps for later fail the connection."""

import pytest

from tests.realtime.processes import WebServer
from tests.realtime.rfc6455.cases import PROTOCOL_ERROR, Case, run, run_frame_by_frame
from tests.realtime.rfc6455.wire import PING, TEXT, frame

HELLO = b"Hello, world!"
GOOD = frame(TEXT, HELLO)
ECHO = [(TEXT, HELLO)]
TAIL = frame(PING)

CASES = [
    Case("4.1.1 opcode 3", [frame(3)], code=PROTOCOL_ERROR),
    Case("4.1.2 opcode 4 with payload", [frame(4, "reserved")], code=PROTOCOL_ERROR),
    Case("4.1.3 opcode 5 after a text", [GOOD, frame(5), TAIL], ECHO, PROTOCOL_ERROR),
    Case("4.1.4 opcode 6 after a text", [GOOD, frame(6, HELLO), TAIL], ECHO, PROTOCOL_ERROR),
    Case("4.1.5 opcode 7 after a text", [GOOD, frame(7, HELLO), TAIL], ECHO, PROTOCOL_ERROR, chop=1),
    Case("4.2.1 opcode 11", [frame(11)], code=PROTOCOL_ERROR),
    Case("4.2.2 opcode 12 with payload", [frame(12, "reserved")], code=PROTOCOL_ERROR),
    Case("4.2.3 opcode 13 after a text", [GOOD, frame(13), TAIL], ECHO, PROTOCOL_ERROR),
    Case("4.2.4 opcode 14 after a text", [GOOD, frame(14, HELLO), TAIL], ECHO, PROTOCOL_ERROR),
    Case("4.2.5 opcode 15 after a text", [GOOD, frame(15, HELLO), TAIL], ECHO, PROTOCOL_ERROR, chop=1),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_reserved_opcode_fails_the_connection(echo: WebServer, case: Case) -> None:
    run(case, echo.port)


@pytest.mark.parametrize("case", [case for case in CASES if case.answers], ids=str)
def test_what_came_before_the_reserved_opcode_is_answered(echo: WebServer, case: Case) -> None:
    run_frame_by_frame(case, echo.port)
