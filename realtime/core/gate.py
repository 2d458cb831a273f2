"""Judges each incoming frame by size and rate before anything reads it, and counts bad ones. It has no clock."""

from enum import Enum, auto

from realtime.core.limits import BAD_FRAMES_IN_A_ROW, BURST, FLOOD_REFUSALS, FRAME_BYTES, FRAMES_PER_S
from realtime.core.token_bucket import TokenBucket


class Verdict(Enum):
    """What becomes of a frame."""

    PASS = auto()
    TOO_LARGE = auto()
    TOO_FAST = auto()
    FLOOD = auto()


class FrameGate:
    """One per socket."""

    def __init__(self, *, at: float) -> None:
        self._bucket = TokenBucket(per_s=FRAMES_PER_S, burst=BURST, at=at)
        self._refused_in_a_row = 0
        self._bad_in_a_row = 0

    def judge(self, content: str | bytes, *, at: float) -> Verdict:
        """Whether the frame may be read. Refused frames in a row end in FLOOD."""
        if size_exceeds(content, FRAME_BYTES):
            return Verdict.TOO_LARGE
        if self._bucket.take(at):
            self._refused_in_a_row = 0
            return Verdict.PASS
        self._refused_in_a_row += 1
        return Verdict.FLOOD if self._refused_in_a_row >= FLOOD_REFUSALS else Verdict.TOO_FAST

    def get_wait_ms(self) -> int:
        """How long a client that was too fast should wait."""
        return round(self._bucket.get_wait_s() * 1_000) + 1

    def note_good(self) -> None:
        """A frame made sense."""
        self._bad_in_a_row = 0

    def note_bad(self) -> bool:
        """A frame made no sense; True when it was one too many."""
        self._bad_in_a_row += 1
        return self._bad_in_a_row >= BAD_FRAMES_IN_A_ROW


def size_exceeds(content: str | bytes, limit: int) -> bool:
    """Whether the content is longer than `limit` bytes of UTF-8, without encoding what is plainly short or long."""
    if isinstance(content, bytes) or content.isascii() or len(content) > limit:
        return len(content) > limit
    return len(content.encode("utf-8", "surrogatepass")) > limit
