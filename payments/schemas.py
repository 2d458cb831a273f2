"""Wallets and statements as clients get them: money is a decimal string, amounts of a statement are signed."""

from uuid import UUID

from project.kit.money import MoneyOut
from project.kit.schemas import Instant, Reply


class WalletReply(Reply):
    """One currency of a person. `available` can be spent; `held` is set aside."""

    currency: str
    available: MoneyOut
    held: MoneyOut
    total_winnings: MoneyOut
    total_losses: MoneyOut


class WalletsReply(Reply):
    """All currencies of a person, practice funds first."""

    wallets: list[WalletReply]


class TransactionReply(Reply):
    """One line of a statement. `amount` is negative when money left the wallet."""

    id: str
    transaction_type: str
    amount: MoneyOut
    balance_after: MoneyOut
    currency: str
    description: str
    date: Instant
    slip_id: UUID | None
