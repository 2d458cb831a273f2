"""Closed books: what the transfers up to one of them came to, so that an audit need not read those again."""

from django.db import models
from django.db.models import Func

from payments.models.ledger import LedgerAccount


class BookClosing(models.Model):
    """One closing, made by an audit that found nothing wrong. Append-only; only the newest has balances.

    `transfers` counts all up to and with `up_to_transfer_id`, since the first.
    """

    up_to_transfer_id = models.BigIntegerField(unique=True)
    transfers = models.BigIntegerField()
    closed_at = models.DateTimeField(db_default=Func(function="now"), editable=False)

    def __str__(self) -> str:
        return f"closed up to transfer {self.up_to_transfer_id}"


class ClosingBalance(models.Model):
    """What the newest closing found an account to hold; accounts that no transfer had moved have no row."""

    account = models.OneToOneField(
        LedgerAccount, on_delete=models.PROTECT, primary_key=True, db_constraint=False, related_name="closing_balance"
    )
    balance_minor = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.balance_minor} on {self.account_id}"
