"""What a conformance case is, and how it is run. Numbers are those of the Autobahn test suite, words are ours."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.realtime.rfc6455.wire import CLOSE, Wire, close_payload, frame

NORMAL, PROTOCOL_ERROR, INVALID_PAYLOAD = 1000, 1002, 1007

Answers = Sequence[tuple[int, bytes]]


@dataclass(frozen=True)
class Case:
    """`sends` gets `answers`; then the server closes with `code`, or if that is None it still serves and we close.

    `chop` cuts the bytes: 1 is octet by octet, None is one write.
    """

    number: str
    sends: Sequence[bytes]
    answers: Answers = ()
    code: int | None = None
    chop: int | None = None

    def __str__(self) -> str:
        return self.number


def run(case: Case, port: int) -> None:
    """Hold the server to the case. Before a failure, answers may be missing: the fault may overtake them."""
    with Wire.open(port) as wire:
        wire.send(*case.sends, chop=case.chop)
        if case.code is None:
            assert wire.read_frames(len(case.answers)) == list(case.answers)
            wire.send(frame(CLOSE, close_payload(NORMAL)))
            ending = wire.read_to_end(answers_close=False)
            assert (ending.messages, ending.code) == ([], NORMAL)
        else:
            ending = wire.read_to_end()
            assert ending.messages == list(case.answers)[: len(ending.messages)]
            assert ending.code == case.code


def run_frame_by_frame(case: Case, port: int) -> None:
    """As `run`, but each answer is awaited before the next frame is sent: none may be missing."""
    with Wire.open(port) as wire:
        answers = list(case.answers)
        for piece in case.sends:
            wire.send(piece)
            if answers:
                expected = answers.pop(0)
                assert wire.read_frames(1) == [expected]
        ending = wire.read_to_end()
        assert (ending.messages, ending.code) == ([], case.code)
