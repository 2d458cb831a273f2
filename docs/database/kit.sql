-- kit: the functions, types and triggers that migrations have made, as they are today.
-- Generated from a migrated database by `make protocol`; a test fails when it is behind. Why each is as it is stands in
-- the migrations, and in docs/decisions.

CREATE OR REPLACE FUNCTION refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $function$;

CREATE OR REPLACE FUNCTION stream_append(topics text[], payloads json[], are_for_listeners boolean DEFAULT false)
 RETURNS void
 LANGUAGE plpgsql
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
BEGIN
    -- Heads are locked in the order of their names, so two transactions never wait for each other in a circle.
    -- The head's row lock is held until commit: numbers are gapless and in commit order.
    WITH head AS (
        INSERT INTO kit_stream AS stored (name, epoch, seq, heard_at)
        SELECT topic, to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), count(*),
               CASE WHEN are_for_listeners THEN now() END
          FROM unnest(topics) AS topic GROUP BY topic ORDER BY topic
        ON CONFLICT (name) DO UPDATE SET seq = stored.seq + excluded.seq
        RETURNING name, seq, NOT are_for_listeners OR heard_at > now() - interval '1 day' AS is_stored
    ), numbered AS MATERIALIZED (
        SELECT given.topic, given.payload,
               head.seq + 1 - row_number() OVER (PARTITION BY given.topic ORDER BY given.position DESC) AS seq
          FROM unnest(topics, payloads) WITH ORDINALITY AS given (topic, payload, position)
          JOIN head ON head.name = given.topic AND head.is_stored
    ), kept AS (
        INSERT INTO kit_outbox (stream, seq, payload)
        SELECT topic, seq, payload FROM numbered ORDER BY topic, seq
    )
    INSERT INTO kit_outbox_pending (stream, seq)
    SELECT topic, seq FROM numbered ORDER BY topic, seq;
END $function$;

CREATE OR REPLACE FUNCTION stream_skip(topics text[])
 RETURNS void
 LANGUAGE sql
AS $function$
    INSERT INTO kit_stream AS known (name, epoch, seq)
    SELECT topic, to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 1
      FROM (SELECT DISTINCT unnest(topics) AS topic) AS given ORDER BY topic
        ON CONFLICT (name) DO UPDATE SET seq = known.seq + 1
$function$;

CREATE OR REPLACE FUNCTION streams_heard(topics text[])
 RETURNS text[]
 LANGUAGE sql
 STABLE
AS $function$
    SELECT coalesce(array_agg(name), '{}') FROM kit_stream
     WHERE name = ANY (topics) AND heard_at > now() - interval '1 day'
$function$;
