"""Notifications of pools."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("community", "0003_first_categories"),
        ("realtime", "0001_initial_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="notification",
            name="notification_kind",
        ),
        migrations.AlterField(
            model_name="notification",
            name="kind",
            field=models.CharField(
                choices=[
                    ("slip_settled", "A slip was settled"),
                    ("pool_settled", "A pool was settled"),
                    ("message_received", "A message came while you were away"),
                ],
                max_length=32,
            ),
        ),
        migrations.AlterField(
            model_name="notificationpreference",
            name="kind",
            field=models.CharField(
                choices=[
                    ("slip_settled", "A slip was settled"),
                    ("pool_settled", "A pool was settled"),
                    ("message_received", "A message came while you were away"),
                ],
                max_length=32,
            ),
        ),
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["slip_settled", "pool_settled", "message_received"])),
                name="notification_kind",
            ),
        ),
    ]
