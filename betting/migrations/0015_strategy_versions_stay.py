"""A version of a strategy's rules refuses change: what was evaluated stays what it was."""

from django.db import migrations

from project.kit.fields import append_only_sql


class Migration(migrations.Migration):
    dependencies = [("betting", "0014_strategies_suggestions_patterns")]

    operations = [migrations.RunSQL(*append_only_sql("betting_strategy_version"))]
