"""Tables of slips and their legs, and of the free bets that pay for some."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import project.kit.ids
from project.kit.operations import CreateModels


class Migration(migrations.Migration):
    replaces = [("betting", "0005_slip_types"), ("betting", "0006_fill_slip_types")]

    dependencies = [
        ("betting", "0002_results_and_adjustments"),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="FreeBet",
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
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="free_bets",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("currency", models.CharField(max_length=3)),
                    ("amount_minor", models.BigIntegerField()),
                    (
                        "status",
                        models.CharField(
                            choices=[
                                ("available", "Available"),
                                ("used", "Used"),
                                ("expired", "Expired"),
                                ("withdrawn", "Withdrawn"),
                            ],
                            default="available",
                            max_length=12,
                        ),
                    ),
                    ("reason", models.CharField(max_length=200)),
                    ("grant_key", models.CharField(max_length=120, unique=True)),
                    ("granted_at", models.DateTimeField()),
                    ("expires_at", models.DateTimeField()),
                ],
                options={
                    "db_table": "betting_free_bet",
                    "indexes": [models.Index(fields=["user", "status"], name="free_bet_of_person")],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("amount_minor__gt", 0)), name="free_bet_amount_positive"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("status__in", ["available", "used", "expired", "withdrawn"])),
                            name="free_bet_status_known",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="BetSlip",
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
                            db_constraint=False,
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="slips",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "event",
                        models.ForeignKey(
                            db_constraint=False,
                            db_index=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="slips",
                            to="sports.event",
                        ),
                    ),
                    (
                        "bet_type",
                        models.CharField(
                            choices=[
                                ("single", "Single"),
                                ("accumulator", "Accumulator"),
                                ("trixie", "Trixie"),
                                ("patent", "Patent"),
                                ("yankee", "Yankee"),
                                ("lucky15", "Lucky 15"),
                                ("super_yankee", "Super Yankee"),
                                ("lucky31", "Lucky 31"),
                                ("heinz", "Heinz"),
                                ("lucky63", "Lucky 63"),
                                ("super_heinz", "Super Heinz"),
                                ("goliath", "Goliath"),
                                ("system", "System"),
                            ],
                            default="single",
                            max_length=20,
                        ),
                    ),
                    (
                        "line_sizes",
                        django.contrib.postgres.fields.ArrayField(
                            base_field=models.PositiveSmallIntegerField(), size=None
                        ),
                    ),
                    ("line_count", models.PositiveIntegerField(default=1)),
                    ("is_each_way", models.BooleanField(default=False)),
                    ("predicted_outcome", models.CharField(blank=True, default="", max_length=40)),
                    ("currency", models.CharField(max_length=3)),
                    ("stake_minor", models.BigIntegerField()),
                    (
                        "free_bet",
                        models.ForeignKey(
                            db_index=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="slips",
                            to="betting.freebet",
                        ),
                    ),
                    ("odds_milli", models.IntegerField(null=True)),
                    ("potential_win_minor", models.BigIntegerField()),
                    ("payout_minor_max", models.BigIntegerField(null=True)),
                    ("remaining_stake_minor", models.BigIntegerField()),
                    ("cashed_out_minor", models.BigIntegerField(default=0)),
                    ("cash_out_target_minor", models.BigIntegerField(null=True)),
                    ("payout_minor", models.BigIntegerField(null=True)),
                    ("uncapped_minor", models.DecimalField(decimal_places=0, max_digits=80, null=True)),
                    ("results_sum", models.BigIntegerField(default=0)),
                    (
                        "status",
                        models.CharField(
                            choices=[
                                ("pending_delay", "Pending Delay"),
                                ("rejected", "Rejected"),
                                ("accepted", "Accepted"),
                                ("won", "Won"),
                                ("lost", "Lost"),
                                ("partial", "Partial"),
                                ("void", "Void"),
                                ("cashed_out", "Cashed Out"),
                            ],
                            max_length=16,
                        ),
                    ),
                    (
                        "price_policy",
                        models.CharField(
                            choices=[("none", "None"), ("better", "Better"), ("any", "Any")], max_length=8
                        ),
                    ),
                    ("match_state", models.JSONField()),
                    ("settlement_no", models.PositiveIntegerField(default=0)),
                    ("placed_at", models.DateTimeField()),
                    ("due_at", models.DateTimeField(null=True)),
                    ("accepted_at", models.DateTimeField(null=True)),
                    ("rejection", models.JSONField(null=True)),
                    ("settled_at", models.DateTimeField(null=True)),
                ],
                options={
                    "db_table": "betting_slip",
                    "indexes": [
                        models.Index(fields=["user", "-placed_at", "-id"], name="slip_of_person"),
                        models.Index(
                            condition=models.Q(("free_bet__isnull", False)),
                            fields=["free_bet"],
                            name="slip_of_free_bet",
                        ),
                        models.Index(condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="slip_due"),
                        models.Index(
                            condition=models.Q(("cash_out_target_minor__isnull", False)),
                            fields=["id"],
                            name="slip_with_target",
                        ),
                    ],
                    "constraints": [
                        models.CheckConstraint(condition=models.Q(("stake_minor__gt", 0)), name="slip_stake_positive"),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "status__in",
                                    [
                                        "pending_delay",
                                        "rejected",
                                        "accepted",
                                        "won",
                                        "lost",
                                        "partial",
                                        "void",
                                        "cashed_out",
                                    ],
                                )
                            ),
                            name="slip_status_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "bet_type__in",
                                    [
                                        "single",
                                        "accumulator",
                                        "trixie",
                                        "patent",
                                        "yankee",
                                        "lucky15",
                                        "super_yankee",
                                        "lucky31",
                                        "heinz",
                                        "lucky63",
                                        "super_heinz",
                                        "goliath",
                                        "system",
                                    ],
                                )
                            ),
                            name="slip_bet_type_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("remaining_stake_minor__gte", 0),
                                ("remaining_stake_minor__lte", models.F("stake_minor")),
                            ),
                            name="slip_remaining_within_stake",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("cashed_out_minor__gte", 0)), name="slip_cashed_out_positive"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("due_at__isnull", True), ("status", "pending_delay"), _connector="OR"),
                            name="slip_due_while_pending",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("payout_minor__isnull", True),
                                models.Q(
                                    ("payout_minor__gte", 0), ("payout_minor__lte", models.F("potential_win_minor"))
                                ),
                                _connector="OR",
                            ),
                            name="slip_payout_within_promise",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("payout_minor__isnull", True), ("settled_at__isnull", True)),
                                models.Q(
                                    ("payout_minor__isnull", False),
                                    ("settled_at__isnull", False),
                                    ("settlement_no__gt", 0),
                                ),
                                _connector="OR",
                            ),
                            name="slip_settled_as_a_whole",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="BetLeg",
                fields=[
                    (
                        "id",
                        models.UUIDField(
                            default=project.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                        ),
                    ),
                    (
                        "slip",
                        models.ForeignKey(
                            db_constraint=False,
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="legs",
                            to="betting.betslip",
                        ),
                    ),
                    ("position", models.PositiveSmallIntegerField(default=1)),
                    (
                        "event",
                        models.ForeignKey(
                            db_constraint=False,
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="sports.event",
                        ),
                    ),
                    (
                        "market",
                        models.ForeignKey(
                            db_constraint=False,
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="betting.market",
                        ),
                    ),
                    (
                        "selection",
                        models.ForeignKey(
                            db_constraint=False,
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="legs",
                            to="betting.selection",
                        ),
                    ),
                    (
                        "user",
                        models.ForeignKey(
                            db_constraint=False,
                            db_index=False,
                            on_delete=django.db.models.deletion.DO_NOTHING,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("seen_odds_milli", models.IntegerField()),
                    ("odds_milli", models.IntegerField()),
                    ("is_banker", models.BooleanField(default=False)),
                    (
                        "price_policy",
                        models.CharField(
                            choices=[("none", "None"), ("better", "Better"), ("any", "Any")],
                            default="none",
                            max_length=8,
                        ),
                    ),
                    ("event_stops", models.PositiveIntegerField(default=0)),
                    ("market_stops", models.PositiveIntegerField(default=0)),
                ],
                options={
                    "db_table": "betting_leg",
                    "indexes": [models.Index(fields=["event", "user", "slip"], name="leg_of_event_by_person")],
                    "constraints": [models.UniqueConstraint(fields=("slip", "position"), name="leg_once_per_position")],
                },
            ),
        ),
    ]
