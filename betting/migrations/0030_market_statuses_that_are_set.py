"""A market is never cancelled or handed over: nothing has ever set either."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("betting", "0029_singles_are_many")]

    operations = [
        migrations.RemoveConstraint("market", "market_status_known"),
        migrations.AlterField(
            "market",
            "status",
            models.CharField(
                choices=[
                    ("active", "Active"),
                    ("suspended", "Suspended"),
                    ("inactive", "Inactive"),
                    ("settled", "Settled"),
                ],
                default="active",
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            "market",
            models.CheckConstraint(
                condition=models.Q(("status__in", ["active", "suspended", "inactive", "settled"])),
                name="market_status_known",
            ),
        ),
    ]
