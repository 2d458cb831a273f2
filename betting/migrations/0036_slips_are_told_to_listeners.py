"""A slip is stored for its person's stream only where they have listened within a day; else the stream's number moves."""

from importlib import import_module

from django.db import migrations

_read = import_module("betting.migrations.0034_documents_are_read_once")
BEFORE = _read.read_once(_read.BEFORE)
_LAST = "AS told (slip, wallet))\n                      AS change)\n        );"
assert BEFORE.count(_LAST) == 1
TELL_LISTENERS = BEFORE.replace(_LAST, _LAST.replace("AS change)\n", "AS change),\n            true\n"))


class Migration(migrations.Migration):
    dependencies = [("betting", "0035_deltas_are_found_by_market"), ("kit", "0006_changes_for_listeners")]

    operations = [
        migrations.RunSQL(
            TELL_LISTENERS.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"),
            reverse_sql=BEFORE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"),
        ),
    ]
