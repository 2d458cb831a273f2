"""People are told what became of their withdrawals."""

from django.db import migrations, models

_KINDS = [
    ("slip_settled", "A slip was settled"),
    ("pool_settled", "A pool was settled"),
    ("withdrawal_ended", "A withdrawal was paid, rejected or not paid after all"),
    ("message_received", "A message came while you were away"),
]


class Migration(migrations.Migration):
    dependencies = [("realtime", "0001_notifications")]

    operations = [
        migrations.RemoveConstraint(model_name="notification", name="notification_kind"),
        migrations.AlterField(
            model_name="notification",
            name="kind",
            field=models.CharField(choices=_KINDS, max_length=32),
        ),
        migrations.AlterField(
            model_name="notificationpreference",
            name="kind",
            field=models.CharField(choices=_KINDS, max_length=32),
        ),
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", [kind for kind, _ in _KINDS])), name="notification_kind"
            ),
        ),
    ]
