"""What changes the worth of legs beside results: deductions for withdrawals, and windows whose bets are void."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from project.kit.ids import new_id


class Deduction(models.Model):
    """Rule 4: percent off the winnings of slips placed before the withdrawal; several add up, to at most 90."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    market = models.ForeignKey("betting.Market", on_delete=models.PROTECT, related_name="deductions")
    withdrawn_selection = models.ForeignKey("betting.Selection", on_delete=models.PROTECT, null=True, related_name="+")
    percent = models.PositiveSmallIntegerField()
    placed_before = models.DateTimeField()
    is_active = models.BooleanField(default=True)
    reason = models.CharField(max_length=300)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "betting_deduction"
        constraints = [
            models.CheckConstraint(condition=Q(percent__gte=1, percent__lte=90), name="deduction_percent"),
        ]

    def __str__(self) -> str:
        return f"{self.percent} % on {self.market_id}"


class CancelWindow(models.Model):
    """Slips placed in [starts_at, ends_at) are void on this market; an open end is null. Undone, it is inactive."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    market = models.ForeignKey("betting.Market", on_delete=models.PROTECT, related_name="cancel_windows")
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    is_active = models.BooleanField(default=True)
    produced_at = models.DateTimeField()
    reason = models.CharField(max_length=300)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "betting_cancel_window"
        constraints = [
            models.UniqueConstraint(
                fields=["market", "starts_at", "ends_at"], nulls_distinct=False, name="cancel_window_once"
            ),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True) | Q(ends_at__isnull=True) | Q(starts_at__lt=F("ends_at")),
                name="cancel_window_order",
            ),
            models.CheckConstraint(
                condition=Q(is_active=True, undone_at__isnull=True) | Q(is_active=False, undone_at__isnull=False),
                name="cancel_window_undone",
            ),
        ]

    def __str__(self) -> str:
        return f"Cancel window of {self.market_id}"

    def covers(self, placed_at: datetime) -> bool:
        """Whether a slip placed then is void: the window holds its start and not its end."""
        return (self.starts_at is None or self.starts_at <= placed_at) and (
            self.ends_at is None or placed_at < self.ends_at
        )
