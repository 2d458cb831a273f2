"""When one trader alone may not do it: the limits above which somebody else has to approve."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

# A mistake below these is put right with an apology; above them it is a story in the papers.
MOVED_MINOR_MAX: Final = 100_000  # paid and taken back together, in any one currency
SLIPS_MAX: Final = 100

Step = Literal["approve", "reject", "apply"]


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


def list_steps(status: str, *, needs_approval: bool) -> tuple[Step, ...]:
    """Where a proposal can go from here, whoever takes it there."""
    if status == "approved" or (status == "proposed" and not needs_approval):
        return ("apply", "reject")
    return ("approve", "reject") if status == "proposed" else ()
