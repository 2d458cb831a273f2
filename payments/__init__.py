"""Wallets and the double-entry ledger below them."""
