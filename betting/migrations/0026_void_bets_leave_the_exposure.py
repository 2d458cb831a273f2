"""Bets that are void by a window that stands already leave the exposure of their markets."""

from django.db import migrations

# Nobody may append meanwhile to what is added up; folds wait too.
LEAVE = """
    LOCK TABLE betting_exposure_delta IN SHARE ROW EXCLUSIVE MODE;
    SELECT betting_restate_exposure(market_id)
      FROM (SELECT DISTINCT market_id FROM betting_cancel_window WHERE is_active ORDER BY market_id) AS void;
"""


class Migration(migrations.Migration):
    dependencies = [("betting", "0025_exposure_without_void_bets")]

    operations = [migrations.RunSQL(LEAVE, reverse_sql=migrations.RunSQL.noop)]
