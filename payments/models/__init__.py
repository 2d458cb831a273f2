"""Tables of the ledger and of the wallets that stand on it."""

from payments.models.closings import BookClosing, ClosingBalance
from payments.models.ledger import HouseMovement, LedgerAccount, Transfer
from payments.models.wallets import Transaction, Wallet

__all__ = ["BookClosing", "ClosingBalance", "HouseMovement", "LedgerAccount", "Transaction", "Transfer", "Wallet"]
