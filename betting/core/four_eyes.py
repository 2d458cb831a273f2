"""When one trader alone may not do it: the limits above which somebody else has to approve."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

# A mistake below these is put right with an apology; above them it is a story in the papers.
MOVED_MINOR_MAX: Final = 100_000  # paid and taken back together, in any one currency
SLIPS_MAX: Final = 100


@dataclass(frozen=True)
class Moved:
    """What a proposal moves in one currency, in minor units."""

    paid_minor: int
    taken_back_minor: int


def needs_approval(*, slips: int, moved: Sequence[Moved], overdraws: bool) -> bool:
    """Whether a second person has to look: much money, many people, or a wallet that would go below zero. Tickets in
    pools count as slips do."""
    is_large = any(one.paid_minor + one.taken_back_minor > MOVED_MINOR_MAX for one in moved)
    return overdraws or is_large or slips > SLIPS_MAX
