"""Cash-outs: an offer for what a slip is worth now, and the part of it that was taken."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from project.kit.ids import new_id


class CashOutQuote(models.Model):
    """An offer for `stake` of a slip's remaining stake, at the prices whose versions it names, until `expires_at`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slip = models.ForeignKey("betting.BetSlip", on_delete=models.PROTECT, related_name="cash_out_quotes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    stake_minor = models.BigIntegerField()
    offer_minor = models.BigIntegerField()
    price_versions = models.JSONField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "betting_cash_out_quote"
        constraints = [
            models.CheckConstraint(condition=Q(stake_minor__gt=0, offer_minor__gt=0), name="cash_out_quote_positive"),
        ]

    def __str__(self) -> str:
        return f"Quote {self.id}"


class CashOut(models.Model):
    """A part of a slip that was cashed out. Append-only; `quote` is null where a target took it automatically."""

    class Kind(models.TextChoices):
        FULL = "full"
        PARTIAL = "partial"
        AUTOMATIC = "automatic"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slip = models.ForeignKey("betting.BetSlip", on_delete=models.PROTECT, related_name="cash_outs")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    quote = models.OneToOneField(CashOutQuote, on_delete=models.PROTECT, null=True, related_name="cash_out")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    stake_minor = models.BigIntegerField()
    paid_minor = models.BigIntegerField()
    legs = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "betting_cash_out"
        constraints = [
            models.CheckConstraint(condition=Q(stake_minor__gt=0, paid_minor__gte=0), name="cash_out_positive"),
            models.CheckConstraint(condition=Q(kind__in=["full", "partial", "automatic"]), name="cash_out_kind"),
        ]

    def __str__(self) -> str:
        return f"Cash-out {self.id}"
