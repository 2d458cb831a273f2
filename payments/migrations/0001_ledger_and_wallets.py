"""Tables of the ledger and of wallets; the statement is a view over them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import project.kit.ids
from project.kit.operations import CreateModels


class Migration(migrations.Migration):
    replaces = [
        ("payments", "0001_initial_tables"),
        ("payments", "0005_promotions_account"),
        ("payments", "0006_pool_accounts"),
        ("payments", "0010_settle_in_one_pass"),
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="LedgerAccount",
                fields=[
                    (
                        "id",
                        models.UUIDField(
                            default=project.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                        ),
                    ),
                    (
                        "owner",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="ledger_accounts",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("wallet", "Wallet"),
                                ("held", "Held"),
                                ("open_stakes", "Open stakes"),
                                ("house_revenue", "House revenue"),
                                ("issuance", "Issuance"),
                                ("promo", "Promotions"),
                                ("pool", "Pool"),
                            ],
                            max_length=20,
                        ),
                    ),
                    (
                        "subject_id",
                        models.UUIDField(blank=True, help_text="What a pool's account belongs to", null=True),
                    ),
                    ("currency", models.CharField(max_length=3)),
                    ("balance_minor", models.BigIntegerField(default=0)),
                    (
                        "overdrawn_by",
                        models.CharField(
                            blank=True,
                            choices=[("settlement", "Settlement correction"), ("chargeback", "Chargeback")],
                            max_length=20,
                            null=True,
                        ),
                    ),
                    ("won_minor", models.BigIntegerField(default=0)),
                    ("lost_minor", models.BigIntegerField(default=0)),
                    ("version", models.BigIntegerField(default=0)),
                    ("created_at", models.DateTimeField(db_default=models.Func(function="now"), editable=False)),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("owner", "kind", "currency", "subject_id"),
                            name="payments_account_once",
                            nulls_distinct=False,
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("kind__in", ["wallet", "held"]),
                                    ("owner__isnull", False),
                                    ("subject_id__isnull", True),
                                ),
                                models.Q(
                                    ("kind__in", ["open_stakes", "house_revenue", "issuance", "promo"]),
                                    ("owner__isnull", True),
                                    ("subject_id__isnull", True),
                                ),
                                models.Q(("kind", "pool"), ("owner__isnull", True), ("subject_id__isnull", False)),
                                _connector="OR",
                            ),
                            name="payments_account_owner_by_kind",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("owner__isnull", True),
                                models.Q(("balance_minor__gte", 0), ("overdrawn_by__isnull", True)),
                                models.Q(("balance_minor__lt", 0), ("overdrawn_by__isnull", False)),
                                _connector="OR",
                            ),
                            name="payments_account_not_overdrawn",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="payments_account_currency"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Transfer",
                fields=[
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    ("kind", models.CharField(max_length=32)),
                    ("ref", models.CharField(max_length=120)),
                    ("leg", models.IntegerField(default=0)),
                    (
                        "debit_account",
                        models.ForeignKey(
                            db_constraint=False,
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="debits",
                            to="payments.ledgeraccount",
                        ),
                    ),
                    (
                        "credit_account",
                        models.ForeignKey(
                            db_constraint=False,
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="credits",
                            to="payments.ledgeraccount",
                        ),
                    ),
                    ("amount_minor", models.BigIntegerField()),
                    ("debit_balance_after_minor", models.BigIntegerField(null=True)),
                    ("credit_balance_after_minor", models.BigIntegerField(null=True)),
                    (
                        "overdrawn_by",
                        models.CharField(
                            choices=[("settlement", "Settlement correction"), ("chargeback", "Chargeback")],
                            max_length=20,
                            null=True,
                        ),
                    ),
                    ("ref_kind", models.CharField(blank=True, max_length=32)),
                    ("ref_id", models.UUIDField(null=True)),
                    ("description", models.CharField(blank=True, max_length=240)),
                    ("created_at", models.DateTimeField(db_default=models.Func(function="now"), editable=False)),
                ],
                options={
                    "indexes": [
                        models.Index(
                            condition=models.Q(("debit_balance_after_minor__isnull", False)),
                            fields=["debit_account", "id"],
                            name="payments_transfer_debits",
                        ),
                        models.Index(
                            condition=models.Q(("credit_balance_after_minor__isnull", False)),
                            fields=["credit_account", "id"],
                            name="payments_transfer_credits",
                        ),
                    ],
                    "constraints": [
                        models.UniqueConstraint(fields=("kind", "ref", "leg"), name="payments_transfer_once"),
                        models.CheckConstraint(
                            condition=models.Q(("amount_minor__gt", 0)), name="payments_transfer_positive"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("debit_account", models.F("credit_account")), _negated=True),
                            name="payments_transfer_two_accounts",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("debit_balance_after_minor__isnull", True),
                                ("debit_balance_after_minor__gte", 0),
                                ("overdrawn_by__isnull", False),
                                _connector="OR",
                            ),
                            name="payments_transfer_covered",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("kind__regex", "^[a-z][a-z_]*$")), name="payments_transfer_kind"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("ref", ""), _negated=True), name="payments_transfer_ref"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="HouseMovement",
                fields=[
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    (
                        "account",
                        models.ForeignKey(
                            db_constraint=False,
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            to="payments.ledgeraccount",
                        ),
                    ),
                    ("amount_minor", models.BigIntegerField()),
                ],
            ),
            migrations.CreateModel(
                name="Wallet",
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
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="wallets",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("currency", models.CharField(max_length=3)),
                    (
                        "available_account",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="wallet",
                            to="payments.ledgeraccount",
                        ),
                    ),
                    (
                        "held_account",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="holding_wallet",
                            to="payments.ledgeraccount",
                        ),
                    ),
                    ("created_at", models.DateTimeField(db_default=models.Func(function="now"), editable=False)),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("user", "currency"), name="payments_wallet_once")],
                },
            ),
            migrations.CreateModel(
                name="Transaction",
                fields=[
                    ("id", models.CharField(max_length=24, primary_key=True, serialize=False)),
                    ("transfer_id", models.BigIntegerField()),
                    ("account_id", models.UUIDField()),
                    ("account_kind", models.CharField(max_length=20)),
                    (
                        "user",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.DO_NOTHING,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("currency", models.CharField(max_length=3)),
                    ("transaction_type", models.CharField(max_length=32)),
                    ("amount_minor", models.BigIntegerField()),
                    ("balance_after_minor", models.BigIntegerField()),
                    ("ref_kind", models.CharField(max_length=32)),
                    ("ref_id", models.UUIDField(null=True)),
                    ("description", models.CharField(max_length=240)),
                    ("date", models.DateTimeField()),
                ],
                options={
                    "db_table": "payments_transaction",
                    "managed": False,
                },
            ),
        ),
    ]
