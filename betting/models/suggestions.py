"""Suggested slips: what was proposed to whom, by which insight of which model version, and what came of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from project.kit.ids import new_id


class Feedback(models.TextChoices):
    NONE = ""
    ACCEPTED = "accepted"
    IGNORED = "ignored"


class BetSlipGenerationLog(models.Model):
    """One suggested slip. `insight_used` and `model_version` are those of its strongest leg; each leg has its own.

    `bet_slip` is the slip that the person made of it, if any.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="suggestions", db_index=False
    )
    bet_slip = models.ForeignKey("betting.BetSlip", on_delete=models.PROTECT, null=True, related_name="suggestions")
    generation_timestamp = models.DateTimeField()
    model_version = models.ForeignKey("ml.ModelVersion", on_delete=models.PROTECT, related_name="+")
    insight_used = models.ForeignKey("ml.BettingModelInsight", on_delete=models.PROTECT, related_name="+")
    request = models.JSONField()
    odds_milli = models.IntegerField()
    feedback = models.CharField(max_length=8, choices=Feedback.choices, default="", blank=True)
    feedback_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "betting_slip_generation_log"
        verbose_name = "suggested slip"
        indexes = [models.Index(fields=["user", "-generation_timestamp", "-id"], name="suggestion_of_person")]
        constraints = [
            models.CheckConstraint(condition=Q(feedback__in=Feedback.values), name="suggestion_feedback"),
            models.CheckConstraint(
                condition=Q(bet_slip__isnull=True) | Q(feedback="accepted"), name="suggestion_slip_is_accepted"
            ),
        ]

    def __str__(self) -> str:
        return f"Suggestion of {self.generation_timestamp:%Y-%m-%d %H:%M}"


class BetSlipGenerationLeg(models.Model):
    """One leg of a suggestion: the price and both chances when it was made, in thousandths and millionths."""

    id = models.BigAutoField(primary_key=True)
    log = models.ForeignKey(BetSlipGenerationLog, on_delete=models.PROTECT, related_name="legs", db_index=False)
    position = models.PositiveSmallIntegerField()
    selection = models.ForeignKey("betting.Selection", on_delete=models.PROTECT, related_name="+", db_index=False)
    insight = models.ForeignKey("ml.BettingModelInsight", on_delete=models.PROTECT, related_name="+")
    insight_version = models.PositiveBigIntegerField()
    model_version = models.ForeignKey("ml.ModelVersion", on_delete=models.PROTECT, related_name="+")
    odds_milli = models.IntegerField()
    model_millionths = models.IntegerField()
    market_millionths = models.IntegerField()
    reasons = models.JSONField()

    class Meta:
        db_table = "betting_slip_generation_leg"
        constraints = [models.UniqueConstraint(fields=["log", "position"], name="suggestion_leg_position")]

    def __str__(self) -> str:
        return f"Leg {self.position}"
