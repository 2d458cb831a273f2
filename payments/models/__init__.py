"""Tables of the ledger, of the wallets that stand on it, and of what people take out."""

from payments.models.closings import BookClosing, ClosingBalance
from payments.models.ledger import HouseMovement, LedgerAccount, Transfer
from payments.models.wallets import Transaction, Wallet
from payments.models.withdrawals import Withdrawal, WithdrawalRecord, WithdrawalStatus

__all__ = [
    "BookClosing",
    "ClosingBalance",
    "HouseMovement",
    "LedgerAccount",
    "Transaction",
    "Transfer",
    "Wallet",
    "Withdrawal",
    "WithdrawalRecord",
    "WithdrawalStatus",
]
