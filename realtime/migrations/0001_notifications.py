"""Tables of notifications: who gets which, and what an operator tells everybody."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import project.kit.ids
from project.kit.operations import CreateModels


class Migration(migrations.Migration):
    replaces = [("realtime", "0001_initial_tables"), ("realtime", "0002_pool_notifications")]

    dependencies = [
        ("community", "0001_conversations_and_forum"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="NotificationInbox",
                fields=[
                    (
                        "user",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.CASCADE,
                            primary_key=True,
                            related_name="+",
                            serialize=False,
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("unread", models.PositiveIntegerField(default=0)),
                ],
            ),
            migrations.CreateModel(
                name="Notification",
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
                            db_index=False,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="notifications",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("slip_settled", "A slip was settled"),
                                ("pool_settled", "A pool was settled"),
                                ("message_received", "A message came while you were away"),
                            ],
                            max_length=32,
                        ),
                    ),
                    ("title", models.CharField(max_length=160)),
                    ("message", models.CharField(blank=True, max_length=400)),
                    ("link", models.CharField(blank=True, max_length=200)),
                    ("data", models.JSONField(default=dict)),
                    (
                        "status",
                        models.CharField(
                            choices=[("sent", "Sent"), ("delivered", "Delivered"), ("read", "Read")],
                            default="sent",
                            max_length=12,
                        ),
                    ),
                    ("timestamp", models.DateTimeField()),
                    (
                        "source_key",
                        models.CharField(help_text="What it is about; the same thing is told once", max_length=120),
                    ),
                    (
                        "conversation",
                        models.ForeignKey(
                            db_index=False,
                            null=True,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="+",
                            to="community.conversation",
                        ),
                    ),
                ],
                options={
                    "ordering": ["-timestamp", "-id"],
                    "indexes": [
                        models.Index(fields=["user", "-timestamp", "-id"], name="notification_of_person"),
                        models.Index(
                            condition=models.Q(("status", "read"), _negated=True),
                            fields=["user"],
                            name="notification_unread",
                        ),
                        models.Index(fields=["conversation"], name="notification_conversation"),
                    ],
                    "constraints": [
                        models.UniqueConstraint(fields=("user", "source_key"), name="notification_told_once"),
                        models.UniqueConstraint(
                            condition=models.Q(
                                models.Q(("status", "read"), _negated=True), ("conversation__isnull", False)
                            ),
                            fields=("user", "conversation"),
                            name="notification_gathers_conversation",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("status__in", ["sent", "delivered", "read"])),
                            name="notification_status",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("kind__in", ["slip_settled", "pool_settled", "message_received"])),
                            name="notification_kind",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="NotificationPreference",
                fields=[
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    (
                        "user",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="notification_preferences",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("slip_settled", "A slip was settled"),
                                ("pool_settled", "A pool was settled"),
                                ("message_received", "A message came while you were away"),
                            ],
                            max_length=32,
                        ),
                    ),
                    ("channel", models.CharField(choices=[("in_app", "In the app")], max_length=16)),
                    ("is_enabled", models.BooleanField()),
                ],
                options={
                    "ordering": ["user_id", "kind", "channel"],
                    "constraints": [
                        models.UniqueConstraint(fields=("user", "kind", "channel"), name="notification_preference_once")
                    ],
                },
            ),
            migrations.CreateModel(
                name="SystemNotification",
                fields=[
                    (
                        "id",
                        models.UUIDField(
                            default=project.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                        ),
                    ),
                    ("title", models.CharField(max_length=120)),
                    ("message", models.CharField(blank=True, max_length=500)),
                    (
                        "notification_type",
                        models.CharField(
                            choices=[("maintenance", "Maintenance"), ("update", "Update"), ("security", "Security")],
                            max_length=16,
                        ),
                    ),
                    ("start_time", models.DateTimeField()),
                    ("end_time", models.DateTimeField(blank=True, null=True)),
                    ("is_active", models.BooleanField(default=True)),
                    (
                        "created_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                ],
                options={
                    "ordering": ["-start_time", "-id"],
                    "indexes": [
                        models.Index(
                            condition=models.Q(("is_active", True)), fields=["start_time"], name="notice_active"
                        )
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("end_time__isnull", True), ("end_time__gt", models.F("start_time")), _connector="OR"
                            ),
                            name="notice_ends_after_start",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("notification_type__in", ["maintenance", "update", "security"])),
                            name="notice_type",
                        ),
                    ],
                },
            ),
        ),
    ]
