"""Withdrawals, whose states follow one another as listed, their record, and the account of what was paid out."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import project.kit.ids
from project.kit.fields import append_only_sql
from project.kit.operations import CreateModels

STEPS = """
    -- What was asked for stays, and a state follows only from one that leads to it: the transfers tell the same story.
    CREATE FUNCTION payments_check_withdrawal_step() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (NEW.id, NEW.wallet_id, NEW.user_id, NEW.amount_minor, NEW.requested_at)
               IS DISTINCT FROM (OLD.id, OLD.wallet_id, OLD.user_id, OLD.amount_minor, OLD.requested_at) THEN
            RAISE EXCEPTION 'what was asked for stays' USING ERRCODE = 'check_violation';
        END IF;
        IF NOT coalesce(NEW.status = ANY (CASE OLD.status
                WHEN 'requested' THEN ARRAY['approved', 'rejected', 'cancelled']
                WHEN 'approved' THEN ARRAY['processing', 'failed']
                WHEN 'processing' THEN ARRAY['paid', 'failed']
                WHEN 'paid' THEN ARRAY['failed']
            END), false) THEN
            RAISE EXCEPTION 'a withdrawal that is % does not become %', OLD.status, NEW.status
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER payments_withdrawal_steps BEFORE UPDATE ON payments_withdrawal
        FOR EACH ROW EXECUTE FUNCTION payments_check_withdrawal_step();

    CREATE FUNCTION payments_check_withdrawal_begin() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.status <> 'requested'
                OR NOT EXISTS (SELECT FROM payments_wallet WHERE id = NEW.wallet_id AND user_id = NEW.user_id) THEN
            RAISE EXCEPTION 'a withdrawal begins as a request of the owner of its wallet'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER payments_withdrawal_begins BEFORE INSERT ON payments_withdrawal
        FOR EACH ROW EXECUTE FUNCTION payments_check_withdrawal_begin();

    CREATE TRIGGER payments_withdrawal_stays BEFORE DELETE OR TRUNCATE ON payments_withdrawal
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

