"""`stream_append`: sequence numbers, stored changes and the relay's queue in one statement."""

from django.db import migrations

CREATE = """
CREATE FUNCTION stream_append(topics text[], payloads jsonb[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    entry record;
    next_seq bigint;
BEGIN
    -- Heads are locked in the order of their names, so two transactions never wait for each other in a circle.
    -- The head's row lock is held until commit: numbers are gapless and in commit order.
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
    dependencies = [("kit", "0001_initial_tables")]

    operations = [migrations.RunSQL(CREATE, "DROP FUNCTION stream_append(text[], jsonb[])")]
