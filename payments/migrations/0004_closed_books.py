"""What the database refuses on the books: any change of a transfer, and any write outside the ledger's functions."""

from django.db import migrations

from project.kit.fields import append_only_sql

GUARDS = """
    -- A mistake anywhere in the code must not move money: writes are accepted only while a ledger function runs.
    CREATE FUNCTION ledger_refuse_outside() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF current_setting('touchline.ledger', true) IS DISTINCT FROM 'open' THEN
            RAISE EXCEPTION '% on % is refused outside the ledger functions', TG_OP, TG_TABLE_NAME
                USING ERRCODE = 'LG004';
        END IF;
        RETURN NULL;
    END $$;

    CREATE TRIGGER payments_transfer_through_ledger BEFORE INSERT ON payments_transfer
        FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_outside();
    CREATE TRIGGER payments_ledgeraccount_through_ledger BEFORE UPDATE ON payments_ledgeraccount
        FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_outside();
    CREATE TRIGGER payments_housemovement_through_ledger BEFORE INSERT OR UPDATE OR DELETE ON payments_housemovement
        FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_outside();

    -- An account opens empty and stays: its transfers name it for ever.
    CREATE FUNCTION ledger_refuse_opening_balance() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (NEW.balance_minor, NEW.won_minor, NEW.lost_minor) <> (0, 0, 0) OR NEW.overdrawn_by IS NOT NULL THEN
            RAISE EXCEPTION 'an account opens with a balance of zero' USING ERRCODE = 'LG004';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER payments_ledgeraccount_opens_empty BEFORE INSERT ON payments_ledgeraccount
        FOR EACH ROW EXECUTE FUNCTION ledger_refuse_opening_balance();
    CREATE TRIGGER payments_ledgeraccount_stays BEFORE DELETE OR TRUNCATE ON payments_ledgeraccount
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
    CREATE TRIGGER payments_housemovement_no_truncate BEFORE TRUNCATE ON payments_housemovement
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

DROP_GUARDS = """
    DROP TRIGGER payments_housemovement_no_truncate ON payments_housemovement;
    DROP TRIGGER payments_ledgeraccount_stays ON payments_ledgeraccount;
    DROP TRIGGER payments_ledgeraccount_opens_empty ON payments_ledgeraccount;
    DROP FUNCTION ledger_refuse_opening_balance();
    DROP TRIGGER payments_housemovement_through_ledger ON payments_housemovement;
    DROP TRIGGER payments_ledgeraccount_through_ledger ON payments_ledgeraccount;
    DROP TRIGGER payments_transfer_through_ledger ON payments_transfer;
    DROP FUNCTION ledger_refuse_outside();
"""


class Migration(migrations.Migration):
    replaces = [("payments", "0003_ledger_guards")]

    dependencies = [("payments", "0003_posting_in_bulk"), ("kit", "0002_streams_and_refusals")]

    operations = [
        migrations.RunSQL(*append_only_sql("payments_transfer")),
        migrations.RunSQL(GUARDS, reverse_sql=DROP_GUARDS),
    ]
