"""The planner expects many singles in a range, whatever it knows of the slips that are there.

Where all slips stood on the same sum of versions, as they do until the first result, it took "another sum than now"
for something that never happens, expected one slip, and looked through all people of the range again for each slip
that is paid.
"""

from importlib import import_module

from django.db import migrations

_BEFORE = import_module("betting.migrations.0014_settling_in_one_pass")
_SIGNATURE = "betting_write_singles(uuid, uuid, uuid, uuid, uuid, text, timestamptz)"
_LOOKED_UP = f"ALTER FUNCTION {_SIGNATURE} SET random_page_cost TO 0;"  # as 0016 says, and CREATE OR REPLACE forgets

_JUDGED = "AND slip.results_sum <> facts.version\n"
# A CASE is a condition that the planner has no statistics for: it expects every second row to pass.
_UNKNOWN = "AND CASE WHEN slip.results_sum <> facts.version THEN true ELSE false END\n"


def _write(singles: str) -> str:
    return f"""
    -- Settle the plain singles of one range whose result is another than the one they were last settled on.
    CREATE OR REPLACE FUNCTION betting_write_singles{_BEFORE.HEAD}
        WITH leg AS MATERIALIZED ({_BEFORE.LEGS}
        ), facts AS MATERIALIZED ({_BEFORE.FACTS.format(legs="leg")}
        ), updated AS ({singles}
        ), {_BEFORE.FOLLOWING.format(looked_at="leg")}
    END $$;
    {_LOOKED_UP}
"""


SINGLES = _BEFORE.SINGLES.replace(_JUDGED, _UNKNOWN)
assert SINGLES != _BEFORE.SINGLES


class Migration(migrations.Migration):
    dependencies = [("betting", "0028_suspended_people_stake_nothing")]

    operations = [migrations.RunSQL(_write(SINGLES), reverse_sql=_write(_BEFORE.SINGLES))]
