"""Tables of what happens: live states, incidents, statistics, results and other bookmakers' prices."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import project.kit.ids
from project.kit.operations import CreateModels


class Migration(migrations.Migration):
    replaces = [("sports", "0003_names_in_the_admin"), ("sports", "0004_several_sports")]

    dependencies = [
        ("sports", "0001_catalogue_and_events"),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="LiveState",
                fields=[
                    (
                        "event",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.CASCADE,
                            primary_key=True,
                            related_name="live_state",
                            serialize=False,
                            to="sports.event",
                        ),
                    ),
                    ("sport", models.CharField(default="football", max_length=12)),
                    ("phase", models.CharField(default="scheduled", max_length=12)),
                    ("minute", models.PositiveSmallIntegerField(default=0)),
                    ("added", models.PositiveSmallIntegerField(default=0)),
                    ("home_goals", models.PositiveSmallIntegerField(default=0)),
                    ("away_goals", models.PositiveSmallIntegerField(default=0)),
                    ("home_reds", models.PositiveSmallIntegerField(default=0)),
                    ("away_reds", models.PositiveSmallIntegerField(default=0)),
                    ("home_yellows", models.PositiveSmallIntegerField(default=0)),
                    ("away_yellows", models.PositiveSmallIntegerField(default=0)),
                    ("incident_seq", models.PositiveIntegerField(default=0)),
                    ("is_betting_stopped", models.BooleanField(default=False)),
                    ("stop_reason", models.CharField(blank=True, max_length=12)),
                    ("stop_count", models.PositiveIntegerField(default=0)),
                    ("details", models.JSONField(default=dict)),
                    ("version", models.PositiveBigIntegerField(default=1)),
                    ("updated_at", models.DateTimeField()),
                ],
                options={
                    "db_table": "sports_live_state",
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "phase__in",
                                    (
                                        "scheduled",
                                        "first_half",
                                        "half_time",
                                        "second_half",
                                        "playing",
                                        "break",
                                        "completed",
                                    ),
                                )
                            ),
                            name="sports_live_state_phase",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("is_betting_stopped", True), ("stop_reason", ""), _connector="OR"),
                            name="sports_live_state_stop_reason",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Incident",
                fields=[
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    (
                        "event",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="incidents", to="sports.event"
                        ),
                    ),
                    ("seq", models.PositiveIntegerField()),
                    ("incident_type", models.CharField(max_length=16)),
                    ("side", models.CharField(blank=True, max_length=4)),
                    ("minute", models.PositiveSmallIntegerField()),
                    ("added", models.PositiveSmallIntegerField(default=0)),
                    ("home_goals", models.PositiveSmallIntegerField()),
                    ("away_goals", models.PositiveSmallIntegerField()),
                    ("number", models.PositiveSmallIntegerField(default=0)),
                    (
                        "places",
                        django.contrib.postgres.fields.ArrayField(
                            base_field=models.PositiveSmallIntegerField(), default=list, size=None
                        ),
                    ),
                    ("score", models.CharField(blank=True, max_length=80)),
                    (
                        "source",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="sports.externaldatasource",
                        ),
                    ),
                    ("source_ref", models.CharField(blank=True, max_length=120)),
                    ("recorded_at", models.DateTimeField()),
                ],
                options={
                    "db_table": "sports_incident",
                    "constraints": [
                        models.UniqueConstraint(fields=("event", "seq"), name="sports_incident_seq"),
                        models.UniqueConstraint(
                            condition=models.Q(("source__isnull", False)),
                            fields=("event", "source", "source_ref"),
                            name="sports_incident_source_ref",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("seq__gte", 1)), name="sports_incident_seq_positive"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "incident_type__in",
                                    (
                                        "kick_off",
                                        "goal",
                                        "yellow_card",
                                        "red_card",
                                        "penalty_missed",
                                        "half_time",
                                        "second_half",
                                        "full_time",
                                        "first_serve",
                                        "game",
                                        "medical_timeout",
                                        "retirement",
                                        "walkover",
                                        "tip_off",
                                        "basket",
                                        "period_end",
                                        "period_start",
                                        "review",
                                        "off",
                                        "withdrawal",
                                        "finish",
                                        "interruption",
                                        "resumption",
                                        "abandonment",
                                    ),
                                )
                            ),
                            name="sports_incident_type",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("side__in", ["", "home", "away"])), name="sports_incident_side"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("source__isnull", True), models.Q(("source_ref", ""), _negated=True), _connector="OR"
                            ),
                            name="sports_incident_has_ref",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="RealTimeEventData",
                fields=[
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    (
                        "event",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="live_data", to="sports.event"
                        ),
                    ),
                    ("data_timestamp", models.DateTimeField()),
                    ("live_statistics", models.JSONField(default=dict)),
                    ("live_conditions", models.JSONField(default=dict)),
                ],
                options={
                    "verbose_name": "live statistics",
                    "verbose_name_plural": "live statistics",
                    "db_table": "sports_real_time_event_data",
                    "indexes": [models.Index(fields=["event", "-data_timestamp"], name="sports_live_data_latest")],
                    "constraints": [
                        models.UniqueConstraint(fields=("event", "data_timestamp"), name="sports_live_data_once")
                    ],
                },
            ),
            migrations.CreateModel(
                name="EventResult",
                fields=[
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    (
                        "event",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="results", to="sports.event"
                        ),
                    ),
                    ("version", models.PositiveIntegerField()),
                    ("outcome", models.CharField(blank=True, max_length=4)),
                    ("home_goals", models.PositiveSmallIntegerField()),
                    ("away_goals", models.PositiveSmallIntegerField()),
                    (
                        "goal_sides",
                        django.contrib.postgres.fields.ArrayField(
                            base_field=models.CharField(choices=[("home", "Home"), ("away", "Away")], max_length=4),
                            size=None,
                        ),
                    ),
                    ("facts", models.JSONField(default=dict)),
                    ("is_final", models.BooleanField()),
                    ("reason", models.CharField(blank=True, max_length=300)),
                    ("recorded_at", models.DateTimeField()),
                ],
                options={
                    "db_table": "sports_event_result",
                    "constraints": [
                        models.UniqueConstraint(fields=("event", "version"), name="sports_result_version"),
                        models.CheckConstraint(
                            condition=models.Q(("version__gte", 1)), name="sports_result_version_positive"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("outcome__in", ["home", "draw", "away", ""])),
                            name="sports_result_outcome",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="HistoricalEvent",
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
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="historical_events",
                            to="sports.sport",
                        ),
                    ),
                    (
                        "competition",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="historical_events",
                            to="sports.competition",
                        ),
                    ),
                    ("season", models.CharField(max_length=9)),
                    ("event_date", models.DateTimeField()),
                    (
                        "home_team",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sports.team"
                        ),
                    ),
                    (
                        "away_team",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sports.team"
                        ),
                    ),
                    ("home_goals", models.PositiveSmallIntegerField()),
                    ("away_goals", models.PositiveSmallIntegerField()),
                    ("outcome", models.JSONField(default=dict)),
                    ("statistics", models.JSONField(default=dict)),
                    ("odds", models.JSONField(default=dict)),
                    (
                        "source",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="sports.externaldatasource",
                        ),
                    ),
                    ("source_ref", models.CharField(max_length=120)),
                    ("imported_at", models.DateTimeField()),
                ],
                options={
                    "db_table": "sports_historical_event",
                    "indexes": [
                        models.Index(fields=["competition", "-event_date", "-id"], name="sports_history_competition")
                    ],
                    "constraints": [
                        models.UniqueConstraint(fields=("source", "source_ref"), name="sports_history_source_ref")
                    ],
                },
            ),
            migrations.CreateModel(
                name="BettingOdds",
                fields=[
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    (
                        "event",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="outside_odds", to="sports.event"
                        ),
                    ),
                    ("source", models.CharField(max_length=40)),
                    ("market_key", models.CharField(max_length=80)),
                    ("outcome", models.CharField(max_length=24)),
                    ("value_milli", models.PositiveIntegerField()),
                    ("last_updated", models.DateTimeField()),
                ],
                options={
                    "verbose_name_plural": "betting odds",
                    "db_table": "sports_betting_odds",
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("event", "source", "market_key", "outcome"), name="sports_odds_outcome"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("value_milli__gt", 1000)), name="sports_odds_above_one"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="BettingOddsChange",
                fields=[
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    (
                        "event",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sports.event"
                        ),
                    ),
                    ("source", models.CharField(max_length=40)),
                    ("market_key", models.CharField(max_length=80)),
                    ("outcome", models.CharField(max_length=24)),
                    ("value_milli", models.PositiveIntegerField()),
                    ("recorded_at", models.DateTimeField()),
                ],
                options={
                    "db_table": "sports_betting_odds_change",
                    "indexes": [
                        models.Index(fields=["event", "market_key", "outcome", "id"], name="sports_odds_change_outcome")
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("value_milli__gt", 1000)), name="sports_odds_change_above_one"
                        )
                    ],
                },
            ),
        ),
    ]
