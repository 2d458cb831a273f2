"""Slips placed before there were several lines: their stake is still running, and each leg names its person."""

from django.db import migrations

FILL = """
    UPDATE betting_slip SET remaining_stake_minor = stake_minor WHERE remaining_stake_minor = 0;
    UPDATE betting_leg AS leg SET user_id = slip.user_id
      FROM betting_slip AS slip
     WHERE slip.id = leg.slip_id AND leg.user_id IS NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("betting", "0005_slip_types")]

    operations = [migrations.RunSQL(FILL, reverse_sql=migrations.RunSQL.noop)]
