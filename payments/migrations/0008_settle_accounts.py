"""Settling bets in one call: the transfers of a batch and what it changes in the totals of won and lost."""

from django.db import migrations

SETTLE = """
    -- Post the transfers of settled bets and add to the totals of wallets; either may be NULL. Everybody concerned is
    -- locked at once, by id: the transfers alone lock winners and the totals losers too, and two batches that share
    -- people would then wait for each other in a circle.
    CREATE FUNCTION ledger_settle(transfers ledger_transfer[], results ledger_result[]) RETURNS void
    LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM ledger_lock(ARRAY(
            SELECT debit_account_id FROM unnest(transfers) WHERE overdrawn_by IS NOT NULL
            UNION SELECT credit_account_id FROM unnest(transfers)
            UNION SELECT account_id FROM unnest(results)));
        IF transfers IS NOT NULL THEN
            PERFORM ledger_post(transfers);
        END IF;
        IF results IS NOT NULL THEN
            PERFORM ledger_record_results(results);
        END IF;
    END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0007_pool_account_function")]

    operations = [
        migrations.RunSQL(SETTLE, reverse_sql="DROP FUNCTION ledger_settle(ledger_transfer[], ledger_result[])"),
    ]
