"""Streams know whether anybody listens: a change for many people is stored only for those who do.

For the others their number grows alone. Whoever comes back with an older position, or joined at the very moment, finds
the gap and starts from an image, which holds what was not stored.
"""

from django.db import migrations, models

APPEND = """
    -- Heads are locked in the order of their names, so two transactions never wait for each other in a circle.
    -- The head's row lock is held until commit: numbers are gapless and in commit order.
    CREATE OR REPLACE FUNCTION stream_append(topics text[], payloads jsonb[]) RETURNS void LANGUAGE plpgsql AS $$
    DECLARE
        entry record;
        next_seq bigint;
        new_epoch text := to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint);
    BEGIN
        IF cardinality(topics) > 4 THEN
            WITH given AS MATERIALIZED (
                SELECT topic, payload, row_number() OVER (PARTITION BY topic ORDER BY place) AS number,
                       count(*) OVER (PARTITION BY topic) AS total
                  FROM unnest(topics, payloads) WITH ORDINALITY AS given (topic, payload, place)
            ), head AS (
                INSERT INTO kit_stream AS known (name, epoch, seq)
                SELECT topic, new_epoch, count(*) FROM given GROUP BY topic ORDER BY topic
                    ON CONFLICT (name) DO UPDATE SET seq = known.seq + excluded.seq
                RETURNING name, seq
            ), numbered AS MATERIALIZED (
                SELECT given.topic, given.payload, head.seq - given.total + given.number AS seq
                  FROM given JOIN head ON head.name = given.topic
            ), stored AS (
                INSERT INTO kit_outbox (stream, seq, payload)
                SELECT topic, seq, payload FROM numbered ORDER BY topic, seq
            )
            INSERT INTO kit_outbox_pending (stream, seq) SELECT topic, seq FROM numbered ORDER BY topic, seq;
            RETURN;
        END IF;
        -- One or two changes, as nearly every action makes: planning is kept, and nothing is sorted.
        FOR entry IN
            SELECT topic, payload FROM unnest(topics, payloads) WITH ORDINALITY AS given (topic, payload, position)
             ORDER BY topic, position
        LOOP
            INSERT INTO kit_stream AS head (name, epoch, seq)
            VALUES (entry.topic, new_epoch, 1)
            ON CONFLICT (name) DO UPDATE SET seq = head.seq + 1
            RETURNING head.seq INTO next_seq;
            INSERT INTO kit_outbox (stream, seq, payload) VALUES (entry.topic, next_seq, entry.payload);
            INSERT INTO kit_outbox_pending (stream, seq) VALUES (entry.topic, next_seq);
        END LOOP;
    END $$;
"""

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
    ALTER TABLE kit_stream SET (fillfactor = 70);
"""
FORGET = """
    ALTER TABLE kit_stream RESET (fillfactor);
    DROP FUNCTION stream_skip(text[]);
    DROP FUNCTION streams_heard(text[]);
"""


class Migration(migrations.Migration):
    dependencies = [("kit", "0002_stream_append")]

    operations = [
        migrations.AddField(model_name="streamhead", name="heard_at", field=models.DateTimeField(null=True)),
        migrations.RunSQL(APPEND, reverse_sql=migrations.RunSQL.noop),
        migrations.RunSQL(HEARD, reverse_sql=FORGET),
    ]
