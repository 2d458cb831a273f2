"""Limits that people set for themselves, and the times they keep themselves away from betting."""

from django.db import models
from django.db.models import F, Func, Q

from accounts.models.people import User
from project.kit.ids import new_id


class GamblingLimit(models.Model):
    """The most a person wants to stake, or to lose, within a rolling window.

    `asked_at` is when a raise was asked for that waits: to `asked_minor`, or for the limit to go where that is null.
    A limit that went has no row; what it was stands in its history.
    """

    class Kind(models.TextChoices):
        STAKE = "stake", "Stakes"
        LOSS = "loss", "Losses"

    class Period(models.TextChoices):
        DAY = "day", "24 hours"
        WEEK = "week", "7 days"
        MONTH = "month", "30 days"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="gambling_limits", db_index=False)
    currency = models.CharField(max_length=3)
    kind = models.CharField(max_length=8, choices=Kind)
    period = models.CharField(max_length=8, choices=Period)
    amount_minor = models.BigIntegerField()
    asked_at = models.DateTimeField(null=True)
    asked_minor = models.BigIntegerField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "currency", "kind", "period"], name="accounts_limit_once"),
            models.CheckConstraint(condition=Q(kind__in=["stake", "loss"]), name="accounts_limit_kind"),
            models.CheckConstraint(condition=Q(period__in=["day", "week", "month"]), name="accounts_limit_period"),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="accounts_limit_amount"),
            models.CheckConstraint(
                condition=Q(asked_minor__isnull=True) | Q(asked_at__isnull=False, asked_minor__gt=F("amount_minor")),
                name="accounts_limit_raise_is_higher",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} within {self.get_period_display()}"


class GamblingLimitChange(models.Model):
    """One step in the life of a limit. Append-only; `amount_minor` is what was asked for, null for no limit at all."""

    class Step(models.TextChoices):
        SET = "set", "Set"
        LOWERED = "lowered", "Lowered"
        RAISE_ASKED = "raise_asked", "Raise asked for"
        RAISE_WITHDRAWN = "raise_withdrawn", "Raise taken back"
        RAISE_CONFIRMED = "raise_confirmed", "Raise confirmed"

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.DO_NOTHING, related_name="gambling_limit_changes")
    currency = models.CharField(max_length=3)
    kind = models.CharField(max_length=8, choices=GamblingLimit.Kind)
    period = models.CharField(max_length=8, choices=GamblingLimit.Period)
    step = models.CharField(max_length=16, choices=Step)
    amount_minor = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(step__in=["raise_asked", "raise_confirmed"])
                | Q(step__in=["set", "lowered", "raise_withdrawn"], amount_minor__isnull=False),
                name="accounts_limit_change_step",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()}: {self.kind} within {self.period}"


class Exclusion(models.Model):
    """A time in which a person keeps themselves away. Append-only: it can be made longer by another one, never shorter.

    Whatever ends last of a kind holds.
    """

    class Kind(models.TextChoices):
        TIME_OUT = "time_out", "Time-out"
        SELF_EXCLUSION = "self_exclusion", "Self-exclusion"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.DO_NOTHING, related_name="exclusions")
    kind = models.CharField(max_length=16, choices=Kind)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    created_at = models.DateTimeField(db_default=Func(function="now"), editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="time_out", ends_at__gte=F("starts_at") + Func(template="interval '24 hours'"))
                # The shortest six months have 181 days.
                | Q(kind="self_exclusion", ends_at__gte=F("starts_at") + Func(template="interval '181 days'")),
                name="accounts_exclusion_length",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} until {self.ends_at}"
