"""What people get to keep account of their own slips: sums, and what each settlement of a slip came to."""

from betting.schemas.slips import CurrencyCode, SlipStatusName
from project.kit.money import MoneyOut
from project.kit.schemas import Instant, Reply


class SlipSummaryReply(Reply):
    """Sums over a person's slips in one currency.

    `staked` and `returned` are those of settled slips, cash-outs included; a free bet's stake is not the person's and
    counts as nothing. `profit` is `returned` less `staked`. `running` is what open slips have at stake.
    """

    currency: CurrencyCode
    open: int
    running: MoneyOut
    settled: int
    won: int
    staked: MoneyOut
    returned: MoneyOut
    profit: MoneyOut


class SettlementReply(Reply):
    """One settlement of a slip. `difference` is what it moved: the payout at first, the change in a correction."""

    settlement_no: int
    outcome: SlipStatusName
    payout: MoneyOut
    difference: MoneyOut
    at: Instant


class SettlementsReply(Reply):
    """Every settlement of a slip, oldest first: more than one means that results were corrected."""

    settlements: list[SettlementReply]
