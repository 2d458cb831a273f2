"""Tables of markets: books, selections and how their prices moved."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import project.kit.ids
from project.kit.operations import CreateModels


class Migration(migrations.Migration):
    replaces = [("betting", "0001_initial_tables"), ("betting", "0025_settle_and_tell")]

    dependencies = [
        ("sports", "0001_catalogue_and_events"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="EventBook",
                fields=[
                    (
                        "event",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            primary_key=True,
                            related_name="book",
                            serialize=False,
                            to="sports.event",
                        ),
                    ),
                    ("version", models.BigIntegerField(default=0)),
                    ("priced_state_version", models.BigIntegerField(default=0)),
                    ("priced_incident_seq", models.IntegerField(default=-1)),
                    ("priced_at", models.DateTimeField(null=True)),
                    ("graded_result_version", models.PositiveIntegerField(default=0)),
                    ("settled_result_version", models.PositiveIntegerField(default=0)),
                    ("results_no", models.BigIntegerField(db_default=0)),
                    ("planned_results_no", models.BigIntegerField(db_default=0)),
                    ("settled_results_no", models.BigIntegerField(db_default=0)),
                    ("is_suspended", models.BooleanField(db_default=False)),
                    ("stop_count", models.PositiveIntegerField(db_default=0)),
                    ("shown_switches", models.PositiveIntegerField(db_default=0)),
                    ("created_at", models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    "db_table": "betting_event_book",
                    "indexes": [
                        models.Index(
                            condition=models.Q(("results_no__gt", models.F("settled_results_no"))),
                            fields=["event"],
                            name="book_unsettled",
                        )
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("settled_result_version__lte", models.F("graded_result_version"))),
                            name="book_settles_what_is_graded",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Market",
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
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="markets",
                            to="sports.event",
                        ),
                    ),
                    ("sport", models.CharField(db_default="football", max_length=12)),
                    ("key", models.CharField(max_length=80)),
                    ("market_type", models.CharField(max_length=40)),
                    ("specifiers", models.JSONField(default=dict)),
                    ("name", models.CharField(max_length=120)),
                    ("group", models.CharField(max_length=20)),
                    ("sort", models.PositiveSmallIntegerField()),
                    (
                        "status",
                        models.CharField(
                            choices=[
                                ("active", "Active"),
                                ("suspended", "Suspended"),
                                ("inactive", "Inactive"),
                                ("settled", "Settled"),
                                ("cancelled", "Cancelled"),
                                ("handed_over", "Handed Over"),
                            ],
                            default="active",
                            max_length=12,
                        ),
                    ),
                    ("each_way_places", models.PositiveSmallIntegerField(null=True)),
                    ("each_way_numerator", models.PositiveSmallIntegerField(null=True)),
                    ("each_way_denominator", models.PositiveSmallIntegerField(null=True)),
                    ("stop_count", models.PositiveIntegerField(default=0)),
                    ("is_stopped", models.BooleanField(db_default=False)),
                    ("version", models.BigIntegerField(default=0)),
                    ("created_at", models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    "db_table": "betting_market",
                    "constraints": [
                        models.UniqueConstraint(fields=("event", "key"), name="market_once_per_event"),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "status__in",
                                    ["active", "suspended", "inactive", "settled", "cancelled", "handed_over"],
                                )
                            ),
                            name="market_status_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("each_way_denominator__isnull", True),
                                    ("each_way_numerator__isnull", True),
                                    ("each_way_places__isnull", True),
                                ),
                                models.Q(
                                    ("each_way_denominator__gte", 1),
                                    ("each_way_numerator__gte", 1),
                                    ("each_way_places__gte", 1),
                                ),
                                _connector="OR",
                            ),
                            name="market_each_way_as_a_whole",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Selection",
                fields=[
                    (
                        "id",
                        models.UUIDField(
                            default=project.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                        ),
                    ),
                    (
                        "market",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="selections",
                            to="betting.market",
                        ),
                    ),
                    ("outcome", models.CharField(max_length=40)),
                    ("name", models.CharField(max_length=120)),
                    ("sort", models.PositiveSmallIntegerField()),
                    ("initial_odds_milli", models.IntegerField(null=True)),
                    ("odds_milli", models.IntegerField(null=True)),
                    ("probability", models.FloatField(null=True)),
                    ("held_odds_milli", models.IntegerField(null=True)),
                    ("pressure", models.FloatField(db_default=0.0)),
                    ("version", models.BigIntegerField(default=0)),
                    (
                        "result",
                        models.CharField(
                            blank=True,
                            choices=[("won", "Won"), ("lost", "Lost"), ("void", "Void")],
                            default="",
                            max_length=8,
                        ),
                    ),
                    ("void_halves", models.PositiveSmallIntegerField(default=0)),
                    ("dead_heat_places", models.PositiveSmallIntegerField(default=1)),
                    ("dead_heat_tied", models.PositiveSmallIntegerField(default=1)),
                    (
                        "place_result",
                        models.CharField(
                            blank=True,
                            choices=[("won", "Won"), ("lost", "Lost"), ("void", "Void")],
                            default="",
                            max_length=8,
                        ),
                    ),
                    ("place_dead_heat_places", models.PositiveSmallIntegerField(default=1)),
                    ("place_dead_heat_tied", models.PositiveSmallIntegerField(default=1)),
                    ("result_version", models.PositiveIntegerField(default=0)),
                    ("result_produced_at", models.DateTimeField(null=True)),
                    ("updated_at", models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    "db_table": "betting_selection",
                    "constraints": [
                        models.UniqueConstraint(fields=("market", "outcome"), name="selection_once_per_market"),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("odds_milli__isnull", True), ("odds_milli__range", (1010, 500000)), _connector="OR"
                            ),
                            name="selection_odds_on_ladder",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("held_odds_milli__isnull", True),
                                ("held_odds_milli__range", (1010, 500000)),
                                _connector="OR",
                            ),
                            name="selection_held_odds_on_ladder",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("result__in", ["", "won", "lost", "void"])),
                            name="selection_result_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("void_halves__lte", 2)), name="selection_void_halves"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("place_result__in", ["", "won", "lost", "void"])),
                            name="selection_place_result_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("dead_heat_places__gte", 1),
                                ("dead_heat_places__lte", models.F("dead_heat_tied")),
                                ("place_dead_heat_places__gte", 1),
                                ("place_dead_heat_places__lte", models.F("place_dead_heat_tied")),
                            ),
                            name="selection_dead_heat_shares",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="PricePoint",
                fields=[
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    (
                        "market",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="price_points",
                            to="betting.market",
                        ),
                    ),
                    (
                        "selection",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="price_points",
                            to="betting.selection",
                        ),
                    ),
                    ("minute", models.PositiveSmallIntegerField()),
                    ("odds_milli", models.IntegerField(null=True)),
                    ("probability", models.FloatField()),
                    ("recorded_at", models.DateTimeField()),
                ],
                options={
                    "db_table": "betting_price_point",
                    "indexes": [models.Index(fields=["market", "id"], name="price_point_market")],
                },
            ),
            migrations.CreateModel(
                name="DynamicOdds",
                fields=[
                    (
                        "selection",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.DO_NOTHING,
                            primary_key=True,
                            related_name="dynamic_odds",
                            serialize=False,
                            to="betting.selection",
                        ),
                    ),
                    (
                        "event",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="sports.event"
                        ),
                    ),
                    ("bet_type", models.CharField(max_length=130)),
                    ("initial_odds_milli", models.IntegerField()),
                    ("current_odds_milli", models.IntegerField(null=True)),
                    ("last_updated", models.DateTimeField()),
                ],
                options={
                    "verbose_name_plural": "dynamic odds",
                    "db_table": "betting_dynamic_odds",
                    "managed": False,
                },
            ),
        ),
    ]
