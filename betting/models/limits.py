"""Who may stake how much, and whether anybody may at all."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class CustomerLimit(models.Model):
    """A person's share of the usual highest stakes, in thousandths: 1000 is everybody's, 100 a tenth."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, primary_key=True, related_name="customer_limit"
    )
    stake_factor_milli = models.PositiveIntegerField(default=1000)
    reason = models.CharField(max_length=200)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "betting_customer_limit"
        constraints = [
            models.CheckConstraint(condition=Q(stake_factor_milli__lte=10_000), name="customer_limit_factor"),
            models.CheckConstraint(condition=~Q(reason=""), name="customer_limit_reason_given"),
        ]

    def __str__(self) -> str:
        return f"{self.stake_factor_milli}/1000 for {self.user_id}"


class BettingSwitch(models.Model):
    """Stops betting at large: `scope` is all, or sport:<slug>. A row that is missing is on.

    `version` grows with every change, `stop_count` with every stop: a delayed slip dies with any stop since.
    """

    scope = models.CharField(max_length=60, primary_key=True)
    is_stopped = models.BooleanField(default=False)
    stop_count = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=500)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "betting_switch"
        verbose_name_plural = "betting switches"
        constraints = [
            models.CheckConstraint(
                condition=Q(scope="all") | Q(scope__regex=r"^sport:[a-z0-9-]+$"), name="switch_scope_known"
            ),
            models.CheckConstraint(
                condition=Q(version__gte=F("stop_count")) & (Q(is_stopped=False) | Q(stop_count__gte=1)),
                name="switch_stops_counted",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="switch_reason_given"),
        ]

    def __str__(self) -> str:
        return f"{self.scope}: {'stopped' if self.is_stopped else 'on'}"
