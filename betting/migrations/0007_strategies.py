"""Tables of strategies: their versions, their runs on paper, and how well they do."""

import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import project.kit.ids
from project.kit.operations import CreateModels


class Migration(migrations.Migration):
    replaces = [("betting", "0014_strategies_suggestions_patterns")]

    dependencies = [
        ("betting", "0006_pools_of_people"),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="BettingStrategy",
                fields=[
                    (
                        "id",
                        models.UUIDField(
                            default=project.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                        ),
                    ),
                    (
                        "owner",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="strategies",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("name", models.CharField(max_length=80)),
                    ("description", models.TextField(blank=True, max_length=2000)),
                    (
                        "visibility",
                        models.CharField(
                            choices=[("private", "Private"), ("public", "Public")], default="private", max_length=8
                        ),
                    ),
                    ("is_archived", models.BooleanField(default=False)),
                    (
                        "newest_version",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="betting.bettingstrategyversion",
                        ),
                    ),
                    ("rank_basis", models.CharField(blank=True, default="", max_length=10)),
                    ("rank_bets", models.PositiveIntegerField(default=0)),
                    ("rank_roi", models.BigIntegerField(null=True)),
                    ("rank_roi_low", models.BigIntegerField(null=True)),
                    ("rank_closing_line", models.BigIntegerField(null=True)),
                    ("rating_count", models.PositiveIntegerField(default=0)),
                    ("rating_sum", models.PositiveIntegerField(default=0)),
                    ("rating_average_milli", models.PositiveIntegerField(default=0)),
                    ("created_at", models.DateTimeField()),
                    ("updated_at", models.DateTimeField()),
                ],
                options={
                    "verbose_name_plural": "betting strategies",
                    "db_table": "betting_strategy",
                    "indexes": [
                        models.Index(fields=["owner", "-created_at", "-id"], name="strategy_of_person"),
                        models.Index(
                            condition=models.Q(("is_archived", False), ("visibility", "public")),
                            fields=["-created_at", "-id"],
                            name="strategy_public_newest",
                        ),
                        models.Index(
                            condition=models.Q(
                                ("is_archived", False), ("rank_roi_low__isnull", False), ("visibility", "public")
                            ),
                            fields=["-rank_roi_low", "-id"],
                            name="strategy_public_by_return",
                        ),
                    ],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("is_archived", False)),
                            fields=("owner", "name"),
                            name="strategy_name_once_per_owner",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("visibility__in", ["private", "public"])), name="strategy_visibility"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("name", ""), _negated=True), name="strategy_has_name"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("rating_sum__gte", models.F("rating_count")),
                                (
                                    "rating_sum__lte",
                                    django.db.models.expressions.CombinedExpression(
                                        models.Value(5), "*", models.F("rating_count")
                                    ),
                                ),
                            ),
                            name="strategy_rating_from_one_to_five",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="BettingStrategyVersion",
                fields=[
                    (
                        "id",
                        models.UUIDField(
                            default=project.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                        ),
                    ),
                    (
                        "strategy",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="versions",
                            to="betting.bettingstrategy",
                        ),
                    ),
                    ("version", models.PositiveIntegerField()),
                    ("language", models.PositiveSmallIntegerField()),
                    ("rules", models.JSONField()),
                    ("sha256", models.CharField(max_length=64)),
                    ("created_at", models.DateTimeField()),
                ],
                options={
                    "db_table": "betting_strategy_version",
                    "constraints": [
                        models.UniqueConstraint(fields=("strategy", "version"), name="strategy_version_once"),
                        models.CheckConstraint(
                            condition=models.Q(("version__gte", 1)), name="strategy_version_from_one"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="strategy_version_sha256"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="PaperRun",
                fields=[
                    (
                        "id",
                        models.UUIDField(
                            default=project.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                        ),
                    ),
                    (
                        "strategy",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="paper_runs",
                            to="betting.bettingstrategy",
                        ),
                    ),
                    (
                        "strategy_version",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="paper_runs",
                            to="betting.bettingstrategyversion",
                        ),
                    ),
                    ("started_at", models.DateTimeField()),
                    ("stopped_at", models.DateTimeField(null=True)),
                ],
                options={
                    "db_table": "betting_paper_run",
                    "indexes": [models.Index(fields=["strategy", "-started_at"], name="paper_run_of_strategy")],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("stopped_at__isnull", True)),
                            fields=("strategy",),
                            name="paper_run_once_at_a_time",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="BettingStrategyEvaluation",
                fields=[
                    (
                        "id",
                        models.UUIDField(
                            default=project.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                        ),
                    ),
                    (
                        "strategy",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="evaluations",
                            to="betting.bettingstrategy",
                        ),
                    ),
                    (
                        "strategy_version",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="evaluations",
                            to="betting.bettingstrategyversion",
                        ),
                    ),
                    (
                        "paper_run",
                        models.OneToOneField(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="evaluation",
                            to="betting.paperrun",
                        ),
                    ),
                    (
                        "kind",
                        models.CharField(
                            choices=[("recorded", "Recorded"), ("seasons", "Seasons"), ("paper", "Paper")],
                            max_length=10,
                        ),
                    ),
                    (
                        "status",
                        models.CharField(
                            choices=[
                                ("pending", "Pending"),
                                ("running", "Running"),
                                ("completed", "Completed"),
                                ("failed", "Failed"),
                            ],
                            default="pending",
                            max_length=10,
                        ),
                    ),
                    ("evaluation_period", django.contrib.postgres.fields.ranges.DateRangeField()),
                    ("evaluation_metrics", models.JSONField(default=dict)),
                    ("equity", models.JSONField(default=list)),
                    ("seed", models.BigIntegerField()),
                    ("progress_percent", models.PositiveSmallIntegerField(default=0)),
                    ("attempts", models.PositiveSmallIntegerField(default=0)),
                    ("failure", models.CharField(blank=True, max_length=40)),
                    ("events_seen", models.PositiveIntegerField(default=0)),
                    ("bets", models.PositiveIntegerField(default=0)),
                    ("roi", models.BigIntegerField(null=True)),
                    ("roi_low", models.BigIntegerField(null=True)),
                    ("closing_line", models.BigIntegerField(null=True)),
                    ("requested_at", models.DateTimeField()),
                    ("started_at", models.DateTimeField(null=True)),
                    ("last_evaluated", models.DateTimeField(null=True)),
                ],
                options={
                    "db_table": "betting_strategy_evaluation",
                    "indexes": [
                        models.Index(fields=["strategy", "-requested_at", "-id"], name="evaluation_of_strategy"),
                        models.Index(fields=["strategy_version", "kind"], name="evaluation_of_version"),
                        models.Index(
                            condition=models.Q(("status__in", ["pending", "running"])),
                            fields=["requested_at"],
                            name="evaluation_waiting",
                        ),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("kind__in", ["recorded", "seasons", "paper"])), name="evaluation_kind"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("status__in", ["pending", "running", "completed", "failed"])),
                            name="evaluation_status",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("progress_percent__lte", 100)), name="evaluation_progress"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("status", "completed"), _negated=True),
                                ("last_evaluated__isnull", False),
                                _connector="OR",
                            ),
                            name="evaluation_completed_when",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("kind", "paper"), ("paper_run__isnull", False)),
                                models.Q(models.Q(("kind", "paper"), _negated=True), ("paper_run__isnull", True)),
                                _connector="OR",
                            ),
                            name="evaluation_of_paper_run",
                        ),
                    ],
                },
            ),
        ),
    ]
