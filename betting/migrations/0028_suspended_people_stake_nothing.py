"""Who may not log in any more stakes nothing: said where the rules of people are read."""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("betting.migrations.0018_own_rules").READ_OWN_RULES.replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)
_ANYBODY = "OR EXISTS (SELECT FROM accounts_gamblinglimit WHERE user_id = ANY (owner_ids))"
_BARRED = "SELECT FROM accounts_user WHERE id = ANY (owner_ids) AND NOT is_active"
_ANSWER = "RETURN json_build_object(\n"
_BARRED_IDS = """            'barred', (
                SELECT coalesce(json_agg(id), '[]'::json)
                  FROM accounts_user WHERE id = ANY (owner_ids) AND NOT is_active
            ),
"""
READ_OWN_RULES = BEFORE.replace(_ANYBODY, f"{_ANYBODY}\n                OR EXISTS ({_BARRED})").replace(
    _ANSWER, _ANSWER + _BARRED_IDS
)
assert _BARRED in READ_OWN_RULES and _BARRED_IDS in READ_OWN_RULES


class Migration(migrations.Migration):
    dependencies = [("betting", "0027_pool_entries_have_a_plural"), ("accounts", "0004_barred_people_are_found")]

    operations = [migrations.RunSQL(READ_OWN_RULES, reverse_sql=BEFORE)]
