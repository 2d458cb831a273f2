"""Pools: people stake on the outcomes of one market and share what is in it, less the takeout."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from project.kit.ids import new_id


class PoolStatus(models.TextChoices):
    """An open pool takes stakes until it `ends_at`; a settled one was divided or refunded by its market's results."""

    OPEN = "open"
    CLOSED = "closed"
    SETTLED = "settled"
    CANCELLED = "cancelled"


class BettingPool(models.Model):
    """One pool on one market. Its row lock orders stakes and settlement; `version` grows with each.

    `own_end` is the instant that its opener chose before its event's start; without one it follows that start wherever
    it is moved. `closes_at` is when it ends as its topic was last told.

    `results_sum` adds up the result versions that its settlement used: it differs from today's sum exactly when the
    pool has to be settled again. The money lies on a ledger account of the pool's own.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=80)
    rules = models.CharField(max_length=500, blank=True)
    creator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="pools_created", db_index=False
    )
    members: "models.ManyToManyField[models.Model, PoolMember]" = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="betting.PoolMember", related_name="pools"
    )
    event = models.ForeignKey("sports.Event", on_delete=models.PROTECT, related_name="pools")
    market = models.ForeignKey("betting.Market", on_delete=models.PROTECT, related_name="pools")
    currency = models.CharField(max_length=3)
    takeout_basis_points = models.PositiveSmallIntegerField()
    stake_minor_min = models.BigIntegerField()
    is_private = models.BooleanField(default=False)
    join_code = models.CharField(max_length=12, blank=True)
    status = models.CharField(max_length=10, choices=PoolStatus.choices, default=PoolStatus.OPEN)
    own_end = models.DateTimeField(null=True)
    closes_at = models.DateTimeField()
    gross_minor = models.BigIntegerField(default=0)
    entry_count = models.PositiveIntegerField(default=0)
    takeout_minor = models.BigIntegerField(default=0)
    breakage_minor = models.BigIntegerField(default=0)
    top_up_minor = models.BigIntegerField(default=0)
    settlement_no = models.PositiveIntegerField(default=0)
    results_sum = models.BigIntegerField(default=0)
    version = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "betting_pool"
        indexes = [models.Index(fields=["status", "closes_at", "id"], name="pool_by_status")]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=PoolStatus.values), name="pool_status_known"),
            models.CheckConstraint(condition=Q(takeout_basis_points__lte=3_000), name="pool_takeout_bounded"),
            models.CheckConstraint(condition=Q(stake_minor_min__gt=0), name="pool_stake_min_positive"),
            models.CheckConstraint(
                condition=Q(is_private=False, join_code="") | (Q(is_private=True) & ~Q(join_code="")),
                name="pool_code_when_private",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def ends_at(self) -> datetime:
        """When it takes no more stakes: with the start of its event as that stands now, or before at its own end."""
        start_time = self.event.start_time
        return start_time if self.own_end is None else min(self.own_end, start_time)


class PoolMember(models.Model):
    """Somebody in a pool. Whoever stakes in a public one becomes a member of it."""

    id = models.BigAutoField(primary_key=True)
    pool = models.ForeignKey(BettingPool, on_delete=models.PROTECT, related_name="memberships", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="pool_memberships")
    joined_at = models.DateTimeField()

    class Meta:
        db_table = "betting_pool_member"
        constraints = [models.UniqueConstraint(fields=["pool", "user"], name="pool_member_once")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.pool_id}"


class PoolTotal(models.Model):
    """What is staked on one selection of a pool; changed under the pool's row lock."""

    id = models.BigAutoField(primary_key=True)
    pool = models.ForeignKey(BettingPool, on_delete=models.PROTECT, related_name="totals", db_index=False)
    selection = models.ForeignKey("betting.Selection", on_delete=models.PROTECT, related_name="+", db_index=False)
    stake_minor = models.BigIntegerField(default=0)
    entry_count = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "betting_pool_total"
        constraints = [models.UniqueConstraint(fields=["pool", "selection"], name="pool_total_once")]

    def __str__(self) -> str:
        return f"{self.stake_minor} on {self.selection_id}"


class PoolEntry(models.Model):
    """One ticket: a stake on one selection, and what the last settlement paid for it."""

    class Status(models.TextChoices):
        OPEN = "open"
        WON = "won"
        LOST = "lost"
        REFUNDED = "refunded"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    pool = models.ForeignKey(BettingPool, on_delete=models.PROTECT, related_name="entries", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="pool_entries")
    selection = models.ForeignKey("betting.Selection", on_delete=models.PROTECT, related_name="+", db_index=False)
    stake_minor = models.BigIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    payout_minor = models.BigIntegerField(default=0)
    placed_at = models.DateTimeField()

    class Meta:
        db_table = "betting_pool_entry"
        verbose_name_plural = "pool entries"
        indexes = [models.Index(fields=["pool", "id"], name="pool_entry_of_pool")]
        constraints = [
            models.CheckConstraint(condition=Q(stake_minor__gt=0), name="pool_entry_stake_positive"),
            models.CheckConstraint(
                condition=Q(status__in=["open", "won", "lost", "refunded"]), name="pool_entry_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["open", "lost"], payout_minor=0)
                | Q(status="won", payout_minor__gt=0)
                | Q(status="refunded", payout_minor=F("stake_minor")),
                name="pool_entry_payout_by_status",
            ),
        ]

    def __str__(self) -> str:
        return f"Ticket {self.id}"
