"""Changes are appended to streams by the database, for those who listen; append-only tables refuse change."""

from django.db import migrations

REFUSE_CHANGE = """
    -- What the triggers of append-only tables call: see `append_only_sql`.
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'integrity_constraint_violation';
    END $$;
"""

APPEND = """
    CREATE FUNCTION stream_append(topics text[], payloads jsonb[]) RETURNS void
    LANGUAGE plpgsql SET plan_cache_mode TO force_generic_plan AS $$
    BEGIN
        -- Heads are locked in the order of their names, so two transactions never wait for each other in a circle.
        -- The head's row lock is held until commit: numbers are gapless and in commit order.
        WITH given AS MATERIALIZED (
            SELECT topic, payload, row_number() OVER (PARTITION BY topic ORDER BY position) AS nth
              FROM unnest(topics, payloads) WITH ORDINALITY AS given (topic, payload, position)
        ), head AS (
            INSERT INTO kit_stream AS stored (name, epoch, seq)
            SELECT topic, to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), count(*)
              FROM given GROUP BY topic ORDER BY topic
            ON CONFLICT (name) DO UPDATE SET seq = stored.seq + excluded.seq
            RETURNING name, seq
        ), counted AS (
            SELECT topic, count(*) AS changes FROM given GROUP BY topic
        ), numbered AS MATERIALIZED (
            SELECT given.topic, head.seq - counted.changes + given.nth AS seq, given.payload
              FROM given
              JOIN head ON head.name = given.topic
              JOIN counted ON counted.topic = given.topic
        ), kept AS (
            INSERT INTO kit_outbox (stream, seq, payload)
            SELECT topic, seq, payload FROM numbered ORDER BY topic, seq
        )
        INSERT INTO kit_outbox_pending (stream, seq)
        SELECT topic, seq FROM numbered ORDER BY topic, seq;
    END $$;
"""

# For streams nobody listens to their number grows alone. Whoever comes back with an older position, or joins at the very
# moment, finds the gap and starts from an image, which holds what was not stored.
HEARD = """
    -- Which of these streams somebody has listened to within a day, as long as changes are kept.
    CREATE FUNCTION streams_heard(topics text[]) RETURNS text[] LANGUAGE sql STABLE AS $$
        SELECT coalesce(array_agg(name), '{}') FROM kit_stream
         WHERE name = ANY (topics) AND heard_at > now() - interval '1 day'
    $$;

    -- Give out one number of each stream without storing a change: positions before it lead to an image.
    CREATE FUNCTION stream_skip(topics text[]) RETURNS void LANGUAGE sql VOLATILE AS $$
        INSERT INTO kit_stream AS known (name, epoch, seq)
        SELECT topic, to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 1
          FROM (SELECT DISTINCT unnest(topics) AS topic) AS given ORDER BY topic
            ON CONFLICT (name) DO UPDATE SET seq = known.seq + 1
    $$;
"""

# Heads of streams change in place. A large event is stored uncompressed: it is written by settling thousands of slips,
# read once or twice, and mostly ids.
STORAGE = """
    ALTER TABLE kit_stream SET (fillfactor = 70);
    ALTER TABLE kit_event ALTER COLUMN payload SET STORAGE EXTERNAL;
"""
USUAL_STORAGE = """
    ALTER TABLE kit_event ALTER COLUMN payload SET STORAGE EXTENDED;
    ALTER TABLE kit_stream RESET (fillfactor);
"""

FORGET_HEARD = """
    DROP FUNCTION stream_skip(text[]);
    DROP FUNCTION streams_heard(text[]);
"""


class Migration(migrations.Migration):
    replaces = [
        ("kit", "0002_stream_append"),
        ("kit", "0003_stream_append_in_sets"),
        ("kit", "0004_heard_streams"),
        ("kit", "0005_changes_without_their_time"),
    ]

    dependencies = [("kit", "0001_events_and_streams")]

    operations = [
        migrations.RunSQL(REFUSE_CHANGE, reverse_sql="DROP FUNCTION refuse_change()"),
        migrations.RunSQL(APPEND, reverse_sql="DROP FUNCTION stream_append(text[], jsonb[])"),
        migrations.RunSQL(HEARD, reverse_sql=FORGET_HEARD),
        migrations.RunSQL(STORAGE, reverse_sql=USUAL_STORAGE),
    ]
