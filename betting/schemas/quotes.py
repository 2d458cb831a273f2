"""What clients get about a slip they have not placed."""

from typing import Literal
from uuid import UUID

from betting.schemas.slips import Rejection
from project.kit.money import MoneyOut, OddsOut
from project.kit.schemas import Reply


class QuotedStakes(Reply):
    """The stakes that would be taken, as the client named its own: in all, or for each line.

    `max` is 0.00 where none would be; `reason` says which cap is the lowest, `own_limit` one that the person set.
    """

    min: MoneyOut
    max: MoneyOut
    reason: Literal["payout", "liability", "limit", "own_limit"]


class QuotedLeg(Reply):
    """The price of one leg now; null where there is none."""

    selection_id: UUID
    odds: OddsOut | None


class SlipQuoteReply(Reply):
    """What the rules say now, funds aside. `stake` is that of all lines, `potential_win` what it pays at best: the
    highest payout, where that is less.

    `potential_win` and `stakes` are null while a leg has no price, or each way no places. `delay_ms` is how long the
    slip would wait in play.
    """

    line_count: int
    stake: MoneyOut
    potential_win: MoneyOut | None
    stakes: QuotedStakes | None
    delay_ms: int
    legs: list[QuotedLeg]
    is_accepted: bool
    rejection: Rejection | None
