"""Incidents, results and prices once said are facts: the database refuses to change them."""

from django.db import migrations

from project.kit.fields import append_only_sql


class Migration(migrations.Migration):
    replaces = [("sports", "0002_append_only_facts")]

    dependencies = [("sports", "0002_what_happens_in_events"), ("kit", "0002_streams_and_refusals")]

    operations = [
        migrations.RunSQL(*append_only_sql(table))
        for table in (
            "sports_incident",
            "sports_event_result",
            "sports_betting_odds_change",
            "sports_real_time_event_data",
        )
    ]
