"""What clients get about free bets."""

from typing import Literal
from uuid import UUID

from betting.schemas.slips import CurrencyCode
from project.kit.money import MoneyOut
from project.kit.schemas import Instant, Reply

FreeBetStatusName = Literal["available", "used", "expired", "withdrawn"]


class FreeBetReply(Reply):
    """A token for one slip with exactly this stake; it pays the winnings alone."""

    id: UUID
    amount: MoneyOut
    currency: CurrencyCode
    status: FreeBetStatusName
    reason: str
    granted_at: Instant
    expires_at: Instant