DROP_STEPS = """
    DROP TRIGGER payments_withdrawal_stays ON payments_withdrawal;
    DROP TRIGGER payments_withdrawal_begins ON payments_withdrawal;
    DROP FUNCTION payments_check_withdrawal_begin();
    DROP TRIGGER payments_withdrawal_steps ON payments_withdrawal;
    DROP FUNCTION payments_check_withdrawal_step();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0007_ids_of_house_accounts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="ledgeraccount",
            name="payments_account_owner_by_kind",
        ),
        migrations.AlterField(
            model_name="ledgeraccount",
            name="kind",
            field=models.CharField(
                choices=[
                    ("wallet", "Wallet"),
                    ("held", "Held"),
                    ("open_stakes", "Open stakes"),
                    ("house_revenue", "House revenue"),
                    ("issuance", "Issuance"),
                    ("promo", "Promotions"),
                    ("payout_clearing", "Paid out"),
                    ("pool", "Pool"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgeraccount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["wallet", "held"]), ("owner__isnull", False), ("subject_id__isnull", True)),
                    models.Q(
                        ("kind__in", ["open_stakes", "house_revenue", "issuance", "promo", "payout_clearing"]),
                        ("owner__isnull", True),
                        ("subject_id__isnull", True),
                    ),
                    models.Q(("kind", "pool"), ("owner__isnull", True), ("subject_id__isnull", False)),
                    _connector="OR",
                ),
                name="payments_account_owner_by_kind",
            ),
        ),
        CreateModels(
            migrations.CreateModel(
                name="Withdrawal",
                fields=[
                    (
                        "id",
                        models.UUIDField(
                            default=project.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                        ),
                    ),
                    (
                        "decided_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "paid_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "user",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="withdrawals",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "wallet",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="withdrawals",
                            to="payments.wallet",
                        ),
                    ),
                    ("amount_minor", models.BigIntegerField()),
                    (
                        "status",
                        models.CharField(
                            choices=[
                                ("requested", "Requested"),
                                ("approved", "Approved"),
                                ("processing", "Being paid"),
                                ("paid", "Paid"),
                                ("rejected", "Rejected"),
                                ("cancelled", "Cancelled"),
                                ("failed", "Failed"),
                            ],
                            default="requested",
                            max_length=12,
                        ),
                    ),
                    ("requested_at", models.DateTimeField()),
                    ("decided_at", models.DateTimeField(null=True)),
                    (
                        "reason",
                        models.CharField(
                            blank=True, help_text="Why it was approved, rejected or cancelled", max_length=500
                        ),
                    ),
                    ("needs_two", models.BooleanField(default=False)),
                    ("processing_at", models.DateTimeField(null=True)),
                    (
                        "payout_reference",
                        models.CharField(blank=True, help_text="What the transfer carries at the bank", max_length=140),
                    ),
                    ("paid_at", models.DateTimeField(null=True)),
                    ("failed_at", models.DateTimeField(null=True)),
                    (
                        "failure",
                        models.CharField(
                            blank=True, help_text="Why nothing was paid, or why it came back", max_length=500
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["user", "-requested_at", "-id"], name="payments_withdrawals_of_user"),
                        models.Index(
                            condition=models.Q(("status__in", ["requested", "approved", "processing"])),
                            fields=["wallet", "requested_at"],
                            name="payments_withdrawals_open",
                        ),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("amount_minor__gt", 0)), name="payments_withdrawal_positive"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("status", "requested"),
                                    ("decided_at__isnull", True),
                                    ("decided_by__isnull", True),
                                    ("reason", ""),
                                    ("payout_reference", ""),
                                    ("processing_at__isnull", True),
                                    ("paid_at__isnull", True),
                                    ("paid_by__isnull", True),
                                    ("failed_at__isnull", True),
                                    ("failure", ""),
                                ),
                                models.Q(
                                    ("status__in", ["rejected", "cancelled"]),
                                    ("decided_at__isnull", False),
                                    ("decided_by__isnull", False),
                                    ("payout_reference", ""),
                                    ("processing_at__isnull", True),
                                    ("paid_at__isnull", True),
                                    ("paid_by__isnull", True),
                                    ("failed_at__isnull", True),
                                    ("failure", ""),
                                ),
                                models.Q(
                                    ("status", "approved"),
                                    ("decided_at__isnull", False),
                                    ("decided_by__isnull", False),
                                    ("payout_reference", ""),
                                    ("processing_at__isnull", True),
                                    ("paid_at__isnull", True),
                                    ("paid_by__isnull", True),
                                    ("failed_at__isnull", True),
                                    ("failure", ""),
                                ),
                                models.Q(
                                    ("status", "processing"),
                                    ("decided_at__isnull", False),
                                    ("decided_by__isnull", False),
                                    ("processing_at__isnull", False),
                                    models.Q(("payout_reference", ""), _negated=True),
                                    ("paid_at__isnull", True),
                                    ("paid_by__isnull", True),
                                    ("failed_at__isnull", True),
                                    ("failure", ""),
                                ),
                                models.Q(
                                    ("status", "paid"),
                                    ("decided_at__isnull", False),
                                    ("decided_by__isnull", False),
                                    ("processing_at__isnull", False),
                                    models.Q(("payout_reference", ""), _negated=True),
                                    ("paid_at__isnull", False),
                                    ("paid_by__isnull", False),
                                    ("failed_at__isnull", True),
                                    ("failure", ""),
                                ),
                                models.Q(
                                    ("status", "failed"),
                                    ("decided_at__isnull", False),
                                    ("decided_by__isnull", False),
                                    ("failed_at__isnull", False),
                                    models.Q(("failure", ""), _negated=True),
                                    models.Q(
                                        models.Q(
                                            ("payout_reference", ""),
                                            ("processing_at__isnull", True),
                                            ("paid_at__isnull", True),
                                            ("paid_by__isnull", True),
                                        ),
                                        models.Q(
                                            ("processing_at__isnull", False),
                                            models.Q(("payout_reference", ""), _negated=True),
                                            ("paid_at__isnull", True),
                                            ("paid_by__isnull", True),
                                        ),
                                        models.Q(
                                            ("processing_at__isnull", False),
                                            models.Q(("payout_reference", ""), _negated=True),
                                            ("paid_at__isnull", False),
                                            ("paid_by__isnull", False),
                                        ),
                                        _connector="OR",
                                    ),
                                ),
                                _connector="OR",
                            ),
                            name="payments_withdrawal_facts_by_status",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("decided_by", models.F("user")), ("status", "cancelled")),
                                models.Q(
                                    models.Q(("status", "cancelled"), _negated=True),
                                    models.Q(
                                        ("decided_by__isnull", True),
                                        models.Q(("decided_by", models.F("user")), _negated=True),
                                        _connector="OR",
                                    ),
                                ),
                                _connector="OR",
                            ),
                            name="payments_withdrawal_not_ones_own",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("paid_by__isnull", True),
                                models.Q(
                                    models.Q(("paid_by", models.F("user")), _negated=True),
                                    models.Q(
                                        ("needs_two", False),
                                        models.Q(("paid_by", models.F("decided_by")), _negated=True),
                                        _connector="OR",
                                    ),
                                ),
                                _connector="OR",
                            ),
                            name="payments_withdrawal_four_eyes",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="WithdrawalRecord",
                fields=[
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    (
                        "actor",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.DO_NOTHING,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "withdrawal",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="records",
                            to="payments.withdrawal",
                        ),
                    ),
                    (
                        "change",
                        models.CharField(
                            choices=[
                                ("requested", "Requested"),
                                ("approved", "Approved"),
                                ("processing", "Being paid"),
                                ("paid", "Paid"),
                                ("rejected", "Rejected"),
                                ("cancelled", "Cancelled"),
                                ("failed", "Failed"),
                            ],
                            max_length=12,
                        ),
                    ),
                    ("reason", models.CharField(blank=True, max_length=500)),
                    ("before", models.JSONField()),
                    ("after", models.JSONField()),
                    ("recorded_at", models.DateTimeField()),
                ],
                options={
                    "ordering": ["id"],
                },
            ),
        ),
        migrations.RunSQL(*append_only_sql("payments_withdrawalrecord")),
        migrations.RunSQL(STEPS, reverse_sql=DROP_STEPS),
    ]
