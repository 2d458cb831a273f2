"""Slips in batches: one function locks and reads all that decides them, one writes all that stand."""

import django.db.models.deletion
from django.db import migrations, models

# What settlement works with on a leg starts empty; placing does not name it.
LEG_DEFAULTS = """
    ALTER TABLE betting_leg ALTER COLUMN result SET DEFAULT '';
    ALTER TABLE betting_leg ALTER COLUMN void_halves SET DEFAULT 0;
    ALTER TABLE betting_leg ALTER COLUMN result_version SET DEFAULT 0;
"""
NO_LEG_DEFAULTS = """
    ALTER TABLE betting_leg ALTER COLUMN result DROP DEFAULT;
    ALTER TABLE betting_leg ALTER COLUMN void_halves DROP DEFAULT;
    ALTER TABLE betting_leg ALTER COLUMN result_version DROP DEFAULT;
"""

READ_FACTS = """
    -- Everything that decides some slips, as one JSON text. With `is_locking` it first takes their locks in the one
    -- order: switches, events and markets shared, then the free bets, then the wallets (and with `is_holding` the held
    -- accounts). Each statement of this function sees what was committed before it began, so what is read after the
    -- locks is what holds until the transaction ends.
    CREATE FUNCTION betting_read_facts(
        selection_ids uuid[], owner_ids uuid[], owner_currencies text[], owner_keys text[], free_bet_ids uuid[],
        is_locking boolean, is_holding boolean
    ) RETURNS text
    LANGUAGE plpgsql SET plan_cache_mode TO force_generic_plan AS $$
    DECLARE
        event_ids uuid[];
        market_ids uuid[];
        sports text[];
    BEGIN
        -- Which market and event a selection belongs to never changes.
        SELECT array_agg(DISTINCT market.id), array_agg(DISTINCT market.event_id)
          INTO market_ids, event_ids
          FROM betting_selection AS selection
          JOIN betting_market AS market ON market.id = selection.market_id
         WHERE selection.id = ANY (selection_ids);
        IF is_locking THEN
            SELECT array_agg(DISTINCT sport.slug) INTO sports
              FROM sports_event AS event JOIN sports_sport AS sport ON sport.id = event.sport_id
             WHERE event.id = ANY (event_ids);
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
                           market.each_way_denominator
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
                           currency, ledger_house_account('open_stakes', currency),
                           ledger_house_account('promo', currency)
                       )), '[]'::json)
                  FROM (SELECT DISTINCT currency FROM unnest(owner_currencies) AS currency) AS wanted
                 WHERE is_locking
            ),
            'factors', (
                SELECT coalesce(json_agg(json_build_array(user_id, stake_factor_milli)), '[]'::json)
                  FROM betting_customer_limit
                 WHERE user_id = ANY (owner_ids)
            ),
            'replies', (
                SELECT coalesce(json_agg(json_build_array(
                           stored.owner_id, stored.key, stored.fingerprint, stored.reply
                       )), '[]'::json)
                  FROM unnest(owner_ids, owner_keys) AS asked (owner_id, key)
                  JOIN kit_idempotent_reply AS stored
                    ON stored.owner_id = asked.owner_id AND stored.key = asked.key
            ),
            'free_bets', (
                SELECT coalesce(json_agg(json_build_array(
                           id, user_id, currency, amount_minor, status, extract(epoch FROM expires_at)
                       )), '[]'::json)
                  FROM betting_free_bet
                 WHERE id = ANY (free_bet_ids)
            )
        )::text;
    END $$;
"""

