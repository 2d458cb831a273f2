"""Tables of reports and decisions, of ratings and of achievements."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import project.kit.ids
from project.kit.operations import CreateModels


class Migration(migrations.Migration):
    replaces = [("community", "0004_ratings")]

    dependencies = [
        ("betting", "0007_strategies"),
        ("community", "0001_conversations_and_forum"),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="Report",
                fields=[
                    (
                        "id",
                        models.UUIDField(
                            default=project.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                        ),
                    ),
                    (
                        "reporter",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="reports_filed",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "subject_type",
                        models.CharField(
                            choices=[("post", "Thread"), ("reply", "Reply"), ("message", "Message")], max_length=16
                        ),
                    ),
                    (
                        "post",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="reports",
                            to="community.communitypost",
                        ),
                    ),
                    (
                        "reply",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="reports",
                            to="community.postreply",
                        ),
                    ),
                    (
                        "message",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="reports",
                            to="community.message",
                        ),
                    ),
                    (
                        "subject_author",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="reports_received",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "reason",
                        models.CharField(
                            choices=[
                                ("spam", "Spam"),
                                ("abuse", "Abuse"),
                                ("illegal", "Illegal"),
                                ("other", "Something else"),
                            ],
                            max_length=16,
                        ),
                    ),
                    ("note", models.TextField(blank=True)),
                    ("content_snapshot", models.TextField()),
                    (
                        "status",
                        models.CharField(
                            choices=[
                                ("open", "Open"),
                                ("actioned", "Hidden"),
                                ("dismissed", "Dismissed"),
                                ("restored", "Restored"),
                            ],
                            default="open",
                            max_length=16,
                        ),
                    ),
                    ("filed_at", models.DateTimeField()),
                    ("resolved_at", models.DateTimeField(null=True)),
                    (
                        "resolved_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                ],
                options={
                    "ordering": ["-filed_at", "-id"],
                    "indexes": [
                        models.Index(
                            condition=models.Q(("status", "open")),
                            fields=["filed_at", "id"],
                            name="community_report_queue",
                        )
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("message__isnull", True),
                                    ("post__isnull", False),
                                    ("reply__isnull", True),
                                    ("subject_type", "post"),
                                ),
                                models.Q(
                                    ("message__isnull", True),
                                    ("post__isnull", True),
                                    ("reply__isnull", False),
                                    ("subject_type", "reply"),
                                ),
                                models.Q(
                                    ("message__isnull", False),
                                    ("post__isnull", True),
                                    ("reply__isnull", True),
                                    ("subject_type", "message"),
                                ),
                                _connector="OR",
                            ),
                            name="community_report_one_subject",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("resolved_at__isnull", True), ("resolved_by__isnull", True), ("status", "open")
                                ),
                                models.Q(
                                    models.Q(("status", "open"), _negated=True),
                                    ("resolved_at__isnull", False),
                                    ("resolved_by__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="community_report_resolved_by_somebody",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("status", "open")),
                            fields=("reporter", "post"),
                            name="community_report_open_post",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("status", "open")),
                            fields=("reporter", "reply"),
                            name="community_report_open_reply",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("status", "open")),
                            fields=("reporter", "message"),
                            name="community_report_open_message",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ModerationAction",
                fields=[
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    (
                        "actor",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.DO_NOTHING,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "action",
                        models.CharField(
                            choices=[
                                ("hide", "Hide"),
                                ("restore", "Restore"),
                                ("dismiss", "Dismiss"),
                                ("suspend", "Suspend"),
                            ],
                            max_length=16,
                        ),
                    ),
                    (
                        "subject_type",
                        models.CharField(
                            choices=[
                                ("post", "Thread"),
                                ("reply", "Reply"),
                                ("message", "Message"),
                                ("report", "Report"),
                                ("person", "Person"),
                            ],
                            max_length=16,
                        ),
                    ),
                    ("subject_id", models.UUIDField()),
                    (
                        "report",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.DO_NOTHING,
                            related_name="actions",
                            to="community.report",
                        ),
                    ),
                    ("reason", models.CharField(max_length=500)),
                    ("before", models.JSONField()),
                    ("after", models.JSONField()),
                    ("created_at", models.DateTimeField()),
                ],
                options={
                    "verbose_name": "decision",
                    "ordering": ["-id"],
                    "indexes": [models.Index(fields=["subject_type", "subject_id"], name="community_action_subject")],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("reason", ""), _negated=True), name="community_action_has_reason"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="RatingReview",
                fields=[
                    (
                        "id",
                        models.UUIDField(
                            default=project.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                        ),
                    ),
                    (
                        "user",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="ratings",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "slip",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="ratings",
                            to="betting.betslip",
                        ),
                    ),
                    (
                        "strategy",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="ratings",
                            to="betting.bettingstrategy",
                        ),
                    ),
                    (
                        "post",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="ratings",
                            to="community.communitypost",
                        ),
                    ),
                    ("rating", models.PositiveSmallIntegerField()),
                    ("review", models.TextField(blank=True)),
                    ("submitted_at", models.DateTimeField()),
                ],
                options={
                    "verbose_name": "rating",
                    "ordering": ["-submitted_at", "-id"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("post__isnull", True), ("slip__isnull", False), ("strategy__isnull", True)),
                                models.Q(("post__isnull", True), ("slip__isnull", True), ("strategy__isnull", False)),
                                models.Q(("post__isnull", False), ("slip__isnull", True), ("strategy__isnull", True)),
                                _connector="OR",
                            ),
                            name="community_rating_of_one_subject",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("rating__gte", 1), ("rating__lte", 5)),
                            name="community_rating_one_to_five",
                        ),
                        models.UniqueConstraint(fields=("user", "slip"), name="community_rating_once_per_slip"),
                        models.UniqueConstraint(fields=("user", "strategy"), name="community_rating_once_per_strategy"),
                        models.UniqueConstraint(fields=("user", "post"), name="community_rating_once_per_post"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="UserAchievement",
                fields=[
                    (
                        "id",
                        models.UUIDField(
                            default=project.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                        ),
                    ),
                    (
                        "user",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="achievements",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("achievement_type", models.CharField(max_length=40)),
                    ("details", models.JSONField(default=dict)),
                    ("achieved_on", models.DateTimeField()),
                ],
                options={
                    "db_table": "community_user_achievement",
                    "ordering": ["-achieved_on", "-id"],
                    "constraints": [
                        models.UniqueConstraint(fields=("user", "achievement_type"), name="community_achievement_once")
                    ],
                },
            ),
        ),
    ]
