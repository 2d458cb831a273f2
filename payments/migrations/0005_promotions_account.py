"""The house account that free bets are paid from."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0004_statement_view"),
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
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgeraccount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["wallet", "held"]), ("owner__isnull", False)),
                    models.Q(
                        ("kind__in", ["open_stakes", "house_revenue", "issuance", "promo"]), ("owner__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="payments_account_owner_by_kind",
            ),
        ),
    ]