PLACE_SLIPS = """
    -- Write slips that stand, or that wait for their delay, with all that belongs to them. Arrays of one group run in
    -- step: slips, legs, exposure, transfers, changes of streams. The caller holds the locks of betting_read_facts.
    CREATE FUNCTION betting_place_slips(
        slip_ids uuid[], user_ids uuid[], event_ids uuid[], bet_types text[], line_sizes text[], line_counts integer[],
        each_way boolean[], outcomes text[], currencies text[], stakes bigint[], free_bets uuid[], odds integer[],
        promises bigint[], caps bigint[], policies text[], states jsonb, now_is timestamptz, due timestamptz[],
        keys text[], fingerprints text[], replies jsonb,
        leg_slips uuid[], leg_positions integer[], leg_ids uuid[], leg_events uuid[], leg_markets uuid[],
        leg_selections uuid[], leg_users uuid[], leg_seen integer[], leg_odds integer[], leg_bankers boolean[],
        leg_policies text[], leg_event_stops integer[], leg_market_stops integer[],
        risk_markets uuid[], risk_selections uuid[], risk_currencies text[], risk_stakes bigint[],
        risk_payouts bigint[],
        transfer_kinds text[], transfer_slips uuid[], transfer_debits uuid[], transfer_credits uuid[],
        transfer_amounts bigint[], transfer_texts text[],
        topics text[], changes jsonb, fact_type text, fact jsonb
    ) RETURNS void
    LANGUAGE plpgsql SET plan_cache_mode TO force_generic_plan AS $$
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
               slip.policy, states -> (slip.place - 1)::integer, 0, now_is, slip.due,
               CASE WHEN slip.due IS NULL THEN now_is END
          FROM unnest(slip_ids, user_ids, event_ids, bet_types, line_sizes, line_counts, each_way, outcomes,
                      currencies, stakes, free_bets, odds, promises, caps, policies, due) WITH ORDINALITY
            AS slip (id, user_id, event_id, bet_type, line_sizes, line_count, is_each_way, outcome,
                     currency, stake, free_bet, odds, promise, cap, policy, due, place);

        INSERT INTO betting_leg (
            id, slip_id, position, event_id, market_id, selection_id, user_id, seen_odds_milli, odds_milli, is_banker,
            price_policy, event_stops, market_stops
        )
        SELECT leg.id, leg.slip_id, leg.position, leg.event_id, leg.market_id, leg.selection_id, leg.user_id, leg.seen,
               leg.odds, leg.is_banker, leg.policy, leg.event_stops, leg.market_stops
          FROM unnest(leg_ids, leg_slips, leg_positions, leg_events, leg_markets, leg_selections, leg_users, leg_seen,
                      leg_odds, leg_bankers, leg_policies, leg_event_stops, leg_market_stops)
            AS leg (id, slip_id, position, event_id, market_id, selection_id, user_id, seen,
                    odds, is_banker, policy, event_stops, market_stops);

        INSERT INTO betting_exposure_delta (market_id, selection_id, currency, stake_minor, payout_minor)
        SELECT * FROM unnest(risk_markets, risk_selections, risk_currencies, risk_stakes, risk_payouts);

        UPDATE betting_free_bet SET status = 'used' WHERE id = ANY (free_bets);

        PERFORM FROM ledger_post(ARRAY(
            SELECT ROW(transfer.kind, transfer.slip_id::text, 0, transfer.debit, transfer.credit, transfer.amount,
                       'slip', transfer.slip_id, transfer.description, NULL)::ledger_transfer
              FROM unnest(transfer_kinds, transfer_slips, transfer_debits, transfer_credits, transfer_amounts,
                          transfer_texts) WITH ORDINALITY
                AS transfer (kind, slip_id, debit, credit, amount, description, place)
             ORDER BY transfer.place
        ));

        INSERT INTO kit_idempotent_reply (owner_id, key, fingerprint, reply, created_at)
        SELECT answer.user_id, answer.key, answer.fingerprint, replies -> (answer.place - 1)::integer, now()
          FROM unnest(user_ids, keys, fingerprints) WITH ORDINALITY AS answer (user_id, key, fingerprint, place);

        INSERT INTO kit_event (type, payload) SELECT fact_type, fact WHERE fact IS NOT NULL;

        -- Streams come last: the heads' row locks are the last ones of the order.
        PERFORM stream_append(topics, ARRAY(
            SELECT change.value FROM jsonb_array_elements(changes) WITH ORDINALITY AS change (value, place)
             ORDER BY change.place
        ));
    END $$;
"""

JUDGE_SLIPS = """
    -- Write what became of slips whose delay has ended: accepted at their odds where `rejections` holds null, else
    -- rejected. The caller holds the locks of betting_read_facts and the slips' rows.
    CREATE FUNCTION betting_judge_slips(
        slip_ids uuid[], odds integer[], promises bigint[], rejections jsonb, now_is timestamptz,
        leg_slips uuid[], leg_positions integer[], leg_odds integer[], freed_bets uuid[],
        risk_markets uuid[], risk_selections uuid[], risk_currencies text[], risk_stakes bigint[],
        risk_payouts bigint[],
        transfer_kinds text[], transfer_slips uuid[], transfer_debits uuid[], transfer_credits uuid[],
        transfer_amounts bigint[], transfer_texts text[]
    ) RETURNS void
    LANGUAGE plpgsql SET plan_cache_mode TO force_generic_plan AS $$
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
    END $$;
"""

DROP = """
    DROP FUNCTION betting_judge_slips(
        uuid[], integer[], bigint[], jsonb, timestamptz, uuid[], integer[], integer[], uuid[],
        uuid[], uuid[], text[], bigint[], bigint[], text[], uuid[], uuid[], uuid[], bigint[], text[]);
    DROP FUNCTION betting_place_slips(
        uuid[], uuid[], uuid[], text[], text[], integer[], boolean[], text[], text[], bigint[], uuid[], integer[],
        bigint[], bigint[], text[], jsonb, timestamptz, timestamptz[], text[], text[], jsonb,
        uuid[], integer[], uuid[], uuid[], uuid[], uuid[], uuid[], integer[], integer[], boolean[], text[], integer[],
        integer[], uuid[], uuid[], text[], bigint[], bigint[], text[], uuid[], uuid[], uuid[], bigint[], text[],
        text[], jsonb, text, jsonb);
    DROP FUNCTION betting_read_facts(uuid[], uuid[], text[], text[], uuid[], boolean, boolean);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("betting", "0016_leaderboards"),
        ("kit", "0003_stream_append_in_sets"),
        ("payments", "0005_promotions_account"),
    ]

    operations = [
        migrations.AlterField(
            model_name="betslip",
            name="event",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="slips",
                to="sports.event",
            ),
        ),
        migrations.RunSQL(LEG_DEFAULTS, reverse_sql=NO_LEG_DEFAULTS),
        migrations.RunSQL(READ_FACTS + PLACE_SLIPS + JUDGE_SLIPS, reverse_sql=DROP),
    ]
