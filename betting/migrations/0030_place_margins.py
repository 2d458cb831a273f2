"""What decides slips knows what the place odds of a market leave the house: new each-way bets need a margin."""

from importlib import import_module

from django.db import migrations

# CREATE OR REPLACE forgets what 0020 says.
_SKIP_DEAD = import_module("betting.migrations.0020_folded_rows_are_passed_over").SKIP_DEAD
BEFORE = f"{import_module('betting.migrations.0019_keys_looked_up_one_by_one').READ_FACTS}; {_SKIP_DEAD}"
# `place_margin` of the core, for markets with places alone: nobody else waits for it.
_PLACE_MARGIN = """market.each_way_denominator,
                           CASE WHEN market.each_way_places IS NOT NULL THEN (
                               SELECT sum(1.0::float8 / (
                                          1.0 + (runner.odds_milli / 1000.0::float8 - 1.0)
                                                * market.each_way_numerator / market.each_way_denominator
                                      )) / market.each_way_places - 1.0
                                 FROM betting_selection AS runner WHERE runner.market_id = market.id
                           ) END
"""


def with_place_margin(read_facts: str) -> str:
    """The function that reads facts, answering the margin of each market too."""
    assert "market.each_way_denominator\n" in read_facts
    return read_facts.replace("market.each_way_denominator\n", _PLACE_MARGIN)


READ_FACTS = with_place_margin(BEFORE)


class Migration(migrations.Migration):
    dependencies = [("betting", "0029_singles_are_many")]

    operations = [migrations.RunSQL(READ_FACTS, reverse_sql=BEFORE)]
