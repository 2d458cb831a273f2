"""Tables of pools: members, entries and totals."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import project.kit.ids
from project.kit.operations import CreateModels


class Migration(migrations.Migration):
    replaces = [("betting", "0010_pools")]

    dependencies = [
        ("betting", "0005_desk_and_risk"),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="BettingPool",
                fields=[
                    (
                        "id",
                        models.UUIDField(
                            default=project.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                        ),
                    ),
                    ("name", models.CharField(max_length=80)),
                    ("rules", models.CharField(blank=True, max_length=500)),
                    (
                        "creator",
                        models.ForeignKey(
                            db_index=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="pools_created",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "event",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="pools", to="sports.event"
                        ),
                    ),
                    (
                        "market",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="pools", to="betting.market"
                        ),
                    ),
                    ("currency", models.CharField(max_length=3)),
                    ("takeout_basis_points", models.PositiveSmallIntegerField()),
                    ("stake_minor_min", models.BigIntegerField()),
                    ("is_private", models.BooleanField(default=False)),
                    ("join_code", models.CharField(blank=True, max_length=12)),
                    (
                        "status",
                        models.CharField(
                            choices=[
                                ("open", "Open"),
                                ("closed", "Closed"),
                                ("settled", "Settled"),
                                ("cancelled", "Cancelled"),
                            ],
                            default="open",
                            max_length=10,
                        ),
                    ),
                    ("closes_at", models.DateTimeField()),
                    ("gross_minor", models.BigIntegerField(default=0)),
                    ("entry_count", models.PositiveIntegerField(default=0)),
                    ("takeout_minor", models.BigIntegerField(default=0)),
                    ("breakage_minor", models.BigIntegerField(default=0)),
                    ("top_up_minor", models.BigIntegerField(default=0)),
                    ("settlement_no", models.PositiveIntegerField(default=0)),
                    ("results_sum", models.BigIntegerField(default=0)),
                    ("version", models.BigIntegerField(default=0)),
                    ("reason", models.CharField(blank=True, max_length=300)),
                    ("created_at", models.DateTimeField()),
                    ("settled_at", models.DateTimeField(null=True)),
                    (
                        "members",
                        models.ManyToManyField(
                            related_name="pools", through="betting.PoolMember", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                ],
                options={
                    "db_table": "betting_pool",
                    "indexes": [models.Index(fields=["status", "closes_at", "id"], name="pool_by_status")],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("status__in", ["open", "closed", "settled", "cancelled"])),
                            name="pool_status_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("takeout_basis_points__lte", 3000)), name="pool_takeout_bounded"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("stake_minor_min__gt", 0)), name="pool_stake_min_positive"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("is_private", False), ("join_code", "")),
                                models.Q(("is_private", True), models.Q(("join_code", ""), _negated=True)),
                                _connector="OR",
                            ),
                            name="pool_code_when_private",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="PoolMember",
                fields=[
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    (
                        "pool",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="memberships",
                            to="betting.bettingpool",
                        ),
                    ),
                    (
                        "user",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="pool_memberships",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("joined_at", models.DateTimeField()),
                ],
                options={
                    "db_table": "betting_pool_member",
                    "constraints": [models.UniqueConstraint(fields=("pool", "user"), name="pool_member_once")],
                },
            ),
            migrations.CreateModel(
                name="PoolTotal",
                fields=[
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    (
                        "pool",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="totals",
                            to="betting.bettingpool",
                        ),
                    ),
                    (
                        "selection",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="betting.selection",
                        ),
                    ),
                    ("stake_minor", models.BigIntegerField(default=0)),
                    ("entry_count", models.PositiveIntegerField(default=0)),
                ],
                options={
                    "db_table": "betting_pool_total",
                    "constraints": [models.UniqueConstraint(fields=("pool", "selection"), name="pool_total_once")],
                },
            ),
            migrations.CreateModel(
                name="PoolEntry",
                fields=[
                    (
                        "id",
                        models.UUIDField(
                            default=project.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                        ),
                    ),
                    (
                        "pool",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="entries",
                            to="betting.bettingpool",
                        ),
                    ),
                    (
                        "user",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="pool_entries",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "selection",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="betting.selection",
                        ),
                    ),
                    ("stake_minor", models.BigIntegerField()),
                    (
                        "status",
                        models.CharField(
                            choices=[("open", "Open"), ("won", "Won"), ("lost", "Lost"), ("refunded", "Refunded")],
                            default="open",
                            max_length=10,
                        ),
                    ),
                    ("payout_minor", models.BigIntegerField(default=0)),
                    ("placed_at", models.DateTimeField()),
                ],
                options={
                    "db_table": "betting_pool_entry",
                    "indexes": [models.Index(fields=["pool", "id"], name="pool_entry_of_pool")],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("stake_minor__gt", 0)), name="pool_entry_stake_positive"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("status__in", ["open", "won", "lost", "refunded"])),
                            name="pool_entry_status_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("payout_minor", 0), ("status__in", ["open", "lost"])),
                                models.Q(("payout_minor__gt", 0), ("status", "won")),
                                models.Q(("payout_minor", models.F("stake_minor")), ("status", "refunded")),
                                _connector="OR",
                            ),
                            name="pool_entry_payout_by_status",
                        ),
                    ],
                },
            ),
        ),
    ]
