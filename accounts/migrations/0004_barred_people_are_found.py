"""The few who may not log in are found without looking at everybody else."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_safer_play")]

    operations = [
        migrations.AddIndex(
            "user", models.Index(fields=["id"], condition=Q(is_active=False), name="accounts_user_barred")
        )
    ]
