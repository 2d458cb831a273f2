"""What happened stays: price points, result versions and bet history refuse change."""

from django.db import migrations

from project.kit.fields import append_only_sql


class Migration(migrations.Migration):
    dependencies = [("betting", "0003_settle_slips")]

    operations = [
        migrations.RunSQL(*append_only_sql(table))
        for table in ("betting_price_point", "betting_selection_result", "betting_history")
    ]
