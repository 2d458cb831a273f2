"""Accounts of pools: of no person and not one of the house's, named by the pool they belong to."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0005_promotions_account"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="ledgeraccount",
            name="payments_account_once",
        ),
        migrations.RemoveConstraint(
            model_name="ledgeraccount",
            name="payments_account_owner_by_kind",
        ),
        migrations.AddField(
            model_name="ledgeraccount",
            name="subject_id",
            field=models.UUIDField(blank=True, help_text="What a pool's account belongs to", null=True),
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
                    ("pool", "Pool"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgeraccount",
            constraint=models.UniqueConstraint(
                fields=("owner", "kind", "currency", "subject_id"), name="payments_account_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgeraccount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["wallet", "held"]), ("owner__isnull", False), ("subject_id__isnull", True)),
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
        ),
    ]
