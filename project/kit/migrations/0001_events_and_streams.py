"""Tables of recorded events, of the reactions to them, of sequenced streams and of stored replies."""

import django.db.models.deletion
from django.db import migrations, models

import project.kit.fields
from project.kit.operations import CreateModels


class Migration(migrations.Migration):
    replaces = [("kit", "0001_initial_tables"), ("kit", "0006_payloads_as_they_are")]

    dependencies = []

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="RecordedEvent",
                fields=[
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    (
                        "xid",
                        project.kit.fields.Xid8Field(
                            db_default=models.Func(function="pg_current_xact_id"), editable=False
                        ),
                    ),
                    ("type", models.CharField(max_length=80)),
                    ("payload", models.JSONField()),
                    ("created_at", models.DateTimeField(db_default=models.Func(function="now"))),
                ],
                options={
                    "db_table": "kit_event",
                    "indexes": [models.Index(fields=["xid", "id"], name="kit_event_xid")],
                },
            ),
            migrations.CreateModel(
                name="ReactionCursor",
                fields=[
                    ("name", models.CharField(max_length=120, primary_key=True, serialize=False)),
                    ("xid", project.kit.fields.Xid8Field(db_default=models.Value("0"))),
                    ("event_id", models.BigIntegerField(default=0)),
                    ("failures", models.PositiveSmallIntegerField(default=0)),
                ],
                options={
                    "db_table": "kit_reaction_cursor",
                },
            ),
            migrations.CreateModel(
                name="SetAsideEvent",
                fields=[
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    ("reaction", models.CharField(max_length=120)),
                    ("event", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="kit.recordedevent")),
                    ("error", models.TextField()),
                    ("created_at", models.DateTimeField(db_default=models.Func(function="now"))),
                ],
                options={
                    "db_table": "kit_set_aside_event",
                    "constraints": [models.UniqueConstraint(fields=("reaction", "event"), name="kit_set_aside_once")],
                },
            ),
            migrations.CreateModel(
                name="StreamHead",
                fields=[
                    ("name", models.CharField(max_length=200, primary_key=True, serialize=False)),
                    ("epoch", models.CharField(max_length=16)),
                    ("seq", models.BigIntegerField()),
                    ("heard_at", models.DateTimeField(null=True)),
                ],
                options={
                    "db_table": "kit_stream",
                },
            ),
            migrations.CreateModel(
                name="OutboxChange",
                fields=[
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    ("stream", models.CharField(max_length=200)),
                    ("seq", models.BigIntegerField()),
                    ("payload", models.JSONField()),
                    ("created_at", models.DateTimeField(db_default=models.Func(function="now"))),
                ],
                options={
                    "db_table": "kit_outbox",
                    "constraints": [models.UniqueConstraint(fields=("stream", "seq"), name="kit_outbox_stream_seq")],
                },
            ),
            migrations.CreateModel(
                name="PendingChange",
                fields=[
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    ("stream", models.CharField(max_length=200)),
                    ("seq", models.BigIntegerField()),
                ],
                options={
                    "db_table": "kit_outbox_pending",
                },
            ),
            migrations.CreateModel(
                name="IdempotentReply",
                fields=[
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    ("owner_id", models.UUIDField()),
                    ("key", models.CharField(max_length=255)),
                    ("fingerprint", models.CharField(max_length=64)),
                    ("reply", models.JSONField()),
                    ("created_at", models.DateTimeField(db_default=models.Func(function="now"))),
                ],
                options={
                    "db_table": "kit_idempotent_reply",
                    "constraints": [
                        models.UniqueConstraint(fields=("owner_id", "key"), name="kit_idempotency_owner_key")
                    ],
                },
            ),
        ),
    ]
