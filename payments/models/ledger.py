"""The books: accounts and transfers between them. Only the SQL functions of this app's migrations write here."""

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q

from project.kit.ids import new_id


class LedgerAccount(models.Model):
    """A balance that transfers move. A person's account is exact at every commit.

    A pool's account belongs to `subject_id` and is kept like a house account.
    A house account stores what `ledger_fold` has folded; its true balance adds the unfolded `HouseMovement` rows.
    """

    class Kind(models.TextChoices):
        WALLET = "wallet", "Wallet"
        HELD = "held", "Held"
        OPEN_STAKES = "open_stakes", "Open stakes"
        HOUSE_REVENUE = "house_revenue", "House revenue"
        ISSUANCE = "issuance", "Issuance"
        PROMO = "promo", "Promotions"
        PAYOUT_CLEARING = "payout_clearing", "Paid out"
        POOL = "pool", "Pool"

    class OverdrawnBy(models.TextChoices):
        SETTLEMENT = "settlement", "Settlement correction"
        CHARGEBACK = "chargeback", "Chargeback"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="ledger_accounts"
    )
    kind = models.CharField(max_length=20, choices=Kind)
    subject_id = models.UUIDField(null=True, blank=True, help_text="What a pool's account belongs to")
    currency = models.CharField(max_length=3)
    balance_minor = models.BigIntegerField(default=0)
    overdrawn_by = models.CharField(max_length=20, choices=OverdrawnBy, null=True, blank=True)
    won_minor = models.BigIntegerField(default=0)
    lost_minor = models.BigIntegerField(default=0)
    version = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Func(function="now"), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "kind", "currency", "subject_id"], nulls_distinct=False, name="payments_account_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["wallet", "held"], owner__isnull=False, subject_id__isnull=True)
                | Q(
                    kind__in=["open_stakes", "house_revenue", "issuance", "promo", "payout_clearing"],
                    owner__isnull=True,
                    subject_id__isnull=True,
                )
                | Q(kind="pool", owner__isnull=True, subject_id__isnull=False),
                name="payments_account_owner_by_kind",
            ),
            # Both ways: a negative balance has its reason, and the reason goes when the balance is back at zero.
            models.CheckConstraint(
                condition=Q(owner__isnull=True)
                | Q(balance_minor__gte=0, overdrawn_by__isnull=True)
                | Q(balance_minor__lt=0, overdrawn_by__isnull=False),
                name="payments_account_not_overdrawn",
            ),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="payments_account_currency"),
        ]

    def __str__(self) -> str:
        owner = self.owner.username if self.owner else "house"
        return f"{self.kind} {self.currency} of {owner}"


class Transfer(models.Model):
    """One balanced pair, append-only. `*_balance_after_minor` is null where the side is a house account.

    The two account columns have no constraint in the database: a foreign key would lock the hot house row for every
    transfer. `ledger_post` refuses unknown accounts, and accounts refuse DELETE.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=32)
    ref = models.CharField(max_length=120)
    leg = models.IntegerField(default=0)
    debit_account = models.ForeignKey(
        LedgerAccount, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="debits"
    )
    credit_account = models.ForeignKey(
        LedgerAccount, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="credits"
    )
    amount_minor = models.BigIntegerField()
    debit_balance_after_minor = models.BigIntegerField(null=True)
    credit_balance_after_minor = models.BigIntegerField(null=True)
    overdrawn_by = models.CharField(max_length=20, choices=LedgerAccount.OverdrawnBy, null=True)
    ref_kind = models.CharField(max_length=32, blank=True)
    ref_id = models.UUIDField(null=True)
    description = models.CharField(max_length=240, blank=True)
    created_at = models.DateTimeField(db_default=Func(function="now"), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "ref", "leg"], name="payments_transfer_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payments_transfer_positive"),
            models.CheckConstraint(
                condition=~Q(debit_account=F("credit_account")), name="payments_transfer_two_accounts"
            ),
            models.CheckConstraint(
                condition=Q(debit_balance_after_minor__isnull=True)
                | Q(debit_balance_after_minor__gte=0)
                | Q(overdrawn_by__isnull=False),
                name="payments_transfer_covered",
            ),
            models.CheckConstraint(condition=Q(kind__regex=r"^[a-z][a-z_]*$"), name="payments_transfer_kind"),
            models.CheckConstraint(condition=~Q(ref=""), name="payments_transfer_ref"),
        ]
        # A statement reads one person's account, newest first; house sides are left out to keep the indexes small.
        indexes = [
            models.Index(
                fields=["debit_account", "id"],
                condition=Q(debit_balance_after_minor__isnull=False),
                name="payments_transfer_debits",
            ),
            models.Index(
                fields=["credit_account", "id"],
                condition=Q(credit_balance_after_minor__isnull=False),
                name="payments_transfer_credits",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.ref}:{self.leg}"


class HouseMovement(models.Model):
    """What one posting moved on one house account, until `ledger_fold` adds it to the account and deletes it.

    Appending instead of updating keeps every stake of the site from waiting for one row.
    """

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    amount_minor = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.amount_minor} on {self.account_id}"
