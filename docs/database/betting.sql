-- betting: the functions, types and triggers that migrations have made, as they are today.
-- Generated from a migrated database by `make protocol`; a test fails when it is behind. Why each is as it is stands in
-- the migrations, and in docs/decisions.

CREATE TYPE betting_lines AS (
    numerator numeric,
    denominator numeric
);

CREATE TYPE betting_written AS (
    slips integer,
    is_complete boolean,
    transfers ledger_transfer[],
    results ledger_result[],
    people jsonb,
    token_slips uuid[]
);

CREATE AGGREGATE betting_product(numeric) (SFUNC = numeric_mul, STYPE = numeric, INITCOND = '1');

CREATE OR REPLACE FUNCTION betting_deducted(of_market uuid, placed timestamp with time zone)
 RETURNS integer
 LANGUAGE sql
 STABLE
AS $function$
    SELECT least(90, coalesce(sum(percent), 0))::integer FROM betting_deduction
     WHERE market_id = of_market AND is_active AND placed < placed_before
$function$;

CREATE OR REPLACE FUNCTION betting_is_cancelled(of_market uuid, placed timestamp with time zone)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
    SELECT EXISTS (
        SELECT FROM betting_cancel_window
         WHERE market_id = of_market AND is_active
           AND (starts_at IS NULL OR placed >= starts_at) AND (ends_at IS NULL OR placed < ends_at)
    )
$function$;

CREATE OR REPLACE FUNCTION betting_judge_slips(slip_ids uuid[], odds integer[], promises bigint[], rejections jsonb, now_is timestamp with time zone, leg_slips uuid[], leg_positions integer[], leg_odds integer[], freed_bets uuid[], risk_markets uuid[], risk_selections uuid[], risk_currencies text[], risk_stakes bigint[], risk_payouts bigint[], transfer_kinds text[], transfer_slips uuid[], transfer_debits uuid[], transfer_credits uuid[], transfer_amounts bigint[], transfer_texts text[])
 RETURNS void
 LANGUAGE plpgsql
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
BEGIN
    UPDATE betting_slip AS slip
       SET status = CASE WHEN judged.rejection = 'null' THEN 'accepted' ELSE 'rejected' END,
           rejection = nullif(judged.rejection, 'null'),
           accepted_at = CASE WHEN judged.rejection = 'null' THEN now_is END,
           due_at = NULL,
           odds_milli = judged.odds,
           potential_win_minor = judged.promise
      FROM (SELECT given.id, given.odds, given.promise, rejections -> (given.place - 1)::integer AS rejection
              FROM unnest(slip_ids, odds, promises) WITH ORDINALITY AS given (id, odds, promise, place)) AS judged
     WHERE slip.id = judged.id AND slip.status = 'pending_delay';

    UPDATE betting_leg AS leg
       SET odds_milli = struck.odds
      FROM unnest(leg_slips, leg_positions, leg_odds) AS struck (slip_id, position, odds)
     WHERE leg.slip_id = struck.slip_id AND leg.position = struck.position AND leg.odds_milli <> struck.odds;

    INSERT INTO betting_exposure_delta (market_id, selection_id, currency, stake_minor, payout_minor)
    SELECT * FROM unnest(risk_markets, risk_selections, risk_currencies, risk_stakes, risk_payouts);

    UPDATE betting_free_bet SET status = 'available' WHERE id = ANY (freed_bets) AND status = 'used';

    PERFORM FROM ledger_post(ARRAY(
        SELECT ROW(transfer.kind, transfer.slip_id::text, 0, transfer.debit, transfer.credit, transfer.amount,
                   'slip', transfer.slip_id, transfer.description, NULL)::ledger_transfer
          FROM unnest(transfer_kinds, transfer_slips, transfer_debits, transfer_credits, transfer_amounts,
                      transfer_texts) WITH ORDINALITY
            AS transfer (kind, slip_id, debit, credit, amount, description, place)
         ORDER BY transfer.place
    ));
END $function$;

CREATE OR REPLACE FUNCTION betting_plan_settlement(settled_event uuid, slips_max integer)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
DECLARE
    planned integer;
BEGIN
    DELETE FROM betting_settlement_range WHERE id IN (
        SELECT id FROM betting_settlement_range WHERE event_id = settled_event FOR UPDATE SKIP LOCKED
    );
    INSERT INTO betting_settlement_range (event_id, from_user, from_slip, to_user, to_slip)
    SELECT settled_event,
           lag(user_id, 1, '00000000-0000-0000-0000-000000000000') OVER place,
           lag(slip_id, 1, '00000000-0000-0000-0000-000000000000') OVER place,
           CASE WHEN lead(user_id) OVER place IS NULL THEN 'ffffffff-ffff-ffff-ffff-ffffffffffff' ELSE user_id END,
           CASE WHEN lead(user_id) OVER place IS NULL THEN 'ffffffff-ffff-ffff-ffff-ffffffffffff' ELSE slip_id END
      FROM (SELECT user_id, slip_id,
                   row_number() OVER (ORDER BY user_id, slip_id) AS number,
                   lead(user_id) OVER (ORDER BY user_id, slip_id) IS NULL AS is_last
              FROM betting_leg WHERE event_id = settled_event) AS walked
     WHERE number % slips_max = 0 OR is_last
    WINDOW place AS (ORDER BY user_id, slip_id);
    GET DIAGNOSTICS planned = ROW_COUNT;
    RETURN planned;
END $function$;

CREATE OR REPLACE FUNCTION betting_played(person uuid, coin text, measure text, since timestamp with time zone)
 RETURNS TABLE(counted_minor bigint, waiting_minor bigint, first_at timestamp with time zone)
 LANGUAGE plpgsql
 STABLE
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
AS $function$
BEGIN
    RETURN QUERY
    SELECT coalesce(sum(taken.minor) FILTER (WHERE NOT taken.is_waiting), 0)::bigint,
           coalesce(sum(taken.minor) FILTER (WHERE taken.is_waiting), 0)::bigint,
           min(taken.placed_at) FILTER (WHERE taken.minor > 0)
      FROM (SELECT slip.placed_at, slip.status = 'pending_delay' AS is_waiting,
                   slip.stake_minor - CASE WHEN measure = 'loss'
                       THEN slip.cashed_out_minor + coalesce(slip.payout_minor, 0) ELSE 0 END AS minor
              FROM betting_slip AS slip
             WHERE slip.user_id = person AND slip.placed_at > since AND slip.currency = coin
               AND slip.free_bet_id IS NULL AND slip.status <> 'rejected'
               AND (measure = 'loss' OR slip.status <> 'void')
            UNION ALL
            SELECT ticket.placed_at, false,
                   ticket.stake_minor - CASE WHEN measure = 'loss' THEN ticket.payout_minor ELSE 0 END
              FROM betting_pool_entry AS ticket
              JOIN betting_pool AS pool ON pool.id = ticket.pool_id
             WHERE ticket.user_id = person AND ticket.placed_at > since AND pool.currency = coin
               AND (measure = 'loss' OR ticket.status <> 'refunded')) AS taken;
END $function$;

