"""`stream_append` takes any number of changes in one statement: a batch of slips writes for dozens of people."""

from django.db import migrations

APPEND = """
    CREATE OR REPLACE FUNCTION stream_append(topics text[], payloads jsonb[]) RETURNS void
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

APPEND_BEFORE = """
    CREATE OR REPLACE FUNCTION stream_append(topics text[], payloads jsonb[]) RETURNS void
    LANGUAGE plpgsql AS $$
    DECLARE
        entry record;
        next_seq bigint;
    BEGIN
        FOR entry IN
            SELECT topic, payload FROM unnest(topics, payloads) WITH ORDINALITY AS given (topic, payload, position)
             ORDER BY topic, position
        LOOP
            INSERT INTO kit_stream AS head (name, epoch, seq)
            VALUES (entry.topic, to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 1)
            ON CONFLICT (name) DO UPDATE SET seq = head.seq + 1
            RETURNING head.seq INTO next_seq;
            INSERT INTO kit_outbox (stream, seq, payload) VALUES (entry.topic, next_seq, entry.payload);
            INSERT INTO kit_outbox_pending (stream, seq) VALUES (entry.topic, next_seq);
        END LOOP;
    END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("kit", "0002_stream_append")]

    operations = [migrations.RunSQL(APPEND, reverse_sql=APPEND_BEFORE)]
