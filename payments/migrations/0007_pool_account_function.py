"""The account of a pool: opened on first use, with an id that follows from the pool and the currency."""

from django.db import migrations

POOL_ACCOUNT = """
    CREATE FUNCTION ledger_pool_account(pool uuid, account_currency text) RETURNS uuid
    LANGUAGE plpgsql AS $$
    DECLARE
        pool_account_id uuid := md5('pool:' || pool || ':' || account_currency)::uuid;
    BEGIN
        IF NOT EXISTS (SELECT FROM payments_ledgeraccount WHERE id = pool_account_id) THEN
            INSERT INTO payments_ledgeraccount (
                id, kind, subject_id, currency, balance_minor, won_minor, lost_minor, version
            )
            VALUES (pool_account_id, 'pool', pool, account_currency, 0, 0, 0, 0)
            ON CONFLICT DO NOTHING;
        END IF;
        RETURN pool_account_id;
    END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0006_pool_accounts")]

    operations = [migrations.RunSQL(POOL_ACCOUNT, reverse_sql="DROP FUNCTION ledger_pool_account(uuid, text)")]
