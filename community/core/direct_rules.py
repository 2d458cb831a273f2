"""Pure rules of direct conversations: which pair they belong to, who may write, how far somebody has read."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Blocks:
    """Who shut whom out, seen from the person about to write."""

    by_me: bool = False
    by_them: bool = False

    @property
    def is_closed(self) -> bool:
        return self.by_me or self.by_them


def pair_key(first: UUID, second: UUID) -> str:
    """One name for two people, whoever asks: the unique key of their conversation."""
    assert first != second, "a direct conversation needs two people"
    low, high = sorted((first, second))
    return f"{low}:{high}"


def next_read_position(*, current: int, asked: int, last_seq: int) -> int:
    """A read position only moves forward and never past the last message."""
    return max(current, min(asked, last_seq))
