"""Closings: what all transfers up to one came to. A closing is never changed."""

import django.db.models.deletion
from django.db import migrations, models

from project.kit.fields import append_only_sql


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0005_statements"),
    ]

    operations = [
        migrations.CreateModel(
            name="BookClosing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("up_to_transfer_id", models.BigIntegerField(unique=True)),
                ("transfers", models.BigIntegerField()),
                ("closed_at", models.DateTimeField(db_default=models.Func(function="now"), editable=False)),
            ],
        ),
        migrations.CreateModel(
            name="ClosingBalance",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="closing_balance",
                        serialize=False,
                        to="payments.ledgeraccount",
                    ),
                ),
                ("balance_minor", models.BigIntegerField()),
            ],
        ),
        migrations.RunSQL(*append_only_sql("payments_bookclosing")),
    ]
