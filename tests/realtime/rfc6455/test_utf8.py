"""Group 6: a text is UTF-8 by RFC 3629 or the connection fails, as soon as the first bad octet has arrived."""

import socket

import pytest

from tests.realtime.processes import WebServer
from tests.realtime.rfc6455.cases import INVALID_PAYLOAD, Case, run
from tests.realtime.rfc6455.wire import BINARY, CLOSE, CONTINUATION, TEXT, Wire, fragments, frame

KOSME = bytes.fromhex("cebae1bdb9cf83cebcceb5")
MANY_WIDTHS = "Hello-µ@ßöäüàá-UTF-8!!".encode()
EDITED = bytes.fromhex("656469746564")
SURROGATE = bytes.fromhex("eda080")
ABOVE_RANGE = bytes.fromhex("f4908080")

# Texts in hexadecimal. Every number of the suite's tables 6.5 to 6.23 that has a text of its own.
VALID = {
    "6.5.1": "",
    "6.5.2": "48656c6c6f",
    "6.5.3": KOSME.hex(),
    "6.5.4": "c2a9e289a0f09d849e",
    "6.5.5": (KOSME * 20).hex(),
    "6.6.2": "ceba",
    "6.6.5": "cebae1bdb9",
    "6.6.7": "cebae1bdb9cf83",
    "6.6.9": "cebae1bdb9cf83cebc",
    "6.6.11": KOSME.hex(),
    "6.7.1": "00",
    "6.7.2": "c280",
    "6.7.3": "e0a080",
    "6.7.4": "f0908080",
    "6.9.1": "7f",
    "6.9.2": "dfbf",
    "6.9.3": "efbfbf",
    "6.9.4": "f48fbfbf",
    "6.11.1": "ed9fbf",
    "6.11.2": "ee8080",
    "6.11.3": "efbfbd",
    "6.11.4": "f48fbfbf",
    **{
        # 6.22: the 34 code points that Unicode keeps for the inside of programs are valid on the wire.
        f"6.22.{index}": chr(plane << 16 | last).encode().hex()
        for index, (plane, last) in enumerate(((p, e) for p in range(17) for e in (0xFFFE, 0xFFFF)), 1)
    },
    **{f"6.23.{index}": chr(0xFFF9 + index - 1).encode().hex() for index in range(1, 8)},
}
INVALID = {
    "6.3.1": (KOSME + SURROGATE + EDITED).hex(),
    "6.6.1": "ce",
    "6.6.3": "cebae1",
    "6.6.4": "cebae1bd",
    "6.6.6": "cebae1bdb9cf",
    "6.6.8": "cebae1bdb9cf83ce",
    "6.6.10": "cebae1bdb9cf83cebcce",
    "6.8.1": "f888808080",
    "6.8.2": "fc8480808080",
    "6.10.1": "f7bfbfbf",
    "6.10.2": "fbbfbfbfbf",
    "6.10.3": "fdbfbfbfbfbf",
    "6.11.5": ABOVE_RANGE.hex(),
    "6.12.1": "80",
    "6.12.2": "bf",
    "6.12.3": "80bf",
    "6.12.4": "80bf80",
    "6.12.5": "80bf80bf",
    "6.12.6": "80bf80bf80",
    "6.12.7": "80bf80bf80bf",
    "6.12.8": bytes(range(0x80, 0xC0)).hex(),
    "6.13.1": b" ".join(bytes([lead]) for lead in range(0xC0, 0xE0)).hex(),
    "6.13.2": b" ".join(bytes([lead]) for lead in range(0xE0, 0xF0)).hex(),
    "6.13.3": b" ".join(bytes([lead]) for lead in range(0xF0, 0xF8)).hex(),
    "6.13.4": "f820f920fa20fb20",
    "6.13.5": "fc20fd20",
    "6.14.1": "c0",
    "6.14.2": "e080",
    "6.14.3": "f08080",
    "6.14.4": "f8808080",
    "6.14.5": "fc80808080",
    "6.14.6": "df",
    "6.14.7": "efbf",
    "6.14.8": "f7bfbf",
    "6.14.9": "fbbfbfbf",
    "6.14.10": "fdbfbfbfbf",
    "6.15.1": "c0e080f08080f8808080fc80808080dfefbff7bfbffbbfbfbffdbfbfbfbf",
    "6.16.1": "fe",
    "6.16.2": "ff",
    "6.16.3": "fefeffff",
    "6.17.1": "c0af",
    "6.17.2": "e080af",
    "6.17.3": "f08080af",
    "6.17.4": "f8808080af",
    "6.17.5": "fc80808080af",
    "6.18.1": "c1bf",
    "6.18.2": "e09fbf",
    "6.18.3": "f08fbfbf",
    "6.18.4": "f887bfbfbf",
    "6.18.5": "fc83bfbfbfbf",
    "6.19.1": "c080",
    "6.19.2": "e08080",
    "6.19.3": "f0808080",
    "6.19.4": "f880808080",
    "6.19.5": "fc8080808080",
    "6.20.1": "eda080",
    "6.20.2": "edadbf",
    "6.20.3": "edae80",
    "6.20.4": "edafbf",
    "6.20.5": "edb080",
    "6.20.6": "edbe80",
    "6.20.7": "edbfbf",
    "6.21.1": "eda080edb080",
    "6.21.2": "eda080edbfbf",
    "6.21.3": "edadbfedb080",
    "6.21.4": "edadbfedbfbf",
    "6.21.5": "edae80edb080",
    "6.21.6": "edae80edbfbf",
    "6.21.7": "edafbfedb080",
    "6.21.8": "edafbfedbfbf",
}


