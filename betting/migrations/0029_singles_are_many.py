"""The planner expects many singles in a range, whatever it knows of the slips that are there.

Where all slips stood on the same sum of versions, as they do until the first result, it took "another sum than now"
for something that never happens, expected one slip, and looked through all people of the range again for each slip
that is paid.
"""

from importlib import import_module

from django.db import migrations

_WRITTEN = import_module("betting.migrations.0014_settling_in_one_pass").WRITE
# CREATE OR REPLACE forgets what 0016 says.
BEFORE = f"""
    {_WRITTEN[: _WRITTEN.index("-- Settle all other slips")].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")}
    ALTER FUNCTION betting_write_singles(uuid, uuid, uuid, uuid, uuid, text, timestamptz) SET random_page_cost TO 0;
"""
# A CASE is a condition that the planner has no statistics for: it expects every second row to pass.
SINGLES = BEFORE.replace(
    "AND slip.results_sum <> facts.version\n",
    "AND CASE WHEN slip.results_sum <> facts.version THEN true ELSE false END\n",
)
assert SINGLES != BEFORE


class Migration(migrations.Migration):
    dependencies = [("betting", "0028_suspended_people_stake_nothing")]

    operations = [migrations.RunSQL(SINGLES, reverse_sql=BEFORE)]
