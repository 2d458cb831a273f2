"""What the trading desk sees of the risk on an event."""

from uuid import UUID

from betting.schemas.slips import CurrencyCode
from project.kit.money import MoneyOut
from project.kit.schemas import Reply


class SelectionExposureValue(Reply):
    """`liability` is what the house would lose on the market if this selection won: payouts less all stakes.

    What a slip pays without the selection, by other lines or by a place, leaves both its payout and its stake.
    """

    id: UUID
    name: str
    stake: MoneyOut
    payout: MoneyOut
    liability: MoneyOut


class MarketExposureValue(Reply):
    """The value of a key `m:<market_id>:<currency>` of an event's exposure. `worst` is the largest possible loss."""

    market_id: UUID
    name: str
    currency: CurrencyCode
    stakes: MoneyOut
    worst: MoneyOut
    selections: list[SelectionExposureValue]
