"""Group 9: many messages and messages in many pieces hold; what is larger than our limit ends with 4413, unread."""

import os

import pytest

from realtime.core.limits import FRAME_BYTES
from tests.realtime.processes import WebServer
from tests.realtime.rfc6455.cases import Case, run
from tests.realtime.rfc6455.wire import BINARY, CLOSE, CONTINUATION, TEXT, Wire, fragments, frame

KIB, MIB = 1024, 1024 * 1024
TOO_LARGE = 4413
# Up to twice the application's limit is read, so that the application can say goodbye; see test_bounds_frames.py.
READ_BYTES = 2 * FRAME_BYTES
# 9.1 and 9.2: 64 KiB to 16 MiB in one frame.
LARGE = [READ_BYTES + 1, 64 * KIB, 256 * KIB, MIB, 4 * MIB, 8 * MIB, 16 * MIB]
# 9.3 and 9.4: one message in fragments of these sizes; 9.5 and 9.6: in writes of these sizes.
PIECES = [64, 256, KIB, 4 * KIB]
CHOPS = [64, 128, 256, 512, KIB, 2 * KIB]
ROUND_TRIPS = 1_000
IN_ONE_BREATH = 800
NAMES = {TEXT: "text", BINARY: "binary"}


@pytest.mark.parametrize("opcode", [TEXT, BINARY], ids=NAMES.get)
@pytest.mark.parametrize("size", LARGE)
def test_9_1_and_9_2_a_larger_frame_is_refused_at_its_header(echo: WebServer, opcode: int, size: int) -> None:
    with Wire.open(echo.port) as wire:
        wire.send(frame(opcode, b"", length=size))
        ending = wire.read_to_end()

    assert ending.code == TOO_LARGE


@pytest.mark.parametrize("opcode", [TEXT, BINARY], ids=NAMES.get)
def test_a_larger_frame_that_is_really_sent_is_refused_too(echo: WebServer, opcode: int) -> None:
    with Wire.open(echo.port) as wire:
        wire.send(frame(opcode, b"*" * MIB))
        ending = wire.read_to_end()

    assert ending.code == TOO_LARGE


@pytest.mark.parametrize("opcode", [TEXT, BINARY], ids=NAMES.get)
def test_fragments_that_add_up_to_more_are_refused(echo: WebServer, opcode: int) -> None:
    piece = b"*" * KIB
    rest = READ_BYTES // KIB - 1
    with Wire.open(echo.port) as wire:
        wire.send(frame(opcode, piece, fin=False), *[frame(CONTINUATION, piece, fin=False)] * rest)
        wire.send(frame(CONTINUATION, b"*", fin=False))
        answer = wire.read_frame()

    assert answer is not None
    assert (answer.opcode, answer.close_code) == (CLOSE, TOO_LARGE)


@pytest.mark.parametrize("opcode", [TEXT, BINARY], ids=NAMES.get)
@pytest.mark.parametrize("size", PIECES)
def test_9_3_and_9_4_the_largest_message_in_fragments(echo: WebServer, opcode: int, size: int) -> None:
    payload = os.urandom(FRAME_BYTES // 2).hex().encode()
    parts = [payload[first : first + size] for first in range(0, len(payload), size)]

    run(Case("", fragments(opcode, parts), [(opcode, payload)]), echo.port)


@pytest.mark.parametrize("opcode", [TEXT, BINARY], ids=NAMES.get)
@pytest.mark.parametrize("chop", CHOPS)
def test_9_5_and_9_6_the_largest_message_in_small_writes(echo: WebServer, opcode: int, chop: int) -> None:
    payload = os.urandom(FRAME_BYTES // 2).hex().encode()

    run(Case("", [frame(opcode, payload)], [(opcode, payload)], chop=chop), echo.port)


@pytest.mark.parametrize("opcode", [TEXT, BINARY], ids=NAMES.get)
@pytest.mark.parametrize("size", [0, 16, 64, 256, KIB, 4 * KIB])
def test_9_7_and_9_8_a_thousand_round_trips(echo: WebServer, opcode: int, size: int) -> None:
    payload = b"*" * size
    piece = frame(opcode, payload)
    with Wire.open(echo.port) as wire:
        for _ in range(ROUND_TRIPS):
            wire.send(piece)
            assert wire.read_frames(1) == [(opcode, payload)]
        assert wire.close() == 1000


def test_hundreds_of_messages_in_one_breath(echo: WebServer) -> None:
    texts = [f"message {number}".encode() for number in range(IN_ONE_BREATH)]
    with Wire.open(echo.port) as wire:
        wire.send(*[frame(TEXT, each) for each in texts])

        assert wire.read_frames(IN_ONE_BREATH) == [(TEXT, each) for each in texts]
        assert wire.close() == 1000
