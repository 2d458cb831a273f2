"""Wallets and statements as clients get them: money is a decimal string, amounts of a statement are signed."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import StringConstraints

from project.kit.money import MoneyIn, MoneyOut
from project.kit.schemas import Command, Instant, Reply

CurrencyCode = Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")]
WithdrawalState = Literal["requested", "approved", "processing", "paid", "rejected", "cancelled", "failed"]


class WalletReply(Reply):
    """One currency of a person. `available` can be spent; `held` is set aside."""

    currency: str
    available: MoneyOut
    held: MoneyOut
    total_winnings: MoneyOut
    total_losses: MoneyOut


class WithdrawalTermsReply(Reply):
    """A currency that can be withdrawn, and from how much on."""

    currency: str
    min_amount: MoneyOut


class WalletsReply(Reply):
    """All currencies of a person, practice funds first, and which of them can be taken out."""

    wallets: list[WalletReply]
    withdrawals: list[WithdrawalTermsReply]


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


class RequestWithdrawalCommand(Command):
    """Take so much out of the wallet of one currency."""

    currency: CurrencyCode
    amount: MoneyIn


class WithdrawalReply(Reply):
    """One withdrawal as its owner sees it. `explanation` says why it was rejected or why it failed."""

    id: UUID
    currency: str
    amount: MoneyOut
    status: WithdrawalState
    requested_at: Instant
    decided_at: Instant | None
    paid_at: Instant | None
    failed_at: Instant | None
    payout_reference: str
    explanation: str
