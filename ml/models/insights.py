"""What a model says about an event, and what that was worth afterwards."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from ml.models.registry import ModelVersion
from project.kit.ids import new_id
from sports.models import Event


class InsightStage(models.TextChoices):
    BEFORE = "before"
    IN_PLAY = "in_play"


class BettingModelInsight(models.Model):
    """What a model says about an event: one row for before the match, one that follows it in play.

    The row for before the match is sealed at kick-off: `seal` is the hash of what it said, and a trigger refuses any
    later change, so the record a model is judged by cannot be edited. `version` grows over both rows of an event.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="insights")
    stage = models.CharField(max_length=8, choices=InsightStage)
    model_version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="insights")
    prediction_date = models.DateTimeField()
    predicted_outcome = models.CharField(max_length=20)
    confidence_score = models.FloatField()
    outcomes = models.JSONField()
    reasons = models.JSONField()
    note = models.CharField(max_length=300)
    rates = models.JSONField(help_text="Goal rates of both views, from which the one in play is made")
    minute = models.PositiveSmallIntegerField(null=True)
    live_version = models.PositiveBigIntegerField()
    version = models.PositiveBigIntegerField()
    sealed_at = models.DateTimeField(null=True)
    seal = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "ml_betting_model_insight"
        ordering: ClassVar = ["-prediction_date", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "stage"], name="ml_insight_stage"),
            models.CheckConstraint(condition=Q(stage__in=InsightStage.values), name="ml_insight_stage_name"),
            models.CheckConstraint(
                condition=Q(confidence_score__gte=0.0, confidence_score__lte=1.0), name="ml_insight_confidence"
            ),
            models.CheckConstraint(
                condition=Q(predicted_outcome__in=["home", "draw", "away"]), name="ml_insight_outcome"
            ),
            models.CheckConstraint(
                condition=Q(sealed_at__isnull=True, seal="")
                | Q(sealed_at__isnull=False, stage=InsightStage.BEFORE, seal__regex=r"^[0-9a-f]{64}$"),
                name="ml_insight_seal",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id}: {self.predicted_outcome}"


class ModelPerformance(models.Model):
    """What a sealed insight was worth once the result was final; a corrected result scores it again."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    model_version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="performances")
    insight = models.OneToOneField(BettingModelInsight, on_delete=models.PROTECT, related_name="performance")
    result_version = models.PositiveIntegerField()
    actual_outcome = models.CharField(max_length=20)
    log_loss = models.FloatField()
    market_log_loss = models.FloatField()
    is_correct = models.BooleanField()
    evaluation_date = models.DateTimeField()

    class Meta:
        db_table = "ml_model_performance"
        ordering: ClassVar = ["-evaluation_date", "-id"]
        verbose_name_plural = "model performance"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(log_loss__gte=0.0, market_log_loss__gte=0.0), name="ml_performance_loss"
            ),
            models.CheckConstraint(
                condition=Q(actual_outcome__in=["home", "draw", "away"]), name="ml_performance_outcome"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.log_loss:.4f} against {self.market_log_loss:.4f}"
