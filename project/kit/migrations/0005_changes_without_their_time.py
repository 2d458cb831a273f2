"""Stored changes are found by stream and number; trimming, which reads them all, had no use for an index of times."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("kit", "0004_heard_streams")]

    operations = [migrations.RemoveIndex(model_name="outboxchange", name="kit_outbox_created")]
