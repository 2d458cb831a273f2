"""Tables of models, their versions, what they said and how well they did."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import project.kit.ids
from project.kit.operations import CreateModels


class Migration(migrations.Migration):
    replaces = [("ml", "0001_initial_tables")]

    dependencies = [
        ("sports", "0001_catalogue_and_events"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="Developer",
                fields=[
                    (
                        "id",
                        models.UUIDField(
                            default=project.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                        ),
                    ),
                    (
                        "user",
                        models.OneToOneField(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="developer",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("name", models.CharField(max_length=120)),
                    ("company", models.CharField(blank=True, max_length=120)),
                    ("website", models.URLField(blank=True, max_length=300)),
                    (
                        "expertise_areas",
                        django.contrib.postgres.fields.ArrayField(
                            base_field=models.CharField(max_length=60), blank=True, default=list, size=None
                        ),
                    ),
                    (
                        "status",
                        models.CharField(
                            choices=[("active", "Active"), ("suspended", "Suspended")], default="active", max_length=10
                        ),
                    ),
                    ("is_house", models.BooleanField(default=False)),
                    ("created_at", models.DateTimeField()),
                ],
                options={
                    "db_table": "ml_developer",
                    "ordering": ["name", "id"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("is_house", True), ("user__isnull", True)),
                                models.Q(("is_house", False), ("user__isnull", False)),
                                _connector="OR",
                            ),
                            name="ml_developer_has_user",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("is_house", True)), fields=("is_house",), name="ml_developer_one_house"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("status__in", ["active", "suspended"])), name="ml_developer_status"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="MLModel",
                fields=[
                    (
                        "id",
                        models.UUIDField(
                            default=project.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                        ),
                    ),
                    (
                        "developer",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="models", to="ml.developer"
                        ),
                    ),
                    ("name", models.CharField(max_length=120)),
                    ("api_name", models.SlugField(max_length=60, unique=True)),
                    ("category", models.CharField(max_length=40)),
                    ("description", models.TextField()),
                    (
                        "status",
                        models.CharField(
                            choices=[("active", "Active"), ("retired", "Retired")], default="active", max_length=10
                        ),
                    ),
                    (
                        "champion",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="champion_of",
                            to="ml.modelversion",
                        ),
                    ),
                    ("created_at", models.DateTimeField()),
                ],
                options={
                    "verbose_name": "model",
                    "db_table": "ml_model",
                    "ordering": ["api_name"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("status__in", ["active", "retired"])), name="ml_model_status"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="ModelVersion",
                fields=[
                    (
                        "id",
                        models.UUIDField(
                            default=project.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                        ),
                    ),
                    (
                        "model",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="ml.mlmodel"
                        ),
                    ),
                    ("version", models.CharField(max_length=20)),
                    (
                        "engine",
                        models.CharField(
                            choices=[("catboost", "Catboost"), ("closed_form", "Closed Form")], max_length=20
                        ),
                    ),
                    ("file_format", models.CharField(blank=True, max_length=10)),
                    ("file", models.BinaryField(null=True)),
                    ("sha256", models.CharField(max_length=64)),
                    ("ratings", models.JSONField(null=True)),
                    ("data_fingerprint", models.CharField(blank=True, max_length=64)),
                    ("metrics", models.JSONField(default=dict)),
                    ("created_at", models.DateTimeField()),
                ],
                options={
                    "db_table": "ml_model_version",
                    "ordering": ["model_id", "created_at", "id"],
                    "constraints": [
                        models.UniqueConstraint(fields=("model", "version"), name="ml_version_once"),
                        models.CheckConstraint(
                            condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="ml_version_sha256"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("engine__in", ["catboost", "closed_form"])), name="ml_version_engine"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("engine", "closed_form"), ("file__isnull", True)),
                                models.Q(("engine", "catboost"), ("file__isnull", False), ("ratings__isnull", False)),
                                _connector="OR",
                            ),
                            name="ml_version_has_file",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="BettingModelInsight",
                fields=[
                    (
                        "id",
                        models.UUIDField(
                            default=project.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                        ),
                    ),
                    (
                        "event",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="insights", to="sports.event"
                        ),
                    ),
                    ("stage", models.CharField(choices=[("before", "Before"), ("in_play", "In Play")], max_length=8)),
                    (
                        "model_version",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="insights", to="ml.modelversion"
                        ),
                    ),
                    ("prediction_date", models.DateTimeField()),
                    ("predicted_outcome", models.CharField(max_length=20)),
                    ("confidence_score", models.FloatField()),
                    ("outcomes", models.JSONField()),
                    ("reasons", models.JSONField()),
                    ("note", models.CharField(max_length=300)),
                    (
                        "rates",
                        models.JSONField(help_text="Goal rates of both views, from which the one in play is made"),
                    ),
                    ("minute", models.PositiveSmallIntegerField(null=True)),
                    ("live_version", models.PositiveBigIntegerField()),
                    ("version", models.PositiveBigIntegerField()),
                    ("sealed_at", models.DateTimeField(null=True)),
                    ("seal", models.CharField(blank=True, max_length=64)),
                ],
                options={
                    "db_table": "ml_betting_model_insight",
                    "ordering": ["-prediction_date", "-id"],
                    "constraints": [
                        models.UniqueConstraint(fields=("event", "stage"), name="ml_insight_stage"),
                        models.CheckConstraint(
                            condition=models.Q(("stage__in", ["before", "in_play"])), name="ml_insight_stage_name"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("confidence_score__gte", 0.0), ("confidence_score__lte", 1.0)),
                            name="ml_insight_confidence",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("predicted_outcome__in", ["home", "draw", "away"])),
                            name="ml_insight_outcome",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("seal", ""), ("sealed_at__isnull", True)),
                                models.Q(
                                    ("seal__regex", "^[0-9a-f]{64}$"), ("sealed_at__isnull", False), ("stage", "before")
                                ),
                                _connector="OR",
                            ),
                            name="ml_insight_seal",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ModelPerformance",
                fields=[
                    (
                        "id",
                        models.UUIDField(
                            default=project.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                        ),
                    ),
                    (
                        "model_version",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="performances",
                            to="ml.modelversion",
                        ),
                    ),
                    (
                        "insight",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="performance",
                            to="ml.bettingmodelinsight",
                        ),
                    ),
                    ("result_version", models.PositiveIntegerField()),
                    ("actual_outcome", models.CharField(max_length=20)),
                    ("log_loss", models.FloatField()),
                    ("market_log_loss", models.FloatField()),
                    ("is_correct", models.BooleanField()),
                    ("evaluation_date", models.DateTimeField()),
                ],
                options={
                    "verbose_name_plural": "model performance",
                    "db_table": "ml_model_performance",
                    "ordering": ["-evaluation_date", "-id"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("log_loss__gte", 0.0), ("market_log_loss__gte", 0.0)),
                            name="ml_performance_loss",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("actual_outcome__in", ["home", "draw", "away"])),
                            name="ml_performance_outcome",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ModelTrainingHistory",
                fields=[
                    (
                        "id",
                        models.UUIDField(
                            default=project.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                        ),
                    ),
                    (
                        "model",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="trainings", to="ml.mlmodel"
                        ),
                    ),
                    (
                        "model_version",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="trainings",
                            to="ml.modelversion",
                        ),
                    ),
                    (
                        "status",
                        models.CharField(
                            choices=[("running", "Running"), ("completed", "Completed"), ("failed", "Failed")],
                            default="running",
                            max_length=10,
                        ),
                    ),
                    ("data_fingerprint", models.CharField(max_length=64)),
                    ("training_start", models.DateTimeField()),
                    ("training_end", models.DateTimeField(null=True)),
                    ("metrics", models.JSONField(default=dict)),
                    ("error", models.TextField(blank=True)),
                ],
                options={
                    "verbose_name_plural": "model training history",
                    "db_table": "ml_model_training_history",
                    "ordering": ["-training_start", "-id"],
                    "indexes": [models.Index(fields=["model", "-training_start"], name="ml_training_latest")],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("status", "running")),
                            fields=("model",),
                            name="ml_training_one_at_a_time",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("status__in", ["running", "completed", "failed"])),
                            name="ml_training_status",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("status", "completed"), _negated=True),
                                ("model_version__isnull", False),
                                _connector="OR",
                            ),
                            name="ml_training_made_a_version",
                        ),
                    ],
                },
            ),
        ),
    ]
