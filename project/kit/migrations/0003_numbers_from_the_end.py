"""Changes are numbered from the end of what their stream's head has become."""

from importlib import import_module

from django.db import migrations

APPEND = """
    CREATE OR REPLACE FUNCTION stream_append(topics text[], payloads jsonb[]) RETURNS void
    LANGUAGE plpgsql SET plan_cache_mode TO force_generic_plan AS $$
    BEGIN
        -- Heads are locked in the order of their names, so two transactions never wait for each other in a circle.
        -- The head's row lock is held until commit: numbers are gapless and in commit order.
        WITH head AS (
            INSERT INTO kit_stream AS stored (name, epoch, seq)
            SELECT topic, to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), count(*)
              FROM unnest(topics) AS topic GROUP BY topic ORDER BY topic
            ON CONFLICT (name) DO UPDATE SET seq = stored.seq + excluded.seq
            RETURNING name, seq
        ), numbered AS MATERIALIZED (
            SELECT given.topic, given.payload,
                   head.seq + 1 - row_number() OVER (PARTITION BY given.topic ORDER BY given.position DESC) AS seq
              FROM unnest(topics, payloads) WITH ORDINALITY AS given (topic, payload, position)
              JOIN head ON head.name = given.topic
        ), kept AS (
            INSERT INTO kit_outbox (stream, seq, payload)
            SELECT topic, seq, payload FROM numbered ORDER BY topic, seq
        )
        INSERT INTO kit_outbox_pending (stream, seq)
        SELECT topic, seq FROM numbered ORDER BY topic, seq;
    END $$;
"""
BEFORE = import_module("project.kit.migrations.0002_streams_and_refusals").APPEND.replace("CREATE", "CREATE OR REPLACE")


class Migration(migrations.Migration):
    dependencies = [("kit", "0002_streams_and_refusals")]

    operations = [migrations.RunSQL(APPEND, reverse_sql=BEFORE)]
