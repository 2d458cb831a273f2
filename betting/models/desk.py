"""The trading desk: what traders proposed, who approved it, and a record of everything the desk ever changed."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from project.kit.ids import new_id


class DeskActionKind(models.TextChoices):
    """What a trader may do that moves money of slips already struck."""

    VOID_MARKET = "void_market"
    UNDO_VOID = "undo_void"
    SETTLE_MARKET = "settle_market"
    ROLL_BACK = "roll_back"
    DEDUCTION = "deduction"
    UNDO_DEDUCTION = "undo_deduction"


class DeskActionStatus(models.TextChoices):
    """Above a limit a proposal needs somebody else's approval; below it the proposer applies it."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    APPLIED = "applied"
    REJECTED = "rejected"


class DeskAction(models.Model):
    """One proposal: what it would do, what it was shown to move, and who did what about it.

    `preview` is exactly what applying it would move when it was last looked at; it is applied only while that is true.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=20, choices=DeskActionKind.choices)
    event = models.ForeignKey("sports.Event", on_delete=models.PROTECT, related_name="+")
    market = models.ForeignKey("betting.Market", on_delete=models.PROTECT, related_name="desk_actions")
    payload = models.JSONField(default=dict)
    preview = models.JSONField(default=dict)
    needs_approval = models.BooleanField()
    reason = models.CharField(max_length=500)
    status = models.CharField(max_length=10, choices=DeskActionStatus.choices, default=DeskActionStatus.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    applied_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "betting_desk_action"
        indexes = [models.Index(fields=["status", "-proposed_at"], name="desk_action_waiting")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=DeskActionKind.values), name="desk_action_kind_known"),
            models.CheckConstraint(condition=Q(status__in=DeskActionStatus.values), name="desk_action_status_known"),
            # Four eyes hold even where code is wrong: nobody approves their own proposal.
            models.CheckConstraint(
                condition=~Q(status__in=["approved", "applied"], needs_approval=True)
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by"))),
                name="desk_action_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(status="applied", applied_by__isnull=False, applied_at__isnull=False)
                | ~Q(status="applied"),
                name="desk_action_applied_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} on {self.market.name}"


class DeskRecord(models.Model):
    """One change the desk made: by whom, why, and what was before and after. Append-only."""

    id = models.BigAutoField(primary_key=True)
    change = models.CharField(max_length=40)
    subject = models.CharField(max_length=80)
    desk_action = models.ForeignKey(DeskAction, on_delete=models.PROTECT, null=True, related_name="records")
    # People are pseudonymised, never deleted, and this table refuses updates.
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, null=True, related_name="+")
    reason = models.CharField(max_length=500)
    before = models.JSONField()
    after = models.JSONField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "betting_desk_record"
        indexes = [models.Index(fields=["subject", "-id"], name="desk_record_of_subject")]

    def __str__(self) -> str:
        return f"{self.change} {self.subject}"
