"""Tables of results, of what is changed about them by hand, and of ranges of people still to be settled."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import project.kit.ids
from project.kit.operations import CreateModels


class Migration(migrations.Migration):
    replaces = [("betting", "0003_settle_slips")]

    dependencies = [
        ("betting", "0001_markets"),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="SelectionResult",
                fields=[
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    (
                        "selection",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="result_versions",
                            to="betting.selection",
                        ),
                    ),
                    ("version", models.PositiveIntegerField()),
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
                    (
                        "cause",
                        models.CharField(
                            choices=[
                                ("graded", "Graded from the result"),
                                ("set", "Set by hand"),
                                ("rolled_back", "Rolled back"),
                                ("deduction", "Deduction changed"),
                                ("cancel_window", "Cancel window changed"),
                            ],
                            default="graded",
                            max_length=16,
                        ),
                    ),
                    (
                        "actor",
                        models.ForeignKey(
                            db_constraint=False,
                            db_index=False,
                            null=True,
                            on_delete=django.db.models.deletion.DO_NOTHING,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("reason", models.CharField(blank=True, default="", max_length=300)),
                    ("produced_at", models.DateTimeField()),
                    ("recorded_at", models.DateTimeField()),
                ],
                options={
                    "db_table": "betting_selection_result",
                    "constraints": [
                        models.UniqueConstraint(fields=("selection", "version"), name="selection_result_version"),
                        models.CheckConstraint(
                            condition=models.Q(("version__gt", 0)), name="selection_result_from_one"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("result__in", ["", "won", "lost", "void"])),
                            name="selection_result_choice",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Deduction",
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
                            on_delete=django.db.models.deletion.PROTECT, related_name="deductions", to="betting.market"
                        ),
                    ),
                    (
                        "withdrawn_selection",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="betting.selection",
                        ),
                    ),
                    ("percent", models.PositiveSmallIntegerField()),
                    ("placed_before", models.DateTimeField()),
                    ("is_active", models.BooleanField(default=True)),
                    ("reason", models.CharField(max_length=300)),
                    (
                        "created_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("created_at", models.DateTimeField()),
                ],
                options={
                    "db_table": "betting_deduction",
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("percent__gte", 1), ("percent__lte", 90)), name="deduction_percent"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="CancelWindow",
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
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="cancel_windows",
                            to="betting.market",
                        ),
                    ),
                    ("starts_at", models.DateTimeField(null=True)),
                    ("ends_at", models.DateTimeField(null=True)),
                    ("is_active", models.BooleanField(default=True)),
                    ("produced_at", models.DateTimeField()),
                    ("reason", models.CharField(max_length=300)),
                    (
                        "created_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("created_at", models.DateTimeField()),
                    ("undone_at", models.DateTimeField(null=True)),
                ],
                options={
                    "db_table": "betting_cancel_window",
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("starts_at__isnull", True),
                                ("ends_at__isnull", True),
                                ("starts_at__lt", models.F("ends_at")),
                                _connector="OR",
                            ),
                            name="cancel_window_order",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("is_active", True), ("undone_at__isnull", True)),
                                models.Q(("is_active", False), ("undone_at__isnull", False)),
                                _connector="OR",
                            ),
                            name="cancel_window_undone",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="SettlementRange",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "event",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="sports.event",
                        ),
                    ),
                    ("from_user", models.UUIDField()),
                    ("from_slip", models.UUIDField()),
                    ("to_user", models.UUIDField()),
                    ("to_slip", models.UUIDField()),
                ],
                options={
                    "db_table": "betting_settlement_range",
                    "indexes": [models.Index(fields=["event", "id"], name="settlement_range_of_event")],
                },
            ),
        ),
    ]
