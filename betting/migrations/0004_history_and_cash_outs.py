"""Tables of what became of slips: their history, quotes of cash-outs, and cash-outs."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import project.kit.ids
from project.kit.operations import CreateModels


class Migration(migrations.Migration):
    replaces = [("betting", "0007_legs_name_their_person")]

    dependencies = [
        ("betting", "0003_slips"),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="BetHistory",
                fields=[
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    (
                        "bet_slip",
                        models.ForeignKey(
                            db_constraint=False,
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="history",
                            to="betting.betslip",
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
                    ("settlement_no", models.PositiveIntegerField()),
                    (
                        "outcome",
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
                    ("actual_result", models.CharField(max_length=80)),
                    ("currency", models.CharField(max_length=3)),
                    ("winnings_minor", models.BigIntegerField()),
                    ("difference_minor", models.BigIntegerField()),
                    ("results_used", models.JSONField()),
                    ("timestamp", models.DateTimeField()),
                ],
                options={
                    "verbose_name_plural": "bet history",
                    "db_table": "betting_history",
                    "constraints": [
                        models.UniqueConstraint(fields=("bet_slip", "settlement_no"), name="slip_settled_once")
                    ],
                },
            ),
            migrations.CreateModel(
                name="CashOutQuote",
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
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="cash_out_quotes",
                            to="betting.betslip",
                        ),
                    ),
                    (
                        "user",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("stake_minor", models.BigIntegerField()),
                    ("offer_minor", models.BigIntegerField()),
                    ("price_versions", models.JSONField()),
                    ("created_at", models.DateTimeField()),
                    ("expires_at", models.DateTimeField()),
                ],
                options={
                    "db_table": "betting_cash_out_quote",
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("offer_minor__gt", 0), ("stake_minor__gt", 0)),
                            name="cash_out_quote_positive",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="CashOut",
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
                            on_delete=django.db.models.deletion.PROTECT, related_name="cash_outs", to="betting.betslip"
                        ),
                    ),
                    (
                        "user",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "quote",
                        models.OneToOneField(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="cash_out",
                            to="betting.cashoutquote",
                        ),
                    ),
                    (
                        "kind",
                        models.CharField(
                            choices=[("full", "Full"), ("partial", "Partial"), ("automatic", "Automatic")],
                            max_length=10,
                        ),
                    ),
                    ("stake_minor", models.BigIntegerField()),
                    ("paid_minor", models.BigIntegerField()),
                    ("legs", models.JSONField()),
                    ("created_at", models.DateTimeField()),
                ],
                options={
                    "db_table": "betting_cash_out",
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("paid_minor__gte", 0), ("stake_minor__gt", 0)), name="cash_out_positive"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("kind__in", ["full", "partial", "automatic"])), name="cash_out_kind"
                        ),
                    ],
                },
            ),
        ),
    ]
