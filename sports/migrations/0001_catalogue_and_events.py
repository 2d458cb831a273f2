"""Tables of sports, teams, players and events, and of the sources that tell of them."""

import django.db.models.deletion
from django.db import migrations, models

import project.kit.ids
from project.kit.operations import CreateModels


class Migration(migrations.Migration):
    replaces = [("sports", "0001_initial_tables"), ("sports", "0005_abandoned_events")]

    dependencies = []

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="Sport",
                fields=[
                    (
                        "id",
                        models.UUIDField(
                            default=project.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                        ),
                    ),
                    ("slug", models.SlugField(max_length=40, unique=True)),
                    ("name", models.CharField(max_length=80)),
                    ("is_team_sport", models.BooleanField(default=True)),
                ],
                options={
                    "db_table": "sports_sport",
                },
            ),
            migrations.CreateModel(
                name="Competition",
                fields=[
                    (
                        "id",
                        models.UUIDField(
                            default=project.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                        ),
                    ),
                    (
                        "sport",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="competitions", to="sports.sport"
                        ),
                    ),
                    ("code", models.CharField(max_length=20)),
                    ("name", models.CharField(max_length=120)),
                    ("country", models.CharField(max_length=80)),
                ],
                options={
                    "db_table": "sports_competition",
                    "constraints": [models.UniqueConstraint(fields=("sport", "code"), name="sports_competition_code")],
                },
            ),
            migrations.CreateModel(
                name="Team",
                fields=[
                    (
                        "id",
                        models.UUIDField(
                            default=project.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                        ),
                    ),
                    (
                        "sport",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="teams", to="sports.sport"
                        ),
                    ),
                    ("name", models.CharField(max_length=120)),
                    ("short_name", models.CharField(max_length=3)),
                    ("color", models.CharField(max_length=7)),
                    ("country", models.CharField(max_length=80)),
                    ("logo_url", models.URLField(blank=True, max_length=500)),
                ],
                options={
                    "db_table": "sports_team",
                    "constraints": [
                        models.UniqueConstraint(fields=("sport", "country", "name"), name="sports_team_name"),
                        models.CheckConstraint(
                            condition=models.Q(("color__regex", "^#[0-9a-f]{6}$")), name="sports_team_color"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("short_name__regex", "^[A-Z0-9]{3}$")), name="sports_team_short_name"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Player",
                fields=[
                    (
                        "id",
                        models.UUIDField(
                            default=project.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                        ),
                    ),
                    (
                        "team",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="players",
                            to="sports.team",
                        ),
                    ),
                    (
                        "sport",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="players",
                            to="sports.sport",
                        ),
                    ),
                    ("name", models.CharField(max_length=120)),
                    ("short_name", models.CharField(blank=True, max_length=3)),
                    ("color", models.CharField(blank=True, max_length=7)),
                    ("country", models.CharField(blank=True, max_length=80)),
                    ("position", models.CharField(blank=True, max_length=40)),
                    ("stats", models.JSONField(blank=True, default=dict)),
                ],
                options={
                    "db_table": "sports_player",
                    "constraints": [
                        models.UniqueConstraint(fields=("team", "name"), name="sports_player_name"),
                        models.UniqueConstraint(
                            condition=models.Q(("team__isnull", True)),
                            fields=("sport", "country", "name"),
                            name="sports_player_alone_name",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("team__isnull", False),
                                models.Q(
                                    ("color__regex", "^#[0-9a-f]{6}$"),
                                    ("short_name__regex", "^[A-Z0-9]{3}$"),
                                    ("sport__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="sports_player_team_or_sport",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ExternalDataSource",
                fields=[
                    (
                        "id",
                        models.UUIDField(
                            default=project.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                        ),
                    ),
                    ("source_name", models.CharField(max_length=80, unique=True)),
                    ("data_type", models.CharField(max_length=80)),
                    ("last_accessed", models.DateTimeField(null=True)),
                    ("reliability_score", models.FloatField(default=1.0)),
                ],
                options={
                    "db_table": "sports_external_data_source",
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("reliability_score__gte", 0.0), ("reliability_score__lte", 1.0)),
                            name="sports_source_reliability",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Event",
                fields=[
                    (
                        "id",
                        models.UUIDField(
                            default=project.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                        ),
                    ),
                    (
                        "kind",
                        models.CharField(
                            choices=[("match", "Match"), ("outright", "Outright")], default="match", max_length=8
                        ),
                    ),
                    (
                        "sport",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="events", to="sports.sport"
                        ),
                    ),
                    (
                        "competition",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="events", to="sports.competition"
                        ),
                    ),
                    ("name", models.CharField(max_length=250)),
                    ("venue", models.CharField(blank=True, max_length=120)),
                    ("start_time", models.DateTimeField()),
                    (
                        "status",
                        models.CharField(
                            choices=[
                                ("scheduled", "Scheduled"),
                                ("ongoing", "Ongoing"),
                                ("interrupted", "Interrupted"),
                                ("completed", "Completed"),
                                ("abandoned", "Abandoned"),
                                ("postponed", "Postponed"),
                                ("cancelled", "Cancelled"),
                            ],
                            default="scheduled",
                            max_length=12,
                        ),
                    ),
                    (
                        "source",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="events",
                            to="sports.externaldatasource",
                        ),
                    ),
                    ("source_ref", models.CharField(blank=True, max_length=120)),
                    ("created_at", models.DateTimeField()),
                    (
                        "teams",
                        models.ManyToManyField(
                            related_name="events", through="sports.EventParticipant", to="sports.team"
                        ),
                    ),
                ],
                options={
                    "db_table": "sports_event",
                    "indexes": [
                        models.Index(fields=["status", "start_time", "id"], name="sports_event_status_start"),
                        models.Index(fields=["competition", "start_time"], name="sports_event_competition"),
                    ],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("source__isnull", False)),
                            fields=("source", "source_ref"),
                            name="sports_event_source_ref",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "status__in",
                                    [
                                        "scheduled",
                                        "ongoing",
                                        "interrupted",
                                        "completed",
                                        "abandoned",
                                        "postponed",
                                        "cancelled",
                                    ],
                                )
                            ),
                            name="sports_event_status",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("kind__in", ["match", "outright"])), name="sports_event_kind"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("source__isnull", True), models.Q(("source_ref", ""), _negated=True), _connector="OR"
                            ),
                            name="sports_event_has_source_ref",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="EventParticipant",
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
                            on_delete=django.db.models.deletion.CASCADE, related_name="participants", to="sports.event"
                        ),
                    ),
                    ("side", models.CharField(blank=True, choices=[("home", "Home"), ("away", "Away")], max_length=4)),
                    ("number", models.PositiveSmallIntegerField(blank=True, null=True)),
                    (
                        "team",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="participations",
                            to="sports.team",
                        ),
                    ),
                    (
                        "player",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="participations",
                            to="sports.player",
                        ),
                    ),
                ],
                options={
                    "db_table": "sports_event_participant",
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("side", ""), _negated=True),
                            fields=("event", "side"),
                            name="sports_participant_side",
                        ),
                        models.UniqueConstraint(fields=("event", "number"), name="sports_participant_number"),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("number__isnull", True), ("side__in", ["home", "away"])),
                                models.Q(("number__gte", 1), ("side", "")),
                                _connector="OR",
                            ),
                            name="sports_participant_side_or_number",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("player__isnull", True), ("team__isnull", False)),
                                models.Q(("player__isnull", False), ("team__isnull", True)),
                                _connector="OR",
                            ),
                            name="sports_participant_one_kind",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="FeedCursor",
                fields=[
                    (
                        "id",
                        models.UUIDField(
                            default=project.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                        ),
                    ),
                    (
                        "source",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="cursors",
                            to="sports.externaldatasource",
                        ),
                    ),
                    (
                        "event",
                        models.OneToOneField(
                            null=True,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="feed_cursor",
                            to="sports.event",
                        ),
                    ),
                    ("slot", models.PositiveIntegerField(null=True)),
                    ("position", models.BigIntegerField(default=0)),
                    ("state", models.JSONField(default=dict)),
                    ("updated_at", models.DateTimeField()),
                ],
                options={
                    "db_table": "sports_feed_cursor",
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("event__isnull", True)),
                            fields=("source",),
                            name="sports_feed_cursor_of_source",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("event__isnull", True), ("slot__isnull", True)),
                                models.Q(("event__isnull", False), ("slot__isnull", False)),
                                _connector="OR",
                            ),
                            name="sports_feed_cursor_slot",
                        ),
                    ],
                },
            ),
        ),
    ]
