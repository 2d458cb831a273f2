"""Who makes models, the models they list, and the immutable versions of each."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from project.kit.ids import new_id


class DeveloperStatus(models.TextChoices):
    ACTIVE = "active"
    SUSPENDED = "suspended"


class Developer(models.Model):
    """One who offers models. The house is one too, the only one without a user."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="developer"
    )
    name = models.CharField(max_length=120)
    company = models.CharField(max_length=120, blank=True)
    website = models.URLField(max_length=300, blank=True)
    expertise_areas = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    status = models.CharField(max_length=10, choices=DeveloperStatus, default=DeveloperStatus.ACTIVE)
    is_house = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "ml_developer"
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(is_house=True, user__isnull=True) | Q(is_house=False, user__isnull=False),
                name="ml_developer_has_user",
            ),
            models.UniqueConstraint(fields=["is_house"], condition=Q(is_house=True), name="ml_developer_one_house"),
            models.CheckConstraint(condition=Q(status__in=DeveloperStatus.values), name="ml_developer_status"),
        ]

    def __str__(self) -> str:
        return self.name


class ModelStatus(models.TextChoices):
    ACTIVE = "active"
    RETIRED = "retired"


class MLModel(models.Model):
    """A model as it is listed. `champion` is the version that answers now; none before the first training."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    developer = models.ForeignKey(Developer, on_delete=models.PROTECT, related_name="models")
    name = models.CharField(max_length=120)
    api_name = models.SlugField(max_length=60, unique=True)
    category = models.CharField(max_length=40)
    description = models.TextField()
    status = models.CharField(max_length=10, choices=ModelStatus, default=ModelStatus.ACTIVE)
    champion = models.ForeignKey(
        "ml.ModelVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="champion_of"
    )
    created_at = models.DateTimeField()

    class Meta:
        db_table = "ml_model"
        ordering: ClassVar = ["api_name"]
        verbose_name = "model"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=ModelStatus.values), name="ml_model_status"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def version(self) -> str:
        """The champion's version, empty where there is none."""
        return self.champion.version if self.champion else ""


class Engine(models.TextChoices):
    CATBOOST = "catboost"
    CLOSED_FORM = "closed_form"


class ModelVersion(models.Model):
    """One version of a model, append-only. `sha256` is of `file`, or of the constants where a model is code alone.

    `ratings` is what the version knew of every team when it was trained: its features start from there.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    model = models.ForeignKey(MLModel, on_delete=models.PROTECT, related_name="versions")
    version = models.CharField(max_length=20)
    engine = models.CharField(max_length=20, choices=Engine)
    file_format = models.CharField(max_length=10, blank=True)
    file = models.BinaryField(null=True)
    sha256 = models.CharField(max_length=64)
    ratings = models.JSONField(null=True)
    data_fingerprint = models.CharField(max_length=64, blank=True)
    metrics = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "ml_model_version"
        ordering: ClassVar = ["model_id", "created_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["model", "version"], name="ml_version_once"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="ml_version_sha256"),
            models.CheckConstraint(condition=Q(engine__in=Engine.values), name="ml_version_engine"),
            models.CheckConstraint(
                condition=Q(engine=Engine.CLOSED_FORM, file__isnull=True)
                | Q(engine=Engine.CATBOOST, file__isnull=False, ratings__isnull=False),
                name="ml_version_has_file",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model_id}@{self.version}"
