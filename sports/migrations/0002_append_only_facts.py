"""Incidents, results and prices once said are facts: the database refuses to change them."""

from django.db import migrations

from project.kit.fields import append_only_sql


class Migration(migrations.Migration):
    dependencies = [("sports", "0001_initial_tables")]

    operations = [
        migrations.RunSQL(*append_only_sql("sports_incident")),
        migrations.RunSQL(*append_only_sql("sports_event_result")),
        migrations.RunSQL(*append_only_sql("sports_betting_odds_change")),
        migrations.RunSQL(*append_only_sql("sports_real_time_event_data")),
    ]
