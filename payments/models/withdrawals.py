"""What people take out of their wallets, and a record of everybody who had a say in it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from payments.models.wallets import Wallet
from project.kit.ids import new_id


class WithdrawalStatus(models.TextChoices):
    """The funds are set aside up to `paid`, where they leave the books; every other end gives them back."""

    REQUESTED = "requested", "Requested"
    APPROVED = "approved", "Approved"
    PROCESSING = "processing", "Being paid"
    PAID = "paid", "Paid"
    REJECTED = "rejected", "Rejected"
    CANCELLED = "cancelled", "Cancelled"
    FAILED = "failed", "Failed"


_UNDECIDED = Q(decided_at__isnull=True, decided_by__isnull=True, reason="")
_DECIDED = Q(decided_at__isnull=False, decided_by__isnull=False)
_UNSENT = Q(processing_at__isnull=True, payout_reference="")
_SENT = Q(processing_at__isnull=False) & ~Q(payout_reference="")
_UNPAID = Q(paid_at__isnull=True, paid_by__isnull=True)
_PAID = Q(paid_at__isnull=False, paid_by__isnull=False)
_UNFAILED = Q(failed_at__isnull=True, failure="")
_FAILED = Q(failed_at__isnull=False) & ~Q(failure="")


class Withdrawal(models.Model):
    """One amount on its way out. A trigger lets only the states of `core.withdrawals.NEXT` follow one another.

    `user` is the wallet's owner, kept here so that the database can refuse that somebody decides about their own.
    `needs_two` says that the amount was, when it was approved, too much for one member of staff.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="withdrawals")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="withdrawals")
    amount_minor = models.BigIntegerField()
    status = models.CharField(max_length=12, choices=WithdrawalStatus, default=WithdrawalStatus.REQUESTED)
    requested_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True, help_text="Why it was approved, rejected or cancelled")
    needs_two = models.BooleanField(default=False)
    processing_at = models.DateTimeField(null=True)
    payout_reference = models.CharField(max_length=140, blank=True, help_text="What the transfer carries at the bank")
    paid_at = models.DateTimeField(null=True)
    paid_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    failed_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=500, blank=True, help_text="Why nothing was paid, or why it came back")

    class Meta:
        indexes = [
            models.Index(fields=["user", "-requested_at", "-id"], name="payments_withdrawals_of_user"),
            # The desk works off what waits, and a wallet counts its own; decided ones are many and asked for by name.
            models.Index(
                fields=["wallet", "requested_at"],
                condition=Q(status__in=["requested", "approved", "processing"]),
                name="payments_withdrawals_open",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payments_withdrawal_positive"),
            models.CheckConstraint(
                condition=Q(status="requested") & _UNDECIDED & _UNSENT & _UNPAID & _UNFAILED
                | Q(status__in=["rejected", "cancelled"]) & _DECIDED & _UNSENT & _UNPAID & _UNFAILED
                | Q(status="approved") & _DECIDED & _UNSENT & _UNPAID & _UNFAILED
                | Q(status="processing") & _DECIDED & _SENT & _UNPAID & _UNFAILED
                | Q(status="paid") & _DECIDED & _SENT & _PAID & _UNFAILED
                | Q(status="failed") & _DECIDED & _FAILED & (_UNSENT & _UNPAID | _SENT & _UNPAID | _SENT & _PAID),
                name="payments_withdrawal_facts_by_status",
            ),
            # Four eyes hold even where code is wrong.
            models.CheckConstraint(
                condition=Q(status="cancelled", decided_by=F("user"))
                | ~Q(status="cancelled") & (Q(decided_by__isnull=True) | ~Q(decided_by=F("user"))),
                name="payments_withdrawal_not_ones_own",
            ),
            models.CheckConstraint(
                condition=Q(paid_by__isnull=True)
                | ~Q(paid_by=F("user")) & (Q(needs_two=False) | ~Q(paid_by=F("decided_by"))),
                name="payments_withdrawal_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()} withdrawal"


class WithdrawalRecord(models.Model):
    """One step of a withdrawal: by whom, why, and what was before and after. Append-only."""

    id = models.BigAutoField(primary_key=True)
    withdrawal = models.ForeignKey(Withdrawal, on_delete=models.PROTECT, related_name="records")
    # People are pseudonymised, never deleted, and this table refuses updates.
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, related_name="+")
    change = models.CharField(max_length=12, choices=WithdrawalStatus)
    reason = models.CharField(max_length=500, blank=True)
    before = models.JSONField()
    after = models.JSONField()
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.get_change_display()} at {self.recorded_at}"
