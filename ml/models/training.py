"""Every training that was begun, and how it went."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from ml.models.registry import MLModel, ModelVersion
from project.kit.ids import new_id


class TrainingStatus(models.TextChoices):
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"


class ModelTrainingHistory(models.Model):
    """One training. `metrics` are of the newest matches, kept apart: the model's log loss beside the market's."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    model = models.ForeignKey(MLModel, on_delete=models.PROTECT, related_name="trainings")
    model_version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, null=True, related_name="trainings")
    status = models.CharField(max_length=10, choices=TrainingStatus, default=TrainingStatus.RUNNING)
    data_fingerprint = models.CharField(max_length=64)
    training_start = models.DateTimeField()
    training_end = models.DateTimeField(null=True)
    metrics = models.JSONField(default=dict)
    error = models.TextField(blank=True)

    class Meta:
        db_table = "ml_model_training_history"
        ordering: ClassVar = ["-training_start", "-id"]
        verbose_name_plural = "model training history"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["model"], condition=Q(status=TrainingStatus.RUNNING), name="ml_training_one_at_a_time"
            ),
            models.CheckConstraint(condition=Q(status__in=TrainingStatus.values), name="ml_training_status"),
            models.CheckConstraint(
                condition=~Q(status=TrainingStatus.COMPLETED) | Q(model_version__isnull=False),
                name="ml_training_made_a_version",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["model", "-training_start"], name="ml_training_latest")]

    def __str__(self) -> str:
        return f"{self.model_id} {self.status}"
