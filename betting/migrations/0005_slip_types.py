"""Slips of several lines, delays, free bets, cash-outs, deductions and cancel windows: tables and columns."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import project.kit.ids


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_append_only_logs"),
        ("betting", "0004_append_only_history"),
        ("sports", "0003_names_in_the_admin"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BettingSwitch",
            fields=[
                ("scope", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("is_stopped", models.BooleanField(default=False)),
                ("stop_count", models.PositiveIntegerField(default=0)),
                ("reason", models.CharField(max_length=300)),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "verbose_name_plural": "betting switches",
                "db_table": "betting_switch",
            },
        ),
        migrations.CreateModel(
            name="CancelWindow",
            fields=[
                (
                    "id",
                    models.UUIDField(default=project.kit.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("starts_at", models.DateTimeField(null=True)),
                ("ends_at", models.DateTimeField(null=True)),
                ("is_active", models.BooleanField(default=True)),
                ("produced_at", models.DateTimeField()),
                ("reason", models.CharField(max_length=300)),
                ("created_at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "betting_cancel_window",
            },
        ),
        migrations.CreateModel(
            name="CashOut",
            fields=[
                (
                    "id",
                    models.UUIDField(default=project.kit.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("full", "Full"), ("partial", "Partial"), ("automatic", "Automatic")], max_length=10
                    ),
                ),
                ("stake_minor", models.BigIntegerField()),
                ("paid_minor", models.BigIntegerField()),
                ("legs", models.JSONField()),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "db_table": "betting_cash_out",
            },
        ),
        migrations.CreateModel(
            name="CashOutQuote",
            fields=[
                (
                    "id",
                    models.UUIDField(default=project.kit.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("stake_minor", models.BigIntegerField()),
                ("offer_minor", models.BigIntegerField()),
                ("price_versions", models.JSONField()),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
            ],
            options={
                "db_table": "betting_cash_out_quote",
            },
        ),
        migrations.CreateModel(
            name="CustomerLimit",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="customer_limit",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("stake_factor_milli", models.PositiveIntegerField(default=1000)),
                ("reason", models.CharField(max_length=200)),
                ("updated_at", models.DateTimeField()),
            ],
            options={
                "db_table": "betting_customer_limit",
            },
        ),
        migrations.CreateModel(
            name="Deduction",
            fields=[
                (
                    "id",
                    models.UUIDField(default=project.kit.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("percent", models.PositiveSmallIntegerField()),
                ("placed_before", models.DateTimeField()),
                ("is_active", models.BooleanField(default=True)),
                ("reason", models.CharField(max_length=300)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "db_table": "betting_deduction",
            },
        ),
        migrations.CreateModel(
            name="FreeBet",
            fields=[
                (
                    "id",
                    models.UUIDField(default=project.kit.ids.new_id, editable=False, primary_key=True, serialize=False),
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
            },
        ),
        migrations.AddField(
            model_name="betleg",
            name="event_stops",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="betleg",
            name="is_banker",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="betleg",
            name="market_stops",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="betleg",
            name="price_policy",
            field=models.CharField(
                choices=[("none", "None"), ("better", "Better"), ("any", "Any")], default="none", max_length=8
            ),
        ),
        migrations.AddField(
            model_name="betleg",
            name="user",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="betslip",
            name="accepted_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="betslip",
            name="cash_out_target_minor",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="betslip",
            name="cashed_out_minor",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="betslip",
            name="due_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="betslip",
            name="is_each_way",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="betslip",
            name="line_count",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="betslip",
            name="line_sizes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.PositiveSmallIntegerField(), default=[1], size=None
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="betslip",
            name="payout_minor_max",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="betslip",
            name="rejection",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="betslip",
            name="remaining_stake_minor",
            field=models.BigIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="betslip",
            name="results_sum",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="betslip",
            name="uncapped_minor",
            field=models.DecimalField(decimal_places=0, max_digits=80, null=True),
        ),
        migrations.AddField(
            model_name="eventbook",
            name="is_suspended",
            field=models.BooleanField(db_default=False),
        ),
        migrations.AddField(
            model_name="eventbook",
            name="stop_count",
            field=models.PositiveIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name="market",
            name="each_way_denominator",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="market",
            name="each_way_numerator",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="market",
            name="each_way_places",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="market",
            name="stop_count",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="selection",
            name="dead_heat_places",
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="selection",
            name="dead_heat_tied",
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="selection",
            name="place_dead_heat_places",
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="selection",
            name="place_dead_heat_tied",
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="selection",
            name="place_result",
            field=models.CharField(
                blank=True, choices=[("won", "Won"), ("lost", "Lost"), ("void", "Void")], default="", max_length=8
            ),
        ),
        migrations.AddField(
            model_name="selection",
            name="result_produced_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="betleg",
            name="event",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="sports.event",
            ),
        ),
        migrations.AlterField(
            model_name="betleg",
            name="market",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="betting.market",
            ),
        ),
        migrations.AlterField(
            model_name="betleg",
            name="selection",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="legs",
                to="betting.selection",
            ),
        ),
        migrations.AlterField(
            model_name="betslip",
            name="bet_type",
            field=models.CharField(
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
        migrations.AlterField(
            model_name="betslip",
            name="odds_milli",
            field=models.IntegerField(null=True),
        ),
        migrations.AlterField(
            model_name="exposuredelta",
            name="market",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="betting.market",
            ),
        ),
        migrations.AlterField(
            model_name="exposuredelta",
            name="selection",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="betting.selection",
            ),
        ),
        migrations.AlterField(
            model_name="selectionexposure",
            name="market",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="betting.market",
            ),
        ),
        migrations.AlterField(
            model_name="selectionexposure",
            name="selection",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="betting.selection",
            ),
        ),
        migrations.AddIndex(
            model_name="betleg",
            index=models.Index(fields=["event", "user", "slip"], name="leg_of_event_by_person"),
        ),
        migrations.AddConstraint(
            model_name="market",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("each_way_denominator__isnull", True),
                        ("each_way_numerator__isnull", True),
                        ("each_way_places__isnull", True),
                    ),
                    models.Q(
                        ("each_way_denominator__gte", 1), ("each_way_numerator__gte", 1), ("each_way_places__gte", 1)
                    ),
                    _connector="OR",
                ),
                name="market_each_way_as_a_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="selection",
            constraint=models.CheckConstraint(
                condition=models.Q(("place_result__in", ["", "won", "lost", "void"])),
                name="selection_place_result_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="selection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("dead_heat_places__gte", 1),
                    ("dead_heat_places__lte", models.F("dead_heat_tied")),
                    ("place_dead_heat_places__gte", 1),
                    ("place_dead_heat_places__lte", models.F("place_dead_heat_tied")),
                ),
                name="selection_dead_heat_shares",
            ),
        ),
        migrations.AddField(
            model_name="bettingswitch",
            name="changed_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="cancelwindow",
            name="created_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="cancelwindow",
            name="market",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="cancel_windows", to="betting.market"
            ),
        ),
        migrations.AddField(
            model_name="cashout",
            name="slip",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="cash_outs", to="betting.betslip"
            ),
        ),
        migrations.AddField(
            model_name="cashout",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="cashoutquote",
            name="slip",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="cash_out_quotes", to="betting.betslip"
            ),
        ),
        migrations.AddField(
            model_name="cashoutquote",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="cashout",
            name="quote",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cash_out",
                to="betting.cashoutquote",
            ),
        ),
        migrations.AddField(
            model_name="customerlimit",
            name="set_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="deduction",
            name="created_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="deduction",
            name="market",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="deductions", to="betting.market"
            ),
        ),
        migrations.AddField(
            model_name="deduction",
            name="withdrawn_selection",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="betting.selection"
            ),
        ),
        migrations.AddField(
            model_name="freebet",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="free_bets",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="betslip",
            name="free_bet",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="slips",
                to="betting.freebet",
            ),
        ),
        migrations.AddIndex(
            model_name="betslip",
            index=models.Index(condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="slip_due"),
        ),
        migrations.AddConstraint(
            model_name="betslip",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="betslip",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("remaining_stake_minor__gte", 0), ("remaining_stake_minor__lte", models.F("stake_minor"))
                ),
                name="slip_remaining_within_stake",
            ),
        ),
        migrations.AddConstraint(
            model_name="betslip",
            constraint=models.CheckConstraint(
                condition=models.Q(("cashed_out_minor__gte", 0)), name="slip_cashed_out_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="betslip",
            constraint=models.CheckConstraint(
                condition=models.Q(("due_at__isnull", True), ("status", "pending_delay"), _connector="OR"),
                name="slip_due_while_pending",
            ),
        ),
        migrations.AddConstraint(
            model_name="cancelwindow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("starts_at__isnull", True),
                    ("ends_at__isnull", True),
                    ("starts_at__lt", models.F("ends_at")),
                    _connector="OR",
                ),
                name="cancel_window_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="cancelwindow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("is_active", True), ("undone_at__isnull", True)),
                    models.Q(("is_active", False), ("undone_at__isnull", False)),
                    _connector="OR",
                ),
                name="cancel_window_undone",
            ),
        ),
        migrations.AddConstraint(
            model_name="cashoutquote",
            constraint=models.CheckConstraint(
                condition=models.Q(("offer_minor__gt", 0), ("stake_minor__gt", 0)), name="cash_out_quote_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="cashout",
            constraint=models.CheckConstraint(
                condition=models.Q(("paid_minor__gte", 0), ("stake_minor__gt", 0)), name="cash_out_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="cashout",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["full", "partial", "automatic"])), name="cash_out_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="customerlimit",
            constraint=models.CheckConstraint(
                condition=models.Q(("stake_factor_milli__lte", 10000)), name="customer_limit_factor"
            ),
        ),
        migrations.AddConstraint(
            model_name="deduction",
            constraint=models.CheckConstraint(
                condition=models.Q(("percent__gte", 1), ("percent__lte", 90)), name="deduction_percent"
            ),
        ),
        migrations.AddIndex(
            model_name="freebet",
            index=models.Index(fields=["user", "status"], name="free_bet_of_person"),
        ),
        migrations.AddConstraint(
            model_name="freebet",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0)), name="free_bet_amount_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="freebet",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["available", "used", "expired", "withdrawn"])),
                name="free_bet_status_known",
            ),
        ),
    ]
