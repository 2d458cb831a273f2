"""Decisions of moderators are never changed or removed: the database refuses."""

from django.db import migrations

from project.kit.fields import append_only_sql

FORWARD, REVERSE = append_only_sql("community_moderationaction")


class Migration(migrations.Migration):
    replaces = [("community", "0002_append_only_decisions")]

    dependencies = [("community", "0002_moderation_and_merits"), ("kit", "0002_streams_and_refusals")]

    operations = [migrations.RunSQL(FORWARD, REVERSE)]
