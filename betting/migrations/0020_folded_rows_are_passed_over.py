"""What decides slips is not read past the rows that were folded away since the last vacuum."""

from django.db import migrations

# A bitmap scan goes to the table for every entry of the index, for those of dead rows as well; a plain one marks what
# it found dead, and whoever comes next passes it over. A busy market leaves thousands of folded deltas in a minute.
SKIP_DEAD = "ALTER FUNCTION betting_read_facts SET enable_bitmapscan TO off"
BEFORE = "ALTER FUNCTION betting_read_facts RESET enable_bitmapscan"


class Migration(migrations.Migration):
    dependencies = [("betting", "0019_keys_looked_up_one_by_one")]

    operations = [migrations.RunSQL(SKIP_DEAD, reverse_sql=BEFORE)]
