"""Tables of the ledger and of the wallets that stand on it."""

from payments.models.ledger import HouseMovement, LedgerAccount, Transfer
from payments.models.wallets import Transaction, Wallet

__all__ = ["HouseMovement", "LedgerAccount", "Transaction", "Transfer", "Wallet"]
