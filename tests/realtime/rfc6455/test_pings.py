"""Group 2: every ping is answered by a pong with its payload, in order; a pong nobody asked for is ignored."""

import pytest

from tests.realtime.processes import WebServer
from tests.realtime.rfc6455.cases import PROTOCOL_ERROR, Case, run
from tests.realtime.rfc6455.wire import PING, PONG, frame

BYTES = b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff"
LONGEST = b"\xfe" * 125
TEN = [f"payload-{number}".encode() for number in range(10)]


@pytest.mark.parametrize(
    "case",
    [
        Case("2.1 without payload", [frame(PING)], [(PONG, b"")]),
        Case("2.2 text", [frame(PING, "Hello, world!")], [(PONG, b"Hello, world!")]),
        Case("2.3 bytes", [frame(PING, BYTES)], [(PONG, BYTES)]),
        Case("2.4 of 125 octets", [frame(PING, LONGEST)], [(PONG, LONGEST)]),
        Case("2.5 of 126 octets", [frame(PING, LONGEST + b"\xfe")], code=PROTOCOL_ERROR),
        Case("2.6 of 125, octet by octet", [frame(PING, LONGEST)], [(PONG, LONGEST)], chop=1),
        Case("2.7 pong without payload", [frame(PONG)]),
        Case("2.8 pong with payload", [frame(PONG, "unasked")]),
        Case("2.9 pong, then ping", [frame(PONG, "unasked"), frame(PING, "asked")], [(PONG, b"asked")]),
        Case("2.10 ten pings", [frame(PING, each) for each in TEN], [(PONG, each) for each in TEN]),
        Case("2.11 ten, octet by octet", [frame(PING, each) for each in TEN], [(PONG, each) for each in TEN], chop=1),
        Case("pong of 126 octets", [frame(PONG, LONGEST + b"\xfe")], code=PROTOCOL_ERROR),
        Case("ping that says 2^62", [frame(PING, b"", length=2**62)], code=PROTOCOL_ERROR),
    ],
    ids=str,
)
def test_pings_and_pongs(echo: WebServer, case: Case) -> None:
    run(case, echo.port)
