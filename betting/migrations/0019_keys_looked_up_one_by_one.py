"""What decides a batch of slips is found in steps that do not grow with the tables, however young a session's plans are."""

from importlib import import_module

from django.db import migrations

READ_FACTS = """
    -- Everything that decides some slips, as one JSON text. With `is_locking` it first takes their locks in the one
    -- order: switches, events and markets shared, then the free bets, then the wallets (and with `is_holding` the held
    -- accounts). Each statement of this function sees what was committed before it began, so what is read after the
    -- locks is what holds until the transaction ends.
    --
    -- The plans of a session are made once, on a young site for tables that are nearly empty: they must not scan them.
    CREATE OR REPLACE FUNCTION betting_read_facts(
        selection_ids uuid[], owner_ids uuid[], owner_currencies text[], owner_keys text[], free_bet_ids uuid[],
        is_locking boolean, is_holding boolean
    ) RETURNS text
    LANGUAGE plpgsql
    SET plan_cache_mode TO force_generic_plan SET enable_seqscan TO off SET enable_hashjoin TO off
    SET enable_mergejoin TO off AS $$
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
    END $$;
"""
BEFORE = import_module("betting.migrations.0011_facts_of_slips").READ_FACTS.replace("CREATE", "CREATE OR REPLACE", 1)


class Migration(migrations.Migration):
    dependencies = [("betting", "0018_own_rules"), ("payments", "0007_ids_of_house_accounts")]

    operations = [migrations.RunSQL(READ_FACTS, reverse_sql=BEFORE)]
