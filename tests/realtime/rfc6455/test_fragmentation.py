"""Group 5: data messages may come in fragments with control frames between them; control frames may not."""

import pytest

from tests.realtime.processes import WebServer
from tests.realtime.rfc6455.cases import PROTOCOL_ERROR, Answers, Case, run
from tests.realtime.rfc6455.wire import BINARY, CONTINUATION, PING, PONG, TEXT, fragments, frame

CHOPS = [None, 8, 1]
TWO = [b"fragment1", b"fragment2"]
WHOLE = b"".join(TWO)
FIRST, SECOND = fragments(TEXT, TWO)
GOOD = frame(TEXT, "complete")
ASK = frame(PING, "between")
ANSWER = (PONG, b"between")
FIVE = [f"fragment{number}".encode() for number in range(1, 6)]


def in_chops(number: str, first: int, sends: list[bytes], answers: Answers = (), code: int | None = None) -> list[Case]:
    """One case in one write, in small writes and octet by octet, which the suite counts as three."""
    return [Case(f"{number}{first + at} chop {chop}", sends, answers, code, chop) for at, chop in enumerate(CHOPS)]


def loose(text: str, *, fin: bool) -> bytes:
    """A continuation of nothing."""
    return frame(CONTINUATION, text, fin=fin)


FIVE_WITH_PINGS = fragments(TEXT, FIVE)
FIVE_WITH_PINGS.insert(2, frame(PING, "first"))
FIVE_WITH_PINGS.insert(5, frame(PING, "second"))

CASES = [
    Case("5.1 a ping in fragments", [frame(PING, "a", fin=False), frame(CONTINUATION, "b")], code=PROTOCOL_ERROR),
    Case("5.2 a pong in fragments", [frame(PONG, "a", fin=False), frame(CONTINUATION, "b")], code=PROTOCOL_ERROR),
    *in_chops("5.", 3, [FIRST, SECOND], [(TEXT, WHOLE)]),
    *in_chops("5.", 6, [FIRST, ASK, SECOND], [ANSWER, (TEXT, WHOLE)]),
    *in_chops("5.", 9, [loose("nothing to continue", fin=True), GOOD], code=PROTOCOL_ERROR),
    *in_chops("5.", 12, [loose("nothing to continue", fin=False), GOOD], code=PROTOCOL_ERROR),
    Case("5.15", [FIRST, SECOND, loose("more", fin=False), GOOD], [(TEXT, WHOLE)], PROTOCOL_ERROR),
    Case("5.16", [loose("a", fin=False), GOOD, loose("b", fin=False), GOOD], code=PROTOCOL_ERROR),
    Case("5.17", [loose("a", fin=True), GOOD, loose("b", fin=True), GOOD], code=PROTOCOL_ERROR),
    Case("5.18 two beginnings", [FIRST, frame(TEXT, TWO[1])], code=PROTOCOL_ERROR),
    *in_chops("5.", 19, FIVE_WITH_PINGS, [(PONG, b"first"), (PONG, b"second"), (TEXT, b"".join(FIVE))]),
    Case("a binary message in fragments", fragments(BINARY, [b"\xff", b"\xfe"]), [(BINARY, b"\xff\xfe")]),
    Case("a close in fragments", [frame(8, b"\x03\xe8", fin=False)], code=PROTOCOL_ERROR),
    Case("a text inside a binary message", [frame(BINARY, b"a", fin=False), GOOD], code=PROTOCOL_ERROR),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_fragments(echo: WebServer, case: Case) -> None:
    run(case, echo.port)
