"""The id of a house account is worked out by one function, which who only wants the id can ask."""

from importlib import import_module

from django.db import migrations

HOUSE_ID = """
    -- The id that the house's account of a kind and currency has, or will have: `ledger_house_account` opens it.
    CREATE FUNCTION ledger_house_id(account_kind text, account_currency text) RETURNS uuid
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN md5('house:' || account_kind || ':' || account_currency)::uuid;
"""

BEFORE = import_module("payments.migrations.0002_posting_transfers").HOUSE_ACCOUNT.replace(
    "CREATE", "CREATE OR REPLACE"
)
HOUSE_ACCOUNT = BEFORE.replace(
    "md5('house:' || account_kind || ':' || account_currency)::uuid", "ledger_house_id(account_kind, account_currency)"
)


class Migration(migrations.Migration):
    dependencies = [("payments", "0006_closed_up_to")]

    operations = [
        migrations.RunSQL(HOUSE_ID, reverse_sql="DROP FUNCTION ledger_house_id(text, text)"),
        migrations.RunSQL(HOUSE_ACCOUNT, reverse_sql=BEFORE),
    ]
