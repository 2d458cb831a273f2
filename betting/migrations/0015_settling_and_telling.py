"""A range is settled by the functions that write in one pass, and the database tells what nobody has to be told in person."""

from django.db import migrations

FREE_BETS = """
    -- A slip that is void as a whole gives its token back, unless another slip has been placed with it since and stands;
    -- one that no longer is void takes the token, if it is still there.
    CREATE FUNCTION betting_return_free_bets(slip_ids uuid[]) RETURNS void LANGUAGE sql VOLATILE AS $$
        UPDATE betting_free_bet AS token
           SET status = CASE slip.status WHEN 'void' THEN 'available' ELSE 'used' END
          FROM betting_slip AS slip
         WHERE slip.id = ANY (slip_ids)
           AND token.id = slip.free_bet_id
           AND token.status = CASE slip.status WHEN 'void' THEN 'used' ELSE 'available' END
           AND (slip.status <> 'void' OR NOT EXISTS (
                    SELECT FROM betting_slip AS other
                     WHERE other.free_bet_id = token.id AND other.status NOT IN ('void', 'rejected')))
    $$;
"""

SETTLE = """
    -- Settle one waiting range of an event that no other worker has; `is_claimed` is false when there is none.
    -- Locks slips, then accounts by id. `people` lists who has which slips with a changed outcome or payout.
    CREATE FUNCTION betting_settle(
        settled_event uuid, score text, settled_time timestamptz,
        OUT is_claimed boolean, OUT slips_settled integer, OUT people jsonb
    ) LANGUAGE plpgsql AS $$
    DECLARE
        claimed betting_settlement_range;
        written betting_written;
        transfers ledger_transfer[];
        results ledger_result[];
        token_slips uuid[];
    BEGIN
        slips_settled := 0;
        DELETE FROM betting_settlement_range WHERE id = (
            SELECT id FROM betting_settlement_range WHERE event_id = settled_event
             ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
        ) RETURNING * INTO claimed;
        is_claimed := claimed.id IS NOT NULL;
        IF NOT is_claimed THEN
            RETURN;
        END IF;

        written := betting_write_singles(
            settled_event, claimed.from_user, claimed.from_slip, claimed.to_user, claimed.to_slip, score, settled_time);
        LOOP
            slips_settled := slips_settled + written.slips;
            transfers := transfers || written.transfers;
            results := results || written.results;
            token_slips := token_slips || written.token_slips;
            IF people IS NULL THEN
                people := written.people;
            ELSIF written.people IS NOT NULL THEN
                SELECT jsonb_agg(jsonb_build_object('user_id', user_id, 'slip_ids', slip_ids) ORDER BY user_id)
                  INTO people
                  FROM (SELECT person ->> 'user_id' AS user_id, jsonb_agg(slip_id) AS slip_ids
                          FROM jsonb_array_elements(people || written.people) AS person
                         CROSS JOIN jsonb_array_elements(person -> 'slip_ids') AS slip_id
                         GROUP BY 1) AS one;
            END IF;
            EXIT WHEN written.is_complete;
            written := betting_write_multiples(
                settled_event, claimed.from_user, claimed.from_slip, claimed.to_user, claimed.to_slip,
                score, settled_time);
        END LOOP;
        PERFORM ledger_settle(transfers, results);
        IF token_slips IS NOT NULL THEN
            PERFORM betting_return_free_bets(token_slips);
        END IF;
        people := coalesce(people, '[]');
    END $$;
"""

TELL = """
    -- Settle one range, record the fact, and give out a number of each person's stream that nobody listens to. `heard`
    -- lists those of `people` who do listen: what they are told is the caller's to write, last.
    CREATE FUNCTION betting_settle_and_tell(
        settled_event uuid, score text, settled_time timestamptz, fact_type text, topic_pattern text,
        OUT is_claimed boolean, OUT slips_settled integer, OUT heard jsonb
    ) LANGUAGE plpgsql AS $$
    DECLARE
        people jsonb;
        topics text[];
        heard_topics text[];
    BEGIN
        SELECT range.is_claimed, range.slips_settled, range.people INTO is_claimed, slips_settled, people
          FROM betting_settle(settled_event, score, settled_time) AS range;
        heard := '[]';
        IF people IS NULL OR people = '[]' THEN
            RETURN;
        END IF;
        INSERT INTO kit_event (type, payload)
        VALUES (fact_type, jsonb_build_object('type', fact_type, 'event_id', settled_event, 'people', people));
        topics := ARRAY(SELECT replace(topic_pattern, '{user_id}', person ->> 'user_id')
                          FROM jsonb_array_elements(people) AS person);
        heard_topics := streams_heard(topics);
        IF cardinality(heard_topics) > 0 THEN
            SELECT jsonb_agg(person) INTO heard
              FROM jsonb_array_elements(people) AS person
             WHERE replace(topic_pattern, '{user_id}', person ->> 'user_id') = ANY (heard_topics);
            topics := ARRAY(SELECT unnest(topics) EXCEPT SELECT unnest(heard_topics));
        END IF;
        PERFORM stream_skip(topics);
    END $$;
"""

DROP = """
    DROP FUNCTION betting_settle_and_tell(uuid, text, timestamptz, text, text);
    DROP FUNCTION betting_settle(uuid, text, timestamptz);
    DROP FUNCTION betting_return_free_bets(uuid[]);
"""


class Migration(migrations.Migration):
    replaces = [("betting", "0020_pay_settlements"), ("betting", "0021_tokens_of_running_slips")]

    dependencies = [("betting", "0014_settling_in_one_pass"), ("kit", "0002_streams_and_refusals")]

    operations = [migrations.RunSQL(FREE_BETS + SETTLE + TELL, reverse_sql=DROP)]
