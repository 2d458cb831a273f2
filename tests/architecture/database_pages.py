"""What stands in the database beside its tables, as it is after all migrations: one page an app."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from django.apps import apps
from django.db import connection

PAGES: Final = Path(__file__).resolve().parent.parent.parent / "docs" / "database"
HEAD: Final = """-- {app}: the functions, types and triggers that migrations have made, as they are today.
-- Generated from a migrated database by `make protocol`; a test fails when it is behind. Why each is as it is stands in
-- the migrations, and in docs/decisions.
"""
# Functions are named by what they work on, which is not always the app's name.
_APPS: Final = {"ledger": "payments", "stream": "kit", "streams": "kit", "refuse": "kit"}
_TYPES: Final = """
    SELECT type.relname, format(E'CREATE TYPE %s AS (\\n%s\\n);', type.relname, string_agg(
               format('        %s %s', attribute.attname, format_type(attribute.atttypid, attribute.atttypmod)),
               E',\\n' ORDER BY attribute.attnum))
      FROM pg_class AS type
      JOIN pg_attribute AS attribute ON attribute.attrelid = type.oid
     WHERE type.relkind = 'c' AND type.relnamespace = 'public'::regnamespace
     GROUP BY type.relname
     ORDER BY type.relname
"""
_AGGREGATES: Final = """
    SELECT function.proname, format('CREATE AGGREGATE %s(%s) (SFUNC = %s, STYPE = %s, INITCOND = %L);',
               function.proname, pg_get_function_identity_arguments(function.oid), made.aggtransfn::regproc,
               format_type(made.aggtranstype, NULL), made.agginitval)
      FROM pg_aggregate AS made
      JOIN pg_proc AS function ON function.oid = made.aggfnoid
     WHERE function.pronamespace = 'public'::regnamespace
     ORDER BY function.proname
"""
_FUNCTIONS: Final = """
    SELECT function.proname, rtrim(pg_get_functiondef(function.oid), E'\n') || ';'
      FROM pg_proc AS function
     WHERE function.pronamespace = 'public'::regnamespace AND function.prokind = 'f'
       AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = function.oid AND deptype = 'e')
     ORDER BY function.proname, pg_get_function_identity_arguments(function.oid)
"""
_TRIGGERS: Final = """
    SELECT table_.relname, pg_get_triggerdef(trigger.oid) || ';'
      FROM pg_trigger AS trigger
      JOIN pg_class AS table_ ON table_.oid = trigger.tgrelid
     WHERE NOT trigger.tgisinternal AND table_.relnamespace = 'public'::regnamespace
     ORDER BY table_.relname, trigger.tgname
"""


def read_pages() -> dict[str, str]:
    """The text of each page by its file's name. Every object belongs to an app of ours."""
    ours = {config.label for config in apps.get_app_configs()}
    parts: dict[str, list[str]] = {}
    for query in (_TYPES, _AGGREGATES, _FUNCTIONS, _TRIGGERS):
        for name, text in _read(query):
            prefix = name.split("_")[0]
            app = _APPS.get(prefix, prefix)
            assert app in ours, f"{name} names no app"
            parts.setdefault(app, []).append(_tidy(text))
    return {f"{app}.sql": "\n\n".join([HEAD.format(app=app).strip(), *texts]) + "\n" for app, texts in parts.items()}


def _read(query: str) -> Iterable[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def _tidy(text: str) -> str:
    """Without the schema that is everybody's, and without the indentation that migrations have."""
    lines = [line.rstrip() for line in text.replace("public.", "").split("\n")]
    return "\n".join(line.removeprefix("    ") if line.startswith("    ") else line for line in lines)
