"""Streams know whether anybody listens: a change for many people is stored only for those who do.

For the others their number grows alone. Whoever comes back with an older position, or joined at the very moment, finds
the gap and starts from an image, which holds what was not stored.
"""

from django.db import migrations, models

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
    dependencies = [("kit", "0003_stream_append_in_sets")]

    operations = [
        migrations.AddField(model_name="streamhead", name="heard_at", field=models.DateTimeField(null=True)),
        migrations.RunSQL(HEARD, reverse_sql=FORGET),
    ]
