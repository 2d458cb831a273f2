"""Changes of people's own streams can be stored for those alone who listen."""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("project.kit.migrations.0004_documents_as_they_are_written").APPEND
# The head is locked when it is asked whether somebody listens: who begins to waits for this transaction, and has its
# effects in the image. A stream that begins counts as heard, as one that a listener opens does.
_WORDS = {
    "payloads json[])": "payloads json[], are_for_listeners boolean DEFAULT false)",
    "AS stored (name, epoch, seq)": "AS stored (name, epoch, seq, heard_at)",
    "count(*)\n": "count(*),\n                   CASE WHEN are_for_listeners THEN now() END\n",
    "RETURNING name, seq\n": (
        "RETURNING name, seq, NOT are_for_listeners OR heard_at > now() - interval '1 day' AS is_stored\n"
    ),
    "JOIN head ON head.name = given.topic\n": "JOIN head ON head.name = given.topic AND head.is_stored\n",
}


def ask_for_listeners(function: str) -> str:
    for for_all, for_listeners in _WORDS.items():
        assert function.count(for_all) == 1, for_all
        function = function.replace(for_all, for_listeners)
    return function


class Migration(migrations.Migration):
    dependencies = [("kit", "0005_keys_of_their_own")]

    operations = [
        migrations.RunSQL("DROP FUNCTION stream_append(text[], json[])", reverse_sql=BEFORE),
        migrations.RunSQL(
            ask_for_listeners(BEFORE), reverse_sql="DROP FUNCTION stream_append(text[], json[], boolean)"
        ),
    ]
