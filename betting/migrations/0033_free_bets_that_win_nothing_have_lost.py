"""A free bet that pays nothing beyond its token has lost: nothing of it comes back, so it is no partial return."""

from importlib import import_module

from django.db import migrations

_written = import_module("betting.migrations.0031_results_used_as_written")
BEFORE = _written.write_as_text(_written.BEFORE)
_WORDS = {
    "leg.numerator = 0 AS is_nothing": (
        "leg.numerator <= CASE WHEN slip.free_bet_id IS NULL THEN 0"
        " ELSE slip.remaining_stake_minor * leg.denominator END AS is_nothing"
    ),
    "one.numerator = 0 AS is_nothing": (
        "one.numerator <= CASE WHEN one.free_bet_id IS NULL THEN 0"
        " ELSE one.stake_minor * one.denominator END AS is_nothing"
    ),
}


def count_winnings_alone(functions: str) -> str:
    for whole_return, winnings in _WORDS.items():
        assert whole_return in functions
        functions = functions.replace(whole_return, winnings)
    return functions


class Migration(migrations.Migration):
    dependencies = [("betting", "0032_pools_follow_their_events")]

    operations = [migrations.RunSQL(count_winnings_alone(BEFORE), reverse_sql=BEFORE)]
