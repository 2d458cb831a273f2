"""The results that an outcome rests on stay the text they were written as: a row of history is read whole.

As `jsonb` each leg's document was taken apart and put together again for each slip.
"""

from importlib import import_module

from django.db import migrations

import project.kit.fields

_WRITTEN = import_module("betting.migrations.0014_settling_in_one_pass").WRITE.replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)
BEFORE = (
    import_module("betting.migrations.0029_singles_are_many").SINGLES
    + (_WRITTEN[_WRITTEN.index("-- Settle all other slips") :])
)
_WORDS = {
    "jsonb_build_object('selection_id', selection.id, 'version', selection.result_version) AS used": (
        """('{"selection_id":"' || selection.id || '","version":' || selection.result_version || '}')::json AS used"""
    ),
    "jsonb_build_array(one.used)": "json_build_array(one.used)",
    "jsonb_agg(facts.used ORDER BY": "json_agg(facts.used ORDER BY",
}


def write_as_text(functions: str) -> str:
    for taken_apart, as_written in _WORDS.items():
        assert taken_apart in functions
        functions = functions.replace(taken_apart, as_written)
    return functions


class Migration(migrations.Migration):
    dependencies = [("betting", "0030_place_margins")]

    operations = [
        migrations.AlterField("bethistory", "results_used", project.kit.fields.WrittenJsonField()),
        migrations.RunSQL(write_as_text(BEFORE), reverse_sql=BEFORE),
    ]