CREATE OR REPLACE FUNCTION betting_read_book(book_event uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
AS $function$
DECLARE
    book betting_event_book;
BEGIN
    SELECT * INTO book FROM betting_event_book WHERE event_id = book_event FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        INSERT INTO betting_event_book (
            event_id, version, priced_state_version, priced_incident_seq,
            graded_result_version, settled_result_version, created_at
        )
        VALUES (book_event, 0, 0, -1, 0, 0, now())
        ON CONFLICT DO NOTHING;
        SELECT * INTO STRICT book FROM betting_event_book WHERE event_id = book_event FOR NO KEY UPDATE;
    END IF;
    RETURN jsonb_build_object(
        'version', book.version,
        'priced_state_version', book.priced_state_version,
        'graded_result_version', book.graded_result_version,
        'status', (SELECT event.status FROM sports_event AS event WHERE event.id = book_event),
        'state', (SELECT to_jsonb(live) FROM sports_live_state AS live WHERE live.event_id = book_event),
        'markets', (
            SELECT coalesce(jsonb_agg(jsonb_build_array(
                       market.id, market.key, market.market_type, market.specifiers,
                       CASE WHEN market.is_stopped AND market.status = 'active' THEN 'suspended' ELSE market.status END,
                       (SELECT jsonb_agg(jsonb_build_array(
                                   selection.id, selection.outcome, selection.name, selection.odds_milli,
                                   selection.held_odds_milli, selection.pressure, selection.result <> ''
                               ) ORDER BY selection.sort)
                          FROM betting_selection AS selection
                         WHERE selection.market_id = market.id)
                   ) ORDER BY market.sort), '[]'::jsonb)
              FROM betting_market AS market
             WHERE market.event_id = book_event
        ),
        'exposure', (
            SELECT coalesce(jsonb_agg(jsonb_build_array(
                       exposure.selection_id, exposure.currency, exposure.stake_minor, exposure.payout_minor
                   )), '[]'::jsonb)
              FROM betting_market AS market
              JOIN betting_exposure AS exposure ON exposure.market_id = market.id
             WHERE market.event_id = book_event AND market.status IN ('active', 'suspended')
        )
    );
END $function$;

CREATE OR REPLACE FUNCTION betting_read_facts(selection_ids uuid[], owner_ids uuid[], owner_currencies text[], owner_keys text[], free_bet_ids uuid[], is_locking boolean, is_holding boolean)
 RETURNS text
 LANGUAGE plpgsql
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_bitmapscan TO 'off'
AS $function$
DECLARE
    event_ids uuid[];
    market_ids uuid[];
    sports text[];
BEGIN
    -- Which market and event a selection belongs to never changes, nor does a market's sport.
    SELECT array_agg(DISTINCT market.id), array_agg(DISTINCT market.event_id), array_agg(DISTINCT market.sport)
      INTO market_ids, event_ids, sports
      FROM betting_selection AS selection
      JOIN betting_market AS market ON market.id = selection.market_id
     WHERE selection.id = ANY (selection_ids);
    IF is_locking THEN
        PERFORM pg_advisory_xact_lock_shared(hashtextextended(name, 0))
           FROM unnest(
                    ARRAY['switch:all']
                 || ARRAY(SELECT 'switch:sport:' || slug FROM unnest(sports) AS slug ORDER BY slug COLLATE "C")
                 || ARRAY(SELECT 'event:' || id FROM unnest(event_ids) AS id ORDER BY id)
                 || ARRAY(SELECT 'market:' || id FROM unnest(market_ids) AS id ORDER BY id)
                ) AS name;
        IF cardinality(free_bet_ids) > 0 THEN
            PERFORM FROM betting_free_bet WHERE id = ANY (free_bet_ids) ORDER BY id FOR UPDATE;
        END IF;
        PERFORM FROM ledger_lock(ARRAY(
            SELECT wallet.available_account_id
              FROM payments_wallet AS wallet
             WHERE wallet.user_id = ANY (owner_ids) AND wallet.currency = ANY (owner_currencies)
            UNION ALL
            SELECT wallet.held_account_id
              FROM payments_wallet AS wallet
             WHERE is_holding AND wallet.user_id = ANY (owner_ids) AND wallet.currency = ANY (owner_currencies)
        ));
    END IF;
    RETURN json_build_object(
        'switches', (
            SELECT coalesce(json_agg(json_build_array(scope, is_stopped, stop_count)), '[]'::json)
              FROM betting_switch
        ),
        'events', (
            SELECT coalesce(json_agg(json_build_array(
                       event.id, event.name, sport.slug, event.status, extract(epoch FROM event.start_time),
                       live.phase, live.minute, live.added, live.home_goals, live.away_goals, live.incident_seq,
                       live.version, live.is_betting_stopped, live.stop_reason, live.stop_count,
                       extract(epoch FROM live.updated_at), book.version, book.priced_state_version,
                       book.priced_incident_seq, book.is_suspended, book.stop_count
                   )), '[]'::json)
              FROM sports_event AS event
              JOIN sports_sport AS sport ON sport.id = event.sport_id
              JOIN sports_live_state AS live ON live.event_id = event.id
              JOIN betting_event_book AS book ON book.event_id = event.id
             WHERE event.id = ANY (event_ids)
        ),
        'markets', (
            SELECT coalesce(json_agg(json_build_array(
                       market.id, market.event_id, market.sport, market.market_type, market.name, market.status,
                       market.stop_count, market.each_way_places, market.each_way_numerator,
                       market.each_way_denominator,
                       CASE WHEN market.each_way_places IS NOT NULL THEN (
                           SELECT sum(1.0::float8 / (
                                      1.0 + (runner.odds_milli / 1000.0::float8 - 1.0)
                                            * market.each_way_numerator / market.each_way_denominator
                                  )) / market.each_way_places - 1.0
                             FROM betting_selection AS runner WHERE runner.market_id = market.id
                       ) END
                   )), '[]'::json)
              FROM betting_market AS market
             WHERE market.id = ANY (market_ids)
        ),
        'selections', (
            SELECT coalesce(json_agg(json_build_array(
                       selection.id, selection.market_id, selection.outcome, selection.name, selection.odds_milli,
                       selection.probability, selection.result <> ''
                   )), '[]'::json)
              FROM betting_selection AS selection
             WHERE selection.id = ANY (selection_ids)
        ),
        'exposure', (
            SELECT coalesce(json_agg(json_build_array(
                       total.market_id, total.currency, total.selection_id, total.stake_minor, total.payout_minor
                   )), '[]'::json)
              FROM (SELECT market_id, currency, selection_id,
                           sum(stake_minor)::bigint AS stake_minor, sum(payout_minor)::bigint AS payout_minor
                      FROM (SELECT market_id, currency, selection_id, stake_minor, payout_minor
                              FROM betting_exposure WHERE market_id = ANY (market_ids)
                            UNION ALL
                            SELECT market_id, currency, selection_id, stake_minor, payout_minor
                              FROM betting_exposure_delta WHERE market_id = ANY (market_ids)) AS accepted
                     GROUP BY market_id, currency, selection_id) AS total
        ),
        'wallets', (
            SELECT coalesce(json_agg(json_build_array(
                       wallet.user_id, wallet.currency, wallet.available_account_id, available.balance_minor,
                       available.won_minor, available.lost_minor, wallet.held_account_id, held.balance_minor
                   )), '[]'::json)
              FROM payments_wallet AS wallet
              JOIN payments_ledgeraccount AS available ON available.id = wallet.available_account_id
              JOIN payments_ledgeraccount AS held ON held.id = wallet.held_account_id
             WHERE wallet.user_id = ANY (owner_ids) AND wallet.currency = ANY (owner_currencies)
        ),
        'houses', (
            SELECT coalesce(json_agg(json_build_array(
                       wanted.currency,
                       coalesce(stakes.id, ledger_house_account('open_stakes', wanted.currency)),
                       coalesce(promo.id, ledger_house_account('promo', wanted.currency))
                   )), '[]'::json)
              FROM (SELECT DISTINCT currency FROM unnest(owner_currencies) AS currency) AS wanted
              LEFT JOIN payments_ledgeraccount AS stakes
                ON stakes.id = ledger_house_id('open_stakes', wanted.currency)
              LEFT JOIN payments_ledgeraccount AS promo ON promo.id = ledger_house_id('promo', wanted.currency)
             WHERE is_locking
        ),
        'factors', (
            SELECT coalesce(json_agg(json_build_array(user_id, stake_factor_milli)), '[]'::json)
              FROM betting_customer_limit
             WHERE user_id = ANY (owner_ids)
        ),
        -- Each key is looked up by itself: a join, planned while there were no replies, would read all of them.
        'replies', (
            SELECT coalesce(json_agg(json_build_array(
                       stored.owner_id, stored.key, stored.fingerprint, stored.reply
                   )), '[]'::json)
              FROM unnest(owner_ids, owner_keys) AS asked (owner_id, key)
             CROSS JOIN LATERAL (
                       SELECT * FROM kit_idempotent_reply AS reply
                        WHERE reply.owner_id = asked.owner_id AND reply.key = asked.key LIMIT 1
                   ) AS stored
        ),
        'free_bets', (
            SELECT coalesce(json_agg(json_build_array(
                       id, user_id, currency, amount_minor, status, extract(epoch FROM expires_at)
                   )), '[]'::json)
              FROM betting_free_bet
             WHERE id = ANY (free_bet_ids)
        )
    )::text;
END $function$;

CREATE OR REPLACE FUNCTION betting_read_own_rules(owner_ids uuid[], owner_currencies text[], now_is timestamp with time zone)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF NOT (EXISTS (SELECT FROM accounts_exclusion WHERE user_id = ANY (owner_ids))
            OR EXISTS (SELECT FROM accounts_gamblinglimit WHERE user_id = ANY (owner_ids))
            OR EXISTS (SELECT FROM accounts_user WHERE id = ANY (owner_ids) AND NOT is_active)) THEN
        RETURN NULL;
    END IF;
    RETURN json_build_object(
        'barred', (
            SELECT coalesce(json_agg(id), '[]'::json)
              FROM accounts_user WHERE id = ANY (owner_ids) AND NOT is_active
        ),
        'exclusions', (
            SELECT coalesce(json_agg(json_build_array(user_id, kind, extract(epoch FROM ends_at))), '[]'::json)
              FROM accounts_exclusion
             WHERE user_id = ANY (owner_ids) AND ends_at > now_is
        ),
        'limits', (
            SELECT coalesce(json_agg(json_build_array(
                       own.user_id, own.currency, own.kind, own.period, own.amount_minor, played.counted_minor,
                       played.waiting_minor, extract(epoch FROM played.first_at)
                   )), '[]'::json)
              FROM accounts_gamblinglimit AS own
             CROSS JOIN LATERAL betting_played(
                       own.user_id, own.currency, own.kind,
                       now_is - CASE own.period WHEN 'day' THEN interval '24 hours'
                                                WHEN 'week' THEN interval '7 days'
                                                ELSE interval '30 days' END
                   ) AS played
             WHERE own.user_id = ANY (owner_ids) AND own.currency = ANY (owner_currencies)
        )
    )::text;
END $function$;

CREATE OR REPLACE FUNCTION betting_refuse_leg_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
END $function$;

CREATE OR REPLACE FUNCTION betting_restate_exposure(of_market uuid)
 RETURNS void
 LANGUAGE plpgsql
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_mergejoin TO 'off'
 SET enable_seqscan TO 'off'
AS $function$
BEGIN
    INSERT INTO betting_exposure_delta (market_id, selection_id, currency, stake_minor, payout_minor)
    SELECT of_market, selection_id, currency, sum(stake_minor)::bigint, sum(payout_minor)::bigint
      FROM (SELECT leg.selection_id, slip.currency, share.stake_minor, share.payout_minor
              FROM betting_leg AS leg
             CROSS JOIN LATERAL (
                   SELECT currency, bet_type, is_each_way, line_sizes, line_count, placed_at,
                          remaining_stake_minor AS stake_minor, free_bet_id IS NOT NULL AS is_free
                     FROM betting_slip
                    WHERE id = leg.slip_id AND status NOT IN ('pending_delay', 'rejected')
                      AND remaining_stake_minor > 0
                   OFFSET 0) AS slip
             CROSS JOIN LATERAL (
                   SELECT CASE WHEN slip.is_free THEN 0 ELSE slip.stake_minor END AS stake_minor,
                          slip.stake_minor * leg.odds_milli / 1000
                          - CASE WHEN slip.is_free THEN slip.stake_minor ELSE 0 END AS payout_minor
                    WHERE slip.bet_type = 'single' AND NOT slip.is_each_way
                   UNION ALL
                   SELECT CASE WHEN slip.is_free THEN 0 ELSE slip.stake_minor END,
                          (div(slip.stake_minor * product.odds, 1000::numeric ^ product.legs)
                           - CASE WHEN slip.is_free THEN slip.stake_minor ELSE 0 END)::bigint
                     FROM (SELECT betting_product(one.odds_milli) AS odds, count(*) AS legs
                             FROM betting_leg AS one WHERE one.slip_id = leg.slip_id OFFSET 0) AS product
                    WHERE slip.bet_type = 'accumulator' AND NOT slip.is_each_way
                   UNION ALL
                   SELECT part.stake_minor, part.payout_minor
                     FROM betting_share_of_leg(leg.slip_id, leg.position, slip.stake_minor, slip.is_free,
                                               slip.is_each_way, slip.line_sizes, slip.line_count) AS part
                    WHERE slip.bet_type NOT IN ('single', 'accumulator') OR slip.is_each_way
                   ) AS share
             WHERE leg.event_id = (SELECT event_id FROM betting_market WHERE id = of_market)
               AND leg.market_id = of_market
               AND NOT betting_is_cancelled(of_market, slip.placed_at)
            UNION ALL
            SELECT selection_id, currency, -stake_minor, -payout_minor
              FROM betting_exposure WHERE market_id = of_market
            UNION ALL
            SELECT selection_id, currency, -stake_minor, -payout_minor
              FROM betting_exposure_delta WHERE market_id = of_market) AS owed
     GROUP BY selection_id, currency
    HAVING sum(stake_minor) <> 0 OR sum(payout_minor) <> 0;
END $function$;

CREATE OR REPLACE FUNCTION betting_return_free_bets(slip_ids uuid[])
 RETURNS void
 LANGUAGE sql
AS $function$
    UPDATE betting_free_bet AS token
       SET status = CASE slip.status WHEN 'void' THEN 'available' ELSE 'used' END
      FROM betting_slip AS slip
     WHERE slip.id = ANY (slip_ids)
       AND token.id = slip.free_bet_id
       AND token.status = CASE slip.status WHEN 'void' THEN 'used' ELSE 'available' END
       AND (slip.status <> 'void' OR NOT EXISTS (
                SELECT FROM betting_slip AS other
                 WHERE other.free_bet_id = token.id AND other.status NOT IN ('void', 'rejected')))
$function$;

CREATE OR REPLACE FUNCTION betting_settle(settled_event uuid, score text, settled_time timestamp with time zone, OUT is_claimed boolean, OUT slips_settled integer, OUT people jsonb)
 RETURNS record
 LANGUAGE plpgsql
AS $function$
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
END $function$;

CREATE OR REPLACE FUNCTION betting_settle_and_tell(settled_event uuid, score text, settled_time timestamp with time zone, fact_type text, topic_pattern text, OUT is_claimed boolean, OUT slips_settled integer, OUT heard jsonb)
 RETURNS record
 LANGUAGE plpgsql
AS $function$
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
END $function$;

CREATE OR REPLACE FUNCTION betting_share_of_leg(of_slip uuid, at_position integer, stake bigint, is_free boolean, with_places boolean, sizes smallint[], lines integer, OUT stake_minor bigint, OUT payout_minor bigint)
 RETURNS record
 LANGUAGE sql
 STABLE
AS $function$
    SELECT CASE WHEN is_free THEN 0 ELSE stake END - still.minor, promised.minor - still.minor
      FROM (SELECT betting_sum_of_lines(leg.ns, leg.ds, leg.bankers, sizes) AS whole,
                   betting_sum_of_lines(leg.ns_without, leg.ds, leg.bankers, sizes) AS without,
                   CASE WHEN with_places
                        THEN betting_sum_of_lines(leg.place_ns, leg.place_ds, leg.bankers, sizes)
                        ELSE ROW (0, 1)::betting_lines END AS placed
              FROM (SELECT array_agg(one.odds_milli::numeric ORDER BY one.position) AS ns,
                           array_agg(CASE WHEN one.position = at_position THEN 0 ELSE one.odds_milli END::numeric
                                     ORDER BY one.position) AS ns_without,
                           array_agg(1000::numeric ORDER BY one.position) AS ds,
                           array_agg((1000 * market.each_way_denominator
                                      + (one.odds_milli - 1000)::bigint * market.each_way_numerator)::numeric
                                     ORDER BY one.position) AS place_ns,
                           array_agg((1000 * market.each_way_denominator)::numeric
                                     ORDER BY one.position) AS place_ds,
                           array_agg(one.is_banker ORDER BY one.position) AS bankers
                      FROM betting_leg AS one
                      JOIN betting_market AS market ON market.id = one.market_id
                     WHERE one.slip_id = of_slip) AS leg
            OFFSET 0) AS sums
     CROSS JOIN LATERAL (
           SELECT lines * (whole).denominator * (placed).denominator AS denominator,
                  stake * ((whole).numerator * (placed).denominator + (placed).numerator * (whole).denominator)
                  AS returned,
                  stake * ((without).numerator * (placed).denominator + (placed).numerator * (without).denominator)
                  AS returned_without
           OFFSET 0) AS exact
     CROSS JOIN LATERAL (
           SELECT greatest(0, div(returned, denominator) - CASE WHEN is_free THEN stake ELSE 0 END)::bigint
                  AS minor) AS promised
     CROSS JOIN LATERAL (
           SELECT greatest(0, div(returned_without, denominator) - CASE WHEN is_free THEN stake ELSE 0 END)::bigint
                  AS minor) AS still
$function$;

CREATE OR REPLACE FUNCTION betting_sum_of_lines(ns numeric[], ds numeric[], are_bankers boolean[], sizes smallint[])
 RETURNS betting_lines
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
AS $function$
DECLARE
    coefficients numeric[] := ARRAY[1];
    numerator numeric := 0;
    denominator numeric := 1;
    bankers numeric := 1;
    size smallint;
BEGIN
    FOR leg IN 1 .. cardinality(ns) LOOP
        denominator := denominator * ds[leg];
        IF are_bankers[leg] THEN
            bankers := bankers * ns[leg];
            CONTINUE;
        END IF;
        coefficients := coefficients || 0::numeric;
        FOR power IN REVERSE cardinality(coefficients) .. 2 LOOP
            coefficients[power] := coefficients[power] * ds[leg] + coefficients[power - 1] * ns[leg];
        END LOOP;
        coefficients[1] := coefficients[1] * ds[leg];
    END LOOP;
    FOREACH size IN ARRAY sizes LOOP
        numerator := numerator + coefficients[size + 1];
    END LOOP;
    RETURN (numerator * bankers, denominator);
END $function$;

CREATE OR REPLACE FUNCTION betting_write_multiples(settled_event uuid, from_user uuid, from_slip uuid, to_user uuid, to_slip uuid, score text, settled_time timestamp with time zone)
 RETURNS betting_written
 LANGUAGE plpgsql
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_mergejoin TO 'off'
 SET enable_seqscan TO 'off'
AS $function$
#variable_conflict use_column
DECLARE
    written betting_written;
BEGIN

    WITH leg AS MATERIALIZED (
SELECT row_number() OVER () AS number, slip_id, selection_id, odds_milli
  FROM (SELECT slip_id, selection_id, odds_milli
          FROM (SELECT DISTINCT ON (user_id, slip_id) user_id, slip_id, selection_id, odds_milli
                  FROM betting_leg
                 WHERE event_id = settled_event
                   AND (user_id, slip_id) > (from_user, from_slip)
                   AND (user_id, slip_id) <= (to_user, to_slip)
                 ORDER BY user_id, slip_id) AS walked
         ORDER BY slip_id) AS leg

    ), walked AS MATERIALIZED (
SELECT leg.number, slip.*
  FROM leg
 CROSS JOIN LATERAL (
       SELECT ctid AS row_place, id, user_id, currency, placed_at, bet_type, is_each_way, line_sizes, line_count,
              settlement_no, status, remaining_stake_minor AS stake_minor, payout_minor, payout_minor_max,
              results_sum, free_bet_id
         FROM betting_slip
        WHERE id = leg.slip_id AND status IN ('accepted', 'won', 'lost', 'partial', 'void')
          AND (bet_type <> 'single' OR is_each_way)
       OFFSET 0
       ) AS slip

    ), slip_legs AS MATERIALIZED (
SELECT slip.number, slip.placed_at, slip.is_each_way, slip.bet_type IN ('single', 'accumulator') AS is_product,
       leg.position, leg.selection_id, leg.odds_milli, leg.is_banker
  FROM walked AS slip
 CROSS JOIN LATERAL (
       SELECT position, selection_id, odds_milli, is_banker FROM betting_leg WHERE slip_id = slip.id OFFSET 0
       ) AS leg

    ), facts AS MATERIALIZED (
SELECT one.*, json_build_array(one.used) AS used_alone
  FROM (SELECT DISTINCT selection_id FROM slip_legs) AS wanted
 CROSS JOIN LATERAL (
       SELECT selection.id, selection.market_id, selection.result_version AS version,
              is_void, NOT is_void AND selection.result = '' AS is_open,
              NOT is_void AND (selection.result = '' OR selection.place_result = '') AS is_open_each_way,
              CASE WHEN is_void OR selection.result = '' THEN 1
                   ELSE selection.void_halves::bigint * 100000 * selection.dead_heat_tied END AS win_base,
              CASE WHEN is_void OR selection.result <> 'won' THEN 0
                   ELSE (2 - selection.void_halves)::bigint * selection.dead_heat_places END AS win_gain,
              CASE WHEN is_void OR selection.result = '' THEN 1
                   ELSE 200000::bigint * selection.dead_heat_tied END AS win_d,
              CASE WHEN is_void OR selection.place_result IN ('', 'void') THEN 1 ELSE 0 END AS place_base,
              CASE WHEN is_void OR selection.place_result <> 'won' THEN 0
                   ELSE selection.place_dead_heat_places END AS place_gain,
              CASE WHEN is_void OR selection.place_result <> 'won' THEN 1
                   ELSE 100000::bigint * coalesce(market.each_way_denominator, 1) * selection.place_dead_heat_tied
                   END AS place_d,
              coalesce(market.each_way_numerator, 1) AS each_way_n,
              coalesce(market.each_way_denominator, 1) AS each_way_d,
              EXISTS (SELECT FROM betting_deduction AS deduction
                       WHERE deduction.market_id = market.id AND deduction.is_active) AS has_deductions,
              EXISTS (SELECT FROM betting_cancel_window AS cancelled
                       WHERE cancelled.market_id = market.id AND cancelled.is_active) AS has_windows,
              ('{"selection_id":"' || selection.id || '","version":' || selection.result_version || '}')::json AS used,
              left(selection.name || ', ' || market.name || ', ' || event.name, 200) AS label
         FROM betting_selection AS selection
         JOIN betting_market AS market ON market.id = selection.market_id
         JOIN sports_event AS event ON event.id = market.event_id
        CROSS JOIN LATERAL (SELECT selection.result = 'void' OR selection.void_halves = 2) AS known (is_void)
        WHERE selection.id = wanted.selection_id
       OFFSET 0
       ) AS one

    ), decided AS MATERIALIZED (
SELECT worth.*, paid.new_payout_minor,
       CASE WHEN stays_open THEN 'accepted'
            WHEN is_void THEN 'void'
            WHEN is_nothing THEN 'lost'
            WHEN new_payout_minor > stake_minor OR (free_bet_id IS NOT NULL AND new_payout_minor > 0) THEN 'won'
            ELSE 'partial' END AS outcome
  FROM (SELECT one.*, one.numerator <= CASE WHEN one.free_bet_id IS NULL THEN 0 ELSE one.stake_minor * one.denominator END AS is_nothing, one.is_open AND one.numerator > 0 AS stays_open,
               div(greatest(one.numerator
                       - CASE WHEN one.free_bet_id IS NULL THEN 0 ELSE one.stake_minor * one.denominator END, 0),
                   one.denominator) AS uncapped_minor
          FROM (
SELECT slip.*, legs.new_sum, legs.is_open, legs.is_void,
       slip.stake_minor * CASE WHEN slip.is_each_way
           THEN (lines.win).numerator * (lines.place).denominator
              + (lines.place).numerator * (lines.win).denominator
           ELSE (lines.win).numerator END AS numerator,
       slip.line_count * (lines.win).denominator
           * CASE WHEN slip.is_each_way THEN (lines.place).denominator ELSE 1 END AS denominator,
       legs.used,
       CASE legs.count WHEN 1 THEN legs.label
            ELSE initcap(replace(slip.bet_type, '_', ' ')) || ' of ' || legs.count || ' legs' END AS label
  FROM walked AS slip
  JOIN (
        SELECT held.number, sum(facts.version)::bigint AS new_sum, count(*) AS count,
               bool_or(NOT known.is_cancelled
                       AND CASE WHEN held.is_each_way THEN facts.is_open_each_way ELSE facts.is_open END) AS is_open,
               bool_and(facts.is_void OR known.is_cancelled) AS is_void,
               betting_product(factor.win_n) AS win_n, betting_product(factor.win_d) AS win_d,
               array_agg(factor.win_n) FILTER (WHERE NOT held.is_product OR held.is_each_way) AS win_ns,
               array_agg(factor.win_d) FILTER (WHERE NOT held.is_product OR held.is_each_way) AS win_ds,
               array_agg(factor.place_n) FILTER (WHERE held.is_each_way) AS place_ns,
               array_agg(factor.place_d) FILTER (WHERE held.is_each_way) AS place_ds,
               array_agg(held.is_banker) FILTER (WHERE NOT held.is_product OR held.is_each_way) AS are_bankers,
               json_agg(facts.used ORDER BY held.position) AS used, min(facts.label) AS label
          FROM slip_legs AS held
          JOIN facts ON facts.id = held.selection_id
         CROSS JOIN LATERAL (
               SELECT facts.has_windows AND betting_is_cancelled(facts.market_id, held.placed_at) AS is_cancelled,
                      CASE WHEN facts.has_deductions THEN betting_deducted(facts.market_id, held.placed_at)
                           ELSE 0 END AS deducted) AS known
         CROSS JOIN LATERAL (
               SELECT (held.odds_milli - 1000)::bigint * (100 - known.deducted) AS winnings) AS price
         CROSS JOIN LATERAL (
               SELECT CASE WHEN known.is_cancelled THEN 1
                           ELSE facts.win_base + facts.win_gain * (100000 + price.winnings) END::numeric AS win_n,
                      CASE WHEN known.is_cancelled THEN 1 ELSE facts.win_d END::numeric AS win_d,
                      CASE WHEN known.is_cancelled THEN 1 ELSE facts.place_base + facts.place_gain
                           * (100000 * facts.each_way_d + price.winnings * facts.each_way_n) END::numeric AS place_n,
                      CASE WHEN known.is_cancelled THEN 1 ELSE facts.place_d END::numeric AS place_d) AS factor
         GROUP BY held.number
       ) AS legs ON legs.number = slip.number
 CROSS JOIN LATERAL (
       SELECT CASE WHEN slip.bet_type IN ('single', 'accumulator')
                   THEN ROW (legs.win_n, legs.win_d)::betting_lines
                   ELSE betting_sum_of_lines(legs.win_ns, legs.win_ds, legs.are_bankers, slip.line_sizes) END
              AS win,
              CASE WHEN slip.is_each_way
                   THEN betting_sum_of_lines(legs.place_ns, legs.place_ds, legs.are_bankers, slip.line_sizes) END
              AS place
       OFFSET 0) AS lines
 WHERE slip.results_sum <> legs.new_sum
) AS one
        OFFSET 0) AS worth
 CROSS JOIN LATERAL (
       SELECT CASE WHEN NOT stays_open THEN least(uncapped_minor, payout_minor_max)::bigint END
              AS new_payout_minor) AS paid
 WHERE NOT (stays_open AND status = 'accepted')
 ORDER BY number

    ), updated AS (
UPDATE betting_slip AS slip
   SET status = decided.outcome, payout_minor = decided.new_payout_minor,
       uncapped_minor = CASE WHEN NOT decided.stays_open THEN decided.uncapped_minor END,
       settlement_no = decided.settlement_no + 1, results_sum = decided.new_sum,
       settled_at = CASE WHEN NOT decided.stays_open THEN settled_time END
  FROM decided
 WHERE slip.ctid = decided.row_place
   AND CASE WHEN slip.settlement_no = decided.settlement_no
             AND slip.status = decided.status
             AND slip.remaining_stake_minor = decided.stake_minor THEN true ELSE false END
RETURNING decided.number, decided.id, decided.user_id, decided.currency, decided.settlement_no + 1 AS settlement_no,
          decided.status, decided.outcome, decided.stake_minor, decided.free_bet_id, decided.label, decided.used,
          decided.payout_minor IS NOT NULL AS was_settled, coalesce(decided.payout_minor, 0) AS before_minor,
          coalesce(decided.new_payout_minor, 0) AS after_minor

    ),
    history AS (
INSERT INTO betting_history (
    bet_slip_id, user_id, settlement_no, outcome, actual_result, currency, winnings_minor,
    difference_minor, results_used, timestamp
)
SELECT id, user_id, settlement_no, outcome, score, currency, after_minor, after_minor - before_minor, used, settled_time
  FROM updated

    ), house AS MATERIALIZED (
        SELECT currency, ledger_house_account('open_stakes', currency) AS stakes,
               ledger_house_account('house_revenue', currency) AS revenue
          FROM (SELECT DISTINCT currency FROM updated) AS used
    ), person AS MATERIALIZED (
SELECT total.*, wallet.account_id
  FROM (SELECT user_id, currency,
               sum(CASE WHEN outcome <> 'accepted' THEN greatest(after_minor - own_minor, 0) ELSE 0 END
                   - CASE WHEN was_settled THEN greatest(before_minor - own_minor, 0) ELSE 0 END)::bigint
                   AS won_minor,
               sum(CASE WHEN outcome <> 'accepted' THEN greatest(own_minor - after_minor, 0) ELSE 0 END
                   - CASE WHEN was_settled THEN greatest(own_minor - before_minor, 0) ELSE 0 END)::bigint
                   AS lost_minor
          FROM (SELECT *, CASE WHEN free_bet_id IS NULL THEN stake_minor ELSE 0 END AS own_minor FROM updated)
            AS slip
         GROUP BY user_id, currency) AS total
 CROSS JOIN LATERAL (
       SELECT available_account_id AS account_id FROM payments_wallet
        WHERE user_id = total.user_id AND currency = total.currency
       OFFSET 0
       ) AS wallet

    ), move AS (
SELECT 0 AS place, CASE WHEN is_open THEN 'stakes_reopened' ELSE 'stakes_settled' END AS kind,
       first.id || ':' || first.settlement_no AS ref,
       CASE WHEN is_open THEN house.revenue ELSE house.stakes END AS debit_account_id,
       CASE WHEN is_open THEN house.stakes ELSE house.revenue END AS credit_account_id,
       moving.amount_minor, 'event' AS ref_kind, settled_event AS ref_id,
       CASE WHEN is_open THEN 'Stakes open again' ELSE 'Stakes settled' END AS description,
       NULL::text AS overdrawn_by
  FROM (SELECT currency, was_settled AS is_open, min(number) AS number, sum(stake_minor)::bigint AS amount_minor
          FROM updated WHERE was_settled = (outcome = 'accepted') GROUP BY currency, was_settled) AS moving
  JOIN updated AS first USING (number)
  JOIN house ON house.currency = moving.currency
UNION ALL
SELECT 1, CASE WHEN before_minor > after_minor THEN 'settlement_correction' WHEN outcome = 'void' THEN 'refund'
               ELSE 'payout' END,
       id || ':' || settlement_no,
       CASE WHEN before_minor > after_minor THEN person.account_id ELSE house.revenue END,
       CASE WHEN before_minor > after_minor THEN house.revenue ELSE person.account_id END,
       abs(after_minor - before_minor), 'slip', id,
       CASE WHEN before_minor > after_minor THEN 'Result corrected: ' WHEN outcome = 'void' THEN 'Stake returned: '
            ELSE 'Paid out: ' END || label,
       CASE WHEN before_minor > after_minor THEN 'settlement' END
  FROM updated
  JOIN person USING (user_id, currency)
  JOIN house USING (currency)
 WHERE before_minor <> after_minor

    ), told AS (
        SELECT user_id, jsonb_agg(id) AS slip_ids FROM updated
         WHERE outcome <> status OR before_minor <> after_minor GROUP BY user_id
    )
    SELECT (SELECT count(*) FROM updated),
           (SELECT count(*) FROM updated) = (SELECT count(*) FROM decided),
           (SELECT array_agg(ROW (kind, ref, 0, debit_account_id, credit_account_id, amount_minor, ref_kind,
                                  ref_id, description, overdrawn_by)::ledger_transfer ORDER BY place)
              FROM move),
           (SELECT array_agg(ROW (account_id, won_minor, lost_minor)::ledger_result)
              FROM person WHERE won_minor <> 0 OR lost_minor <> 0),
           (SELECT jsonb_agg(jsonb_build_object('user_id', user_id, 'slip_ids', slip_ids) ORDER BY user_id)
              FROM told),
           (SELECT array_agg(id) FROM updated
             WHERE free_bet_id IS NOT NULL AND (outcome = 'void') <> (status = 'void'))
      INTO written;
    RETURN written;

END $function$;

CREATE OR REPLACE FUNCTION betting_write_prices(book_event uuid, state_version bigint, incident_seq integer, match_minute integer, written_at timestamp with time zone, selection_ids uuid[], new_odds integer[], new_probabilities double precision[], charted boolean[], pressed_ids uuid[], new_pressures double precision[], decided_market_ids uuid[], opened_markets integer)
 RETURNS bigint
 LANGUAGE plpgsql
AS $function$
DECLARE
    book_version bigint;
BEGIN
    UPDATE betting_event_book AS book
       SET version = book.version + CASE
               WHEN cardinality(selection_ids) + cardinality(decided_market_ids) + opened_markets > 0 THEN 1
               ELSE 0
           END,
           priced_state_version = state_version,
           priced_incident_seq = incident_seq,
           priced_at = written_at
     WHERE book.event_id = book_event
    RETURNING book.version INTO book_version;

    UPDATE betting_selection AS selection
       SET odds_milli = moved.odds,
           probability = moved.probability,
           initial_odds_milli = coalesce(selection.initial_odds_milli, moved.odds),
           version = book_version,
           updated_at = written_at
      FROM unnest(selection_ids, new_odds, new_probabilities) AS moved (id, odds, probability)
     WHERE selection.id = moved.id;

    UPDATE betting_selection AS selection
       SET pressure = pressed.pressure
      FROM unnest(pressed_ids, new_pressures) AS pressed (id, pressure)
     WHERE selection.id = pressed.id;

    INSERT INTO betting_price_point (market_id, selection_id, minute, odds_milli, probability, recorded_at)
    SELECT selection.market_id, moved.id, match_minute, moved.odds, moved.probability, written_at
      FROM unnest(selection_ids, new_odds, new_probabilities, charted)
               WITH ORDINALITY AS moved (id, odds, probability, is_charted, place)
      JOIN betting_selection AS selection ON selection.id = moved.id
     WHERE moved.is_charted
     ORDER BY moved.place;

    UPDATE betting_market AS market
       SET status = 'inactive', version = book_version
     WHERE market.id = ANY (decided_market_ids) AND market.status IN ('active', 'suspended');

    RETURN book_version;
END $function$;

CREATE OR REPLACE FUNCTION betting_write_singles(settled_event uuid, from_user uuid, from_slip uuid, to_user uuid, to_slip uuid, score text, settled_time timestamp with time zone)
 RETURNS betting_written
 LANGUAGE plpgsql
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_mergejoin TO 'off'
 SET enable_seqscan TO 'off'
 SET random_page_cost TO '0'
AS $function$
#variable_conflict use_column
DECLARE
    written betting_written;
BEGIN

    WITH leg AS MATERIALIZED (
SELECT row_number() OVER () AS number, slip_id, selection_id, odds_milli
  FROM (SELECT slip_id, selection_id, odds_milli
          FROM (SELECT DISTINCT ON (user_id, slip_id) user_id, slip_id, selection_id, odds_milli
                  FROM betting_leg
                 WHERE event_id = settled_event
                   AND (user_id, slip_id) > (from_user, from_slip)
                   AND (user_id, slip_id) <= (to_user, to_slip)
                 ORDER BY user_id, slip_id) AS walked
         ORDER BY slip_id) AS leg

    ), facts AS MATERIALIZED (
SELECT one.*, json_build_array(one.used) AS used_alone
  FROM (SELECT DISTINCT selection_id FROM leg) AS wanted
 CROSS JOIN LATERAL (
       SELECT selection.id, selection.market_id, selection.result_version AS version,
              is_void, NOT is_void AND selection.result = '' AS is_open,
              NOT is_void AND (selection.result = '' OR selection.place_result = '') AS is_open_each_way,
              CASE WHEN is_void OR selection.result = '' THEN 1
                   ELSE selection.void_halves::bigint * 100000 * selection.dead_heat_tied END AS win_base,
              CASE WHEN is_void OR selection.result <> 'won' THEN 0
                   ELSE (2 - selection.void_halves)::bigint * selection.dead_heat_places END AS win_gain,
              CASE WHEN is_void OR selection.result = '' THEN 1
                   ELSE 200000::bigint * selection.dead_heat_tied END AS win_d,
              CASE WHEN is_void OR selection.place_result IN ('', 'void') THEN 1 ELSE 0 END AS place_base,
              CASE WHEN is_void OR selection.place_result <> 'won' THEN 0
                   ELSE selection.place_dead_heat_places END AS place_gain,
              CASE WHEN is_void OR selection.place_result <> 'won' THEN 1
                   ELSE 100000::bigint * coalesce(market.each_way_denominator, 1) * selection.place_dead_heat_tied
                   END AS place_d,
              coalesce(market.each_way_numerator, 1) AS each_way_n,
              coalesce(market.each_way_denominator, 1) AS each_way_d,
              EXISTS (SELECT FROM betting_deduction AS deduction
                       WHERE deduction.market_id = market.id AND deduction.is_active) AS has_deductions,
              EXISTS (SELECT FROM betting_cancel_window AS cancelled
                       WHERE cancelled.market_id = market.id AND cancelled.is_active) AS has_windows,
              ('{"selection_id":"' || selection.id || '","version":' || selection.result_version || '}')::json AS used,
              left(selection.name || ', ' || market.name || ', ' || event.name, 200) AS label
         FROM betting_selection AS selection
         JOIN betting_market AS market ON market.id = selection.market_id
         JOIN sports_event AS event ON event.id = market.event_id
        CROSS JOIN LATERAL (SELECT selection.result = 'void' OR selection.void_halves = 2) AS known (is_void)
        WHERE selection.id = wanted.selection_id
       OFFSET 0
       ) AS one

    ), updated AS (
UPDATE betting_slip AS slip
   SET (status, payout_minor, uncapped_minor, settled_at) = (
           SELECT CASE WHEN leg.is_cancelled OR facts.is_void THEN 'void'
                       WHEN facts.is_open THEN 'accepted'
                       WHEN worth.is_nothing THEN 'lost'
                       WHEN worth.payout_minor > slip.remaining_stake_minor
                            OR (slip.free_bet_id IS NOT NULL AND worth.payout_minor > 0) THEN 'won'
                       ELSE 'partial' END,
                  CASE WHEN leg.is_cancelled OR NOT facts.is_open THEN worth.payout_minor END,
                  CASE WHEN leg.is_cancelled OR NOT facts.is_open THEN worth.uncapped_minor END,
                  CASE WHEN leg.is_cancelled OR NOT facts.is_open THEN settled_time END
             FROM (SELECT is_cancelled,
                          CASE WHEN is_cancelled THEN slip.remaining_stake_minor
                               ELSE slip.remaining_stake_minor * (facts.win_base + facts.win_gain
                                    * (100000 + (leg.odds_milli - 1000)::bigint * (100 - deducted)))::numeric
                               END AS numerator,
                          CASE WHEN is_cancelled THEN 1 ELSE facts.win_d END::numeric AS denominator
                     FROM (SELECT facts.has_windows AND betting_is_cancelled(facts.market_id, slip.placed_at)
                                  AS is_cancelled,
                                  CASE WHEN facts.has_deductions
                                       THEN betting_deducted(facts.market_id, slip.placed_at) ELSE 0 END
                                  AS deducted) AS known
                  OFFSET 0) AS leg
            CROSS JOIN LATERAL (
                  SELECT exact.uncapped_minor, leg.numerator <= CASE WHEN slip.free_bet_id IS NULL THEN 0 ELSE slip.remaining_stake_minor * leg.denominator END AS is_nothing,
                         least(exact.uncapped_minor, slip.payout_minor_max)::bigint AS payout_minor
                    FROM (SELECT div(greatest(leg.numerator
                                         - CASE WHEN slip.free_bet_id IS NULL THEN 0
                                                ELSE slip.remaining_stake_minor * leg.denominator END, 0),
                                     leg.denominator) AS uncapped_minor
                          OFFSET 0) AS exact
                  OFFSET 0) AS worth),
       settlement_no = slip.settlement_no + 1, results_sum = facts.version
  FROM leg
  JOIN facts ON facts.id = leg.selection_id
 WHERE slip.id = leg.slip_id
   AND slip.bet_type = 'single' AND NOT slip.is_each_way
   AND slip.status IN ('accepted', 'won', 'lost', 'partial', 'void')
   AND CASE WHEN slip.results_sum <> facts.version THEN true ELSE false END
   AND NOT (slip.status = 'accepted' AND facts.is_open
            AND NOT (facts.has_windows AND betting_is_cancelled(facts.market_id, slip.placed_at)))
RETURNING WITH (OLD AS was)
          leg.number, slip.id, slip.user_id, slip.currency, slip.settlement_no, was.status, slip.status AS outcome,
          slip.remaining_stake_minor AS stake_minor, slip.free_bet_id, facts.label, facts.used_alone AS used,
          was.payout_minor IS NOT NULL AS was_settled, coalesce(was.payout_minor, 0) AS before_minor,
          coalesce(slip.payout_minor, 0) AS after_minor

    ),
    history AS (
INSERT INTO betting_history (
    bet_slip_id, user_id, settlement_no, outcome, actual_result, currency, winnings_minor,
    difference_minor, results_used, timestamp
)
SELECT id, user_id, settlement_no, outcome, score, currency, after_minor, after_minor - before_minor, used, settled_time
  FROM updated

    ), house AS MATERIALIZED (
        SELECT currency, ledger_house_account('open_stakes', currency) AS stakes,
               ledger_house_account('house_revenue', currency) AS revenue
          FROM (SELECT DISTINCT currency FROM updated) AS used
    ), person AS MATERIALIZED (
SELECT total.*, wallet.account_id
  FROM (SELECT user_id, currency,
               sum(CASE WHEN outcome <> 'accepted' THEN greatest(after_minor - own_minor, 0) ELSE 0 END
                   - CASE WHEN was_settled THEN greatest(before_minor - own_minor, 0) ELSE 0 END)::bigint
                   AS won_minor,
               sum(CASE WHEN outcome <> 'accepted' THEN greatest(own_minor - after_minor, 0) ELSE 0 END
                   - CASE WHEN was_settled THEN greatest(own_minor - before_minor, 0) ELSE 0 END)::bigint
                   AS lost_minor
          FROM (SELECT *, CASE WHEN free_bet_id IS NULL THEN stake_minor ELSE 0 END AS own_minor FROM updated)
            AS slip
         GROUP BY user_id, currency) AS total
 CROSS JOIN LATERAL (
       SELECT available_account_id AS account_id FROM payments_wallet
        WHERE user_id = total.user_id AND currency = total.currency
       OFFSET 0
       ) AS wallet

    ), move AS (
SELECT 0 AS place, CASE WHEN is_open THEN 'stakes_reopened' ELSE 'stakes_settled' END AS kind,
       first.id || ':' || first.settlement_no AS ref,
       CASE WHEN is_open THEN house.revenue ELSE house.stakes END AS debit_account_id,
       CASE WHEN is_open THEN house.stakes ELSE house.revenue END AS credit_account_id,
       moving.amount_minor, 'event' AS ref_kind, settled_event AS ref_id,
       CASE WHEN is_open THEN 'Stakes open again' ELSE 'Stakes settled' END AS description,
       NULL::text AS overdrawn_by
  FROM (SELECT currency, was_settled AS is_open, min(number) AS number, sum(stake_minor)::bigint AS amount_minor
          FROM updated WHERE was_settled = (outcome = 'accepted') GROUP BY currency, was_settled) AS moving
  JOIN updated AS first USING (number)
  JOIN house ON house.currency = moving.currency
UNION ALL
SELECT 1, CASE WHEN before_minor > after_minor THEN 'settlement_correction' WHEN outcome = 'void' THEN 'refund'
               ELSE 'payout' END,
       id || ':' || settlement_no,
       CASE WHEN before_minor > after_minor THEN person.account_id ELSE house.revenue END,
       CASE WHEN before_minor > after_minor THEN house.revenue ELSE person.account_id END,
       abs(after_minor - before_minor), 'slip', id,
       CASE WHEN before_minor > after_minor THEN 'Result corrected: ' WHEN outcome = 'void' THEN 'Stake returned: '
            ELSE 'Paid out: ' END || label,
       CASE WHEN before_minor > after_minor THEN 'settlement' END
  FROM updated
  JOIN person USING (user_id, currency)
  JOIN house USING (currency)
 WHERE before_minor <> after_minor

    ), told AS (
        SELECT user_id, jsonb_agg(id) AS slip_ids FROM updated
         WHERE outcome <> status OR before_minor <> after_minor GROUP BY user_id
    )
    SELECT (SELECT count(*) FROM updated),
           (SELECT count(*) FROM updated) = (SELECT count(*) FROM leg),
           (SELECT array_agg(ROW (kind, ref, 0, debit_account_id, credit_account_id, amount_minor, ref_kind,
                                  ref_id, description, overdrawn_by)::ledger_transfer ORDER BY place)
              FROM move),
           (SELECT array_agg(ROW (account_id, won_minor, lost_minor)::ledger_result)
              FROM person WHERE won_minor <> 0 OR lost_minor <> 0),
           (SELECT jsonb_agg(jsonb_build_object('user_id', user_id, 'slip_ids', slip_ids) ORDER BY user_id)
              FROM told),
           (SELECT array_agg(id) FROM updated
             WHERE free_bet_id IS NOT NULL AND (outcome = 'void') <> (status = 'void'))
      INTO written;
    RETURN written;

END $function$;

CREATE OR REPLACE FUNCTION betting_write_slips(slip_ids uuid[], user_ids uuid[], bet_types text[], line_sizes text[], currencies text[], policies text[], fingerprints text[], line_counts integer[], each_way boolean[], stakes bigint[], promises bigint[], caps bigint[], event_ids uuid[], free_bets uuid[], odds integer[], due timestamp with time zone[], outcomes text[], keys text[], states text, replies text, wallets text, placed_change text, now_is timestamp with time zone, leg_slips integer[], leg_positions integer[], leg_events uuid[], leg_markets uuid[], leg_selections uuid[], leg_seen integer[], leg_odds integer[], leg_bankers boolean[], leg_policies text[], leg_event_stops integer[], leg_market_stops integer[], leg_stakes bigint[], leg_payouts bigint[], transfer_kinds text[], transfer_slips uuid[], transfer_debits uuid[], transfer_credits uuid[], transfer_amounts bigint[], transfer_texts text[], fact_type text, fact jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
DECLARE
    documents json[] := string_to_array(replies, E'\x1e')::json[];
    snapshots json[] := string_to_array(states, E'\x1e')::json[];
BEGIN
    INSERT INTO betting_slip (
        id, user_id, event_id, bet_type, line_sizes, line_count, is_each_way, predicted_outcome, currency,
        stake_minor, free_bet_id, odds_milli, potential_win_minor, payout_minor_max, remaining_stake_minor,
        cashed_out_minor, results_sum, status, price_policy, match_state, settlement_no, placed_at, due_at,
        accepted_at
    )
    SELECT slip.id, slip.user_id, slip.event_id, slip.bet_type, slip.line_sizes::smallint[], slip.line_count,
           slip.is_each_way, slip.outcome, slip.currency, slip.stake, slip.free_bet, slip.odds, slip.promise,
           slip.cap, slip.stake, 0, 0, CASE WHEN slip.due IS NULL THEN 'accepted' ELSE 'pending_delay' END,
           slip.policy, slip.state, 0, now_is, slip.due, CASE WHEN slip.due IS NULL THEN now_is END
      FROM unnest(slip_ids, user_ids, event_ids, bet_types, line_sizes, line_counts, each_way, outcomes,
                  currencies, stakes, free_bets, odds, promises, caps, policies, snapshots, due)
        AS slip (id, user_id, event_id, bet_type, line_sizes, line_count, is_each_way, outcome,
                 currency, stake, free_bet, odds, promise, cap, policy, state, due);

    INSERT INTO betting_leg (
        slip_id, position, event_id, market_id, selection_id, user_id, seen_odds_milli, odds_milli, is_banker,
        price_policy, event_stops, market_stops
    )
    SELECT slip_ids[leg.slip], leg.position, leg.event_id, leg.market_id, leg.selection_id, user_ids[leg.slip],
           leg.seen, leg.odds, leg.is_banker, leg.policy, leg.event_stops, leg.market_stops
      FROM unnest(leg_slips, leg_positions, leg_events, leg_markets, leg_selections, leg_seen, leg_odds,
                  leg_bankers, leg_policies, leg_event_stops, leg_market_stops)
        AS leg (slip, position, event_id, market_id, selection_id, seen, odds,
                is_banker, policy, event_stops, market_stops);

    -- A slip that waits puts nothing at risk yet.
    INSERT INTO betting_exposure_delta (market_id, selection_id, currency, stake_minor, payout_minor)
    SELECT leg.market_id, leg.selection_id, currencies[leg.slip], leg.stake, leg.payout
      FROM unnest(leg_slips, leg_markets, leg_selections, leg_stakes, leg_payouts)
        AS leg (slip, market_id, selection_id, stake, payout)
     WHERE due[leg.slip] IS NULL;

    IF array_remove(free_bets, NULL) <> '{}' THEN
        UPDATE betting_free_bet SET status = 'used' WHERE id = ANY (free_bets);
    END IF;

    PERFORM ledger_post_new(
        transfer_kinds, transfer_slips, transfer_debits, transfer_credits, transfer_amounts, 'slip', transfer_texts
    );

    INSERT INTO kit_idempotent_reply (owner_id, key, fingerprint, reply, created_at)
    SELECT answer.user_id, answer.key, answer.fingerprint, answer.reply, now()
      FROM unnest(user_ids, keys, fingerprints, documents) AS answer (user_id, key, fingerprint, reply);

    INSERT INTO kit_event (type, payload) SELECT fact_type, fact WHERE fact IS NOT NULL;

    -- Streams come last: the heads' row locks are the last ones of the order.
    PERFORM stream_append(
        ARRAY(SELECT 'user:' || user_id FROM unnest(user_ids) AS user_id),
        ARRAY(SELECT to_json(change)
                FROM (SELECT placed_change AS type, slip, wallet
                        FROM unnest(documents, string_to_array(wallets, E'\x1e')::json[]) AS told (slip, wallet))
                  AS change),
        true
    );
END $function$;

CREATE TRIGGER betting_cash_out_append_only BEFORE DELETE OR UPDATE ON betting_cash_out FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER betting_cash_out_no_truncate BEFORE TRUNCATE ON betting_cash_out FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER betting_desk_record_append_only BEFORE DELETE OR UPDATE ON betting_desk_record FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER betting_desk_record_no_truncate BEFORE TRUNCATE ON betting_desk_record FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER betting_history_append_only BEFORE DELETE OR UPDATE ON betting_history FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER betting_history_no_truncate BEFORE TRUNCATE ON betting_history FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER betting_leg_append_only BEFORE DELETE OR UPDATE ON betting_leg FOR EACH ROW EXECUTE FUNCTION betting_refuse_leg_change();

CREATE TRIGGER betting_leg_no_truncate BEFORE TRUNCATE ON betting_leg FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER betting_price_point_append_only BEFORE DELETE OR UPDATE ON betting_price_point FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER betting_price_point_no_truncate BEFORE TRUNCATE ON betting_price_point FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER betting_selection_result_append_only BEFORE DELETE OR UPDATE ON betting_selection_result FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER betting_selection_result_no_truncate BEFORE TRUNCATE ON betting_selection_result FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER betting_strategy_version_append_only BEFORE DELETE OR UPDATE ON betting_strategy_version FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER betting_strategy_version_no_truncate BEFORE TRUNCATE ON betting_strategy_version FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
