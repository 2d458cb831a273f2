"""What happened stays, and costs little to keep: tables that refuse change, legs that change only while a slip waits, and how
the tables of slips are stored.

A leg of a delayed slip may be struck anew until it has settled, others never.
"""

from django.db import migrations

from project.kit.fields import append_only_sql

LEGS_ARE_FACTS = """
    CREATE FUNCTION betting_refuse_leg_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND EXISTS (
            SELECT FROM betting_slip WHERE id = OLD.slip_id
               AND (status = 'pending_delay' OR (settlement_no = 0 AND accepted_at > placed_at))
        ) AND (NEW.id, NEW.slip_id, NEW.position, NEW.selection_id, NEW.user_id)
            = (OLD.id, OLD.slip_id, OLD.position, OLD.selection_id, OLD.user_id) THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'integrity_constraint_violation';
    END $$;
    CREATE TRIGGER betting_leg_append_only BEFORE UPDATE OR DELETE ON betting_leg
        FOR EACH ROW EXECUTE FUNCTION betting_refuse_leg_change();
    CREATE TRIGGER betting_leg_no_truncate BEFORE TRUNCATE ON betting_leg
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
LEGS_CHANGE = """
    DROP TRIGGER betting_leg_no_truncate ON betting_leg;
    DROP TRIGGER betting_leg_append_only ON betting_leg;
    DROP FUNCTION betting_refuse_leg_change();
"""

# History is numbered as it is written, so a block range index finds a row by its number and costs nothing to keep.
LEAN_HISTORY = """
    ALTER TABLE betting_history DROP CONSTRAINT betting_history_pkey;
    CREATE INDEX betting_history_number ON betting_history USING brin (id) WITH (autosummarize = on);
"""
FULL_HISTORY = """
    DROP INDEX betting_history_number;
    ALTER TABLE betting_history ADD PRIMARY KEY (id);
"""

# Rows of legs are found by slip and by event; ids made in the order of time need no unique index of their own.
LEAN_LEGS = """
    ALTER TABLE betting_leg DROP CONSTRAINT betting_leg_pkey;
    ALTER TABLE betting_leg ALTER COLUMN id SET DEFAULT uuidv7();
    CREATE INDEX betting_leg_number ON betting_leg USING brin (id);
"""
FULL_LEGS = """
    DROP INDEX betting_leg_number;
    ALTER TABLE betting_leg ALTER COLUMN id DROP DEFAULT;
    ALTER TABLE betting_leg ADD PRIMARY KEY (id);
"""

# Settlement updates every slip of a page at once: room for its new versions keeps the indexes untouched.
ROOM_FOR_UPDATES = "ALTER TABLE betting_slip SET (fillfactor = 60)"
NO_ROOM_FOR_UPDATES = "ALTER TABLE betting_slip RESET (fillfactor)"

APPEND_ONLY = (
    "betting_price_point",
    "betting_selection_result",
    "betting_history",
    "betting_desk_record",
    "betting_cash_out",
    "betting_strategy_version",
)


class Migration(migrations.Migration):
    replaces = [
        ("betting", "0004_append_only_history"),
        ("betting", "0015_strategy_versions_stay"),
        ("betting", "0018_settlement_ranges"),
    ]

    dependencies = [("betting", "0009_books_and_prices"), ("kit", "0002_streams_and_refusals")]

    operations = [
        *(migrations.RunSQL(*append_only_sql(table)) for table in APPEND_ONLY),
        migrations.RunSQL(LEGS_ARE_FACTS, reverse_sql=LEGS_CHANGE),
        migrations.RunSQL(LEAN_HISTORY, reverse_sql=FULL_HISTORY),
        migrations.RunSQL(LEAN_LEGS, reverse_sql=FULL_LEGS),
        migrations.RunSQL(ROOM_FOR_UPDATES, reverse_sql=NO_ROOM_FOR_UPDATES),
    ]