@pytest.mark.parametrize(
    "case",
    [
        Case("6.1.1 no octets", [frame(TEXT)], [(TEXT, b"")]),
        Case("6.1.2 three times none", fragments(TEXT, [b"", b"", b""]), [(TEXT, b"")]),
        Case("6.1.3 none around some", fragments(TEXT, [b"", b"middle", b""]), [(TEXT, b"middle")]),
        Case("6.2.1 one frame", [frame(TEXT, MANY_WIDTHS)], [(TEXT, MANY_WIDTHS)]),
        Case("6.2.2 cut between characters", fragments(TEXT, [KOSME[:5], KOSME[5:]]), [(TEXT, KOSME)]),
        Case("6.2.3 cut everywhere", fragments(TEXT, [bytes([each]) for each in MANY_WIDTHS]), [(TEXT, MANY_WIDTHS)]),
        Case("6.2.4 cut everywhere", fragments(TEXT, [bytes([each]) for each in KOSME]), [(TEXT, KOSME)]),
        Case("cut everywhere, octet by octet", fragments(TEXT, [KOSME[:1], KOSME[1:]]), [(TEXT, KOSME)], chop=1),
        Case("a binary message need not be text", [frame(BINARY, SURROGATE)], [(BINARY, SURROGATE)]),
        Case("half a character at the end of fragments", fragments(TEXT, [b"a", b"\xce"]), code=INVALID_PAYLOAD),
    ],
    ids=str,
)
def test_texts_in_fragments(echo: WebServer, case: Case) -> None:
    run(case, echo.port)


@pytest.mark.parametrize("number", VALID)
def test_a_valid_text_comes_back(echo: WebServer, number: str) -> None:
    text = bytes.fromhex(VALID[number])

    run(Case(number, [frame(TEXT, text)], [(TEXT, text)]), echo.port)
    run(Case(number, fragments(TEXT, [bytes([each]) for each in text] or [b""]), [(TEXT, text)]), echo.port)


@pytest.mark.parametrize("number", INVALID)
def test_an_invalid_text_fails_the_connection(echo: WebServer, number: str) -> None:
    text = bytes.fromhex(INVALID[number])

    run(Case(number, [frame(TEXT, text)], code=INVALID_PAYLOAD), echo.port)
    run(Case(number, fragments(TEXT, [bytes([each]) for each in text]), code=INVALID_PAYLOAD), echo.port)


@pytest.mark.parametrize(
    ("sent", "withheld"),
    [
        pytest.param(
            [frame(TEXT, KOSME, fin=False), frame(CONTINUATION, ABOVE_RANGE, fin=False)],
            frame(CONTINUATION, EDITED),
            id="6.4.1 the second of three fragments is bad",
        ),
        pytest.param(
            [frame(TEXT, KOSME + ABOVE_RANGE[:2], fin=False)],
            frame(CONTINUATION, ABOVE_RANGE[2:] + EDITED),
            id="6.4.2 a character that can only become bad",
        ),
        pytest.param(
            [frame(TEXT, KOSME + ABOVE_RANGE + EDITED)[: -len(EDITED)]],
            b"",
            id="6.4.3 a frame is bad before it is whole",
        ),
        pytest.param(
            [frame(TEXT, KOSME + ABOVE_RANGE + EDITED)[: -len(EDITED) - 2]],
            b"",
            id="6.4.4 a frame is bad within a character",
        ),
    ],
)
def test_bad_utf8_fails_before_the_message_is_whole(echo: WebServer, sent: list[bytes], withheld: bytes) -> None:
    with Wire.open(echo.port) as wire:
        wire.send(*sent)
        answer = wire.read_frame()
        wire.send(withheld)

    assert answer is not None
    assert (answer.opcode, answer.close_code) == (CLOSE, INVALID_PAYLOAD)


def test_half_a_character_alone_is_waited_for(echo: WebServer) -> None:
    """The control: failing fast must not fail early."""
    with Wire.open(echo.port) as wire:
        wire.send(frame(TEXT, KOSME[:1], fin=False))
        wire.socket.settimeout(0.3)
        with pytest.raises(socket.timeout):
            wire.read_frame()
        wire.socket.settimeout(10)
        wire.send(frame(CONTINUATION, KOSME[1:]))

        assert wire.read_frames(1) == [(TEXT, KOSME)]
