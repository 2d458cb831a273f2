"""Tables of the desk: limits, switches, actions and their records, and what accepted slips may cost."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import project.kit.ids
from project.kit.operations import CreateModels


class Migration(migrations.Migration):
    replaces = [
        ("betting", "0008_desk_and_switches"),
        ("betting", "0011_kinds_holds_and_pressure"),
        ("betting", "0013_exposure_has_versions"),
    ]

    dependencies = [
        ("betting", "0004_history_and_cash_outs"),
    ]

    operations = [
        CreateModels(
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
                    (
                        "set_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("updated_at", models.DateTimeField()),
                ],
                options={
                    "db_table": "betting_customer_limit",
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("stake_factor_milli__lte", 10000)), name="customer_limit_factor"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="BettingSwitch",
                fields=[
                    ("scope", models.CharField(max_length=60, primary_key=True, serialize=False)),
                    ("is_stopped", models.BooleanField(default=False)),
                    ("stop_count", models.PositiveIntegerField(default=0)),
                    ("version", models.PositiveIntegerField(default=0)),
                    ("reason", models.CharField(max_length=500)),
                    (
                        "changed_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("changed_at", models.DateTimeField()),
                ],
                options={
                    "verbose_name_plural": "betting switches",
                    "db_table": "betting_switch",
                },
            ),
            migrations.CreateModel(
                name="DeskAction",
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
                            choices=[
                                ("void_market", "Void Market"),
                                ("undo_void", "Undo Void"),
                                ("settle_market", "Settle Market"),
                                ("roll_back", "Roll Back"),
                                ("deduction", "Deduction"),
                                ("undo_deduction", "Undo Deduction"),
                            ],
                            max_length=20,
                        ),
                    ),
                    (
                        "event",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sports.event"
                        ),
                    ),
                    (
                        "market",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="desk_actions",
                            to="betting.market",
                        ),
                    ),
                    ("payload", models.JSONField(default=dict)),
                    ("preview", models.JSONField(default=dict)),
                    ("needs_approval", models.BooleanField()),
                    ("reason", models.CharField(max_length=500)),
                    (
                        "status",
                        models.CharField(
                            choices=[
                                ("proposed", "Proposed"),
                                ("approved", "Approved"),
                                ("applied", "Applied"),
                                ("rejected", "Rejected"),
                            ],
                            default="proposed",
                            max_length=10,
                        ),
                    ),
                    (
                        "proposed_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("proposed_at", models.DateTimeField()),
                    (
                        "decided_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("decided_at", models.DateTimeField(null=True)),
                    (
                        "applied_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("applied_at", models.DateTimeField(null=True)),
                ],
                options={
                    "db_table": "betting_desk_action",
                    "indexes": [models.Index(fields=["status", "-proposed_at"], name="desk_action_waiting")],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "kind__in",
                                    [
                                        "void_market",
                                        "undo_void",
                                        "settle_market",
                                        "roll_back",
                                        "deduction",
                                        "undo_deduction",
                                    ],
                                )
                            ),
                            name="desk_action_kind_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("status__in", ["proposed", "approved", "applied", "rejected"])),
                            name="desk_action_status_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("needs_approval", True), ("status__in", ["approved", "applied"]), _negated=True
                                ),
                                models.Q(
                                    ("decided_by__isnull", False),
                                    models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="desk_action_four_eyes",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("applied_at__isnull", False), ("applied_by__isnull", False), ("status", "applied")
                                ),
                                models.Q(("status", "applied"), _negated=True),
                                _connector="OR",
                            ),
                            name="desk_action_applied_by_somebody",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="DeskRecord",
                fields=[
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    ("change", models.CharField(max_length=40)),
                    ("subject", models.CharField(max_length=80)),
                    (
                        "desk_action",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="records",
                            to="betting.deskaction",
                        ),
                    ),
                    (
                        "actor",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.DO_NOTHING,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("reason", models.CharField(max_length=500)),
                    ("before", models.JSONField()),
                    ("after", models.JSONField()),
                    ("recorded_at", models.DateTimeField()),
                ],
                options={
                    "db_table": "betting_desk_record",
                    "indexes": [models.Index(fields=["subject", "-id"], name="desk_record_of_subject")],
                },
            ),
            migrations.CreateModel(
                name="SelectionExposure",
                fields=[
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
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
                            related_name="+",
                            to="betting.selection",
                        ),
                    ),
                    ("currency", models.CharField(max_length=3)),
                    ("stake_minor", models.BigIntegerField()),
                    ("payout_minor", models.BigIntegerField()),
                    ("version", models.BigIntegerField(db_default=1)),
                ],
                options={
                    "db_table": "betting_exposure",
                    "indexes": [models.Index(fields=["market", "currency"], name="exposure_market")],
                    "constraints": [models.UniqueConstraint(fields=("selection", "currency"), name="exposure_once")],
                },
            ),
            migrations.CreateModel(
                name="ExposureDelta",
                fields=[
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
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
                            related_name="+",
                            to="betting.selection",
                        ),
                    ),
                    ("currency", models.CharField(max_length=3)),
                    ("stake_minor", models.BigIntegerField()),
                    ("payout_minor", models.BigIntegerField()),
                ],
                options={
                    "db_table": "betting_exposure_delta",
                    "indexes": [models.Index(fields=["market", "currency"], name="exposure_delta_market")],
                },
            ),
        ),
    ]
