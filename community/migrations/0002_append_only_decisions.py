"""Decisions of moderators are never changed or removed: the database refuses."""

from django.db import migrations

from project.kit.fields import append_only_sql

FORWARD, REVERSE = append_only_sql("community_moderationaction")


class Migration(migrations.Migration):
    dependencies = [("community", "0001_initial_tables")]

    operations = [migrations.RunSQL(FORWARD, REVERSE)]
