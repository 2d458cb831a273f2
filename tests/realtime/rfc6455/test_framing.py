"""Group 1: messages of every encoding of the length come back whole. Those above our limit are in test_limits.py."""

import pytest

from tests.realtime.processes import WebServer
from tests.realtime.rfc6455.cases import PROTOCOL_ERROR, Case, run
from tests.realtime.rfc6455.wire import BINARY, TEXT, frame

SIZES = [0, 125, 126, 127, 128, 16 * 1024]
NAMES = {TEXT: "1.1", BINARY: "1.2"}


def whole(opcode: int, position: int, size: int, chop: int | None = None) -> Case:
    payload = (b"*" if opcode == TEXT else b"\xfe") * size
    number = f"{NAMES[opcode]}.{position}" + (f" in pieces of {chop}" if chop else "")
    return Case(number, [frame(opcode, payload)], [(opcode, payload)], chop=chop)


CASES = [whole(opcode, position, size) for opcode in NAMES for position, size in enumerate(SIZES, 1)]
CHOPPED = [whole(opcode, 8, 16 * 1024, 997) for opcode in NAMES] + [whole(opcode, 2, 125, 1) for opcode in NAMES]


@pytest.mark.parametrize("case", [*CASES, *CHOPPED], ids=str)
def test_a_message_comes_back_as_it_was_sent(echo: WebServer, case: Case) -> None:
    run(case, echo.port)


@pytest.mark.parametrize(
    "piece",
    [
        pytest.param(frame(TEXT, "unmasked", is_masked=False), id="text"),
        pytest.param(frame(BINARY, b"", is_masked=False), id="empty binary"),
        pytest.param(frame(9, b"ping", is_masked=False), id="ping"),
        pytest.param(frame(8, b"\x03\xe8", is_masked=False), id="close"),
    ],
)
def test_a_frame_without_a_mask_is_a_protocol_error(echo: WebServer, piece: bytes) -> None:
    """RFC 6455, 5.1: a server must close on a frame that is not masked."""
    run(Case("", [piece], code=PROTOCOL_ERROR), echo.port)


@pytest.mark.parametrize(
    ("length", "octets"), [(5, 2), (125, 2), (5, 8), (126, 8), (65535, 8)], ids=lambda value: str(value)
)
def test_a_length_must_be_written_in_the_fewest_octets(echo: WebServer, length: int, octets: int) -> None:
    """RFC 6455, 5.2."""
    payload = b"*" * min(length, 200)

    run(Case("", [frame(TEXT, payload, length=length, length_octets=octets)], code=PROTOCOL_ERROR), echo.port)


def test_the_highest_bit_of_a_length_must_be_zero(echo: WebServer) -> None:
    """RFC 6455, 5.2."""
    run(Case("", [frame(BINARY, b"*", length=2**63, length_octets=8)], code=PROTOCOL_ERROR), echo.port)


def test_a_mask_of_zeros_is_a_mask(echo: WebServer) -> None:
    run(Case("", [b"\x81\x85\0\0\0\0Hello"], [(TEXT, b"Hello")]), echo.port)
