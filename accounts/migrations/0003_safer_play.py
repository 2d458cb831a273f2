"""Limits that people set for themselves and the times they keep away; what is history stays."""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import project.kit.ids
from project.kit.fields import append_only_sql
from project.kit.operations import CreateModels


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_logs_stay"),
    ]

    operations = [
        migrations.AlterField(
            model_name="activitylog",
            name="action",
            field=models.CharField(
                choices=[
                    ("signed_up", "Signed up"),
                    ("logged_in", "Logged in"),
                    ("logged_out", "Logged out"),
                    ("password_changed", "Changed the password"),
                    ("email_verified", "Verified the e-mail address"),
                    ("consent_changed", "Changed a consent"),
                    ("suspended", "Was suspended"),
                    ("reinstated", "Was reinstated"),
                    ("limit_changed", "Changed a limit of their own"),
                    ("timed_out", "Took a time-out"),
                    ("self_excluded", "Excluded themselves"),
                    ("compliance_recorded", "A check was recorded"),
                ],
                max_length=40,
            ),
        ),
        CreateModels(
            migrations.CreateModel(
                name="Exclusion",
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
                            choices=[("time_out", "Time-out"), ("self_exclusion", "Self-exclusion")], max_length=16
                        ),
                    ),
                    ("starts_at", models.DateTimeField()),
                    ("ends_at", models.DateTimeField()),
                    ("created_at", models.DateTimeField(db_default=models.Func(function="now"), editable=False)),
                    (
                        "user",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.DO_NOTHING,
                            related_name="exclusions",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    (
                                        "ends_at__gte",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("starts_at"), "+", models.Func(template="interval '24 hours'")
                                        ),
                                    ),
                                    ("kind", "time_out"),
                                ),
                                models.Q(
                                    (
                                        "ends_at__gte",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("starts_at"), "+", models.Func(template="interval '181 days'")
                                        ),
                                    ),
                                    ("kind", "self_exclusion"),
                                ),
                                _connector="OR",
                            ),
                            name="accounts_exclusion_length",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="GamblingLimit",
                fields=[
                    (
                        "id",
                        models.UUIDField(
                            default=project.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                        ),
                    ),
                    ("currency", models.CharField(max_length=3)),
                    ("kind", models.CharField(choices=[("stake", "Stakes"), ("loss", "Losses")], max_length=8)),
                    (
                        "period",
                        models.CharField(
                            choices=[("day", "24 hours"), ("week", "7 days"), ("month", "30 days")], max_length=8
                        ),
                    ),
                    ("amount_minor", models.BigIntegerField()),
                    ("asked_at", models.DateTimeField(null=True)),
                    ("asked_minor", models.BigIntegerField(null=True)),
                    ("changed_at", models.DateTimeField()),
                    (
                        "user",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="gambling_limits",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("user", "currency", "kind", "period"), name="accounts_limit_once"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("kind__in", ["stake", "loss"])), name="accounts_limit_kind"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("period__in", ["day", "week", "month"])), name="accounts_limit_period"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("amount_minor__gte", 0)), name="accounts_limit_amount"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("asked_minor__isnull", True),
                                models.Q(("asked_at__isnull", False), ("asked_minor__gt", models.F("amount_minor"))),
                                _connector="OR",
                            ),
                            name="accounts_limit_raise_is_higher",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="GamblingLimitChange",
                fields=[
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    ("currency", models.CharField(max_length=3)),
                    ("kind", models.CharField(choices=[("stake", "Stakes"), ("loss", "Losses")], max_length=8)),
                    (
                        "period",
                        models.CharField(
                            choices=[("day", "24 hours"), ("week", "7 days"), ("month", "30 days")], max_length=8
                        ),
                    ),
                    (
                        "step",
                        models.CharField(
                            choices=[
                                ("set", "Set"),
                                ("lowered", "Lowered"),
                                ("raise_asked", "Raise asked for"),
                                ("raise_withdrawn", "Raise taken back"),
                                ("raise_confirmed", "Raise confirmed"),
                            ],
                            max_length=16,
                        ),
                    ),
                    ("amount_minor", models.BigIntegerField(null=True)),
                    ("created_at", models.DateTimeField()),
                    (
                        "user",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.DO_NOTHING,
                            related_name="gambling_limit_changes",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("step__in", ["raise_asked", "raise_confirmed"]),
                                models.Q(
                                    ("amount_minor__isnull", False), ("step__in", ["set", "lowered", "raise_withdrawn"])
                                ),
                                _connector="OR",
                            ),
                            name="accounts_limit_change_step",
                        )
                    ],
                },
            ),
        ),
        migrations.RunSQL(*append_only_sql("accounts_exclusion")),
        migrations.RunSQL(*append_only_sql("accounts_gamblinglimitchange")),
    ]
