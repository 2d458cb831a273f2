"""Singles are found by their key whatever else is in the table."""

from django.db import migrations

# On a site with the slips of two or three events, reading all of them and hashing looks cheaper to the planner than
# looking up those of one range, because it takes each look-up for a read of the disk: a batch took three times as long
# as on a larger site. Rows that are about to be written are read anyway.
_SINGLES = "ALTER FUNCTION betting_write_singles(uuid, uuid, uuid, uuid, uuid, text, timestamptz)"


class Migration(migrations.Migration):
    dependencies = [("betting", "0015_settling_and_telling")]

    operations = [
        migrations.RunSQL(f"{_SINGLES} SET random_page_cost TO 0", reverse_sql=f"{_SINGLES} RESET random_page_cost"),
    ]
