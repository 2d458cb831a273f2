"""Windows of the same bets become one row: void if any of them is, with the newest time of all."""

from django.db import migrations

JOIN = """
    WITH ranked AS (
        SELECT id, row_number() OVER (same ORDER BY is_active DESC, produced_at DESC, id) AS place,
               max(produced_at) OVER same AS newest
          FROM betting_cancel_window
        WINDOW same AS (PARTITION BY market_id, starts_at, ends_at)
    ), gone AS (
        DELETE FROM betting_cancel_window AS one USING ranked WHERE one.id = ranked.id AND ranked.place > 1
    )
    UPDATE betting_cancel_window AS one SET produced_at = ranked.newest
      FROM ranked
     WHERE one.id = ranked.id AND ranked.place = 1 AND one.produced_at <> ranked.newest;
"""


class Migration(migrations.Migration):
    dependencies = [("betting", "0022_books_know_results")]

    operations = [migrations.RunSQL(JOIN, reverse_sql=migrations.RunSQL.noop)]
