"""A window of a market is one row; an open end is the same as another open end."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("betting", "0023_cancel_windows_are_one")]

    operations = [
        migrations.AddConstraint(
            model_name="cancelwindow",
            constraint=models.UniqueConstraint(
                fields=("market", "starts_at", "ends_at"), name="cancel_window_once", nulls_distinct=False
            ),
        ),
    ]
