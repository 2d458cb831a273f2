"""What a person calls their money: a wallet per currency, and the statement of it as a database view."""

from django.conf import settings
from django.db import models
from django.db.models import Func

from payments.models.ledger import LedgerAccount
from project.kit.ids import new_id


class Wallet(models.Model):
    """One person's funds in one currency. It points at its accounts and stores no amount."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="wallets")
    currency = models.CharField(max_length=3)
    available_account = models.OneToOneField(LedgerAccount, on_delete=models.PROTECT, related_name="wallet")
    held_account = models.OneToOneField(LedgerAccount, on_delete=models.PROTECT, related_name="holding_wallet")
    created_at = models.DateTimeField(db_default=Func(function="now"), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "currency"], name="payments_wallet_once")]

    def __str__(self) -> str:
        return f"{self.currency} wallet of {self.user_id}"


class Transaction(models.Model):
    """One side of a transfer on a person's account, amount signed: a view, see `statement_view` in the migrations."""

    id = models.CharField(primary_key=True, max_length=24)
    transfer_id = models.BigIntegerField()
    account_id = models.UUIDField()
    account_kind = models.CharField(max_length=20)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, related_name="+")
    currency = models.CharField(max_length=3)
    transaction_type = models.CharField(max_length=32)
    amount_minor = models.BigIntegerField()
    balance_after_minor = models.BigIntegerField()
    ref_kind = models.CharField(max_length=32)
    ref_id = models.UUIDField(null=True)
    description = models.CharField(max_length=240)
    date = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "payments_transaction"

    def __str__(self) -> str:
        return f"{self.transaction_type} {self.amount_minor} {self.currency}"
