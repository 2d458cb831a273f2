"""The index of targets does not name the status: settling a slip writes no index."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("betting", "0021_tokens_of_running_slips"),
        ("sports", "0005_abandoned_events"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="betslip",
            name="slip_with_target",
        ),
        migrations.AddIndex(
            model_name="betslip",
            index=models.Index(
                condition=models.Q(("cash_out_target_minor__isnull", False)), fields=["id"], name="slip_with_target"
            ),
        ),
    ]
