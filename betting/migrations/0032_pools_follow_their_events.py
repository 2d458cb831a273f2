"""A pool ends with its event wherever that is moved, unless its opener chose an end before it."""

from django.db import migrations, models

# What stood before the start is taken for chosen; the house chooses none.
CHOSEN_ENDS = """
    UPDATE betting_pool AS pool
       SET own_end = pool.closes_at
      FROM sports_event AS event
     WHERE event.id = pool.event_id AND pool.creator_id IS NOT NULL AND pool.closes_at < event.start_time
"""


class Migration(migrations.Migration):
    dependencies = [("betting", "0031_results_used_as_written")]

    operations = [
        migrations.AddField("bettingpool", "own_end", models.DateTimeField(null=True)),
        migrations.RunSQL(CHOSEN_ENDS, reverse_sql=migrations.RunSQL.noop),
    ]
