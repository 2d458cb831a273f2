"""A slip and what its stake left of the wallet are told in one change, and documents stay the text they were written as."""

from importlib import import_module

from django.db import migrations

import project.kit.fields

WRITE_SLIPS = """
    -- Write slips that stand, or that wait for their delay, with all that belongs to them. Arrays of one group run in
    -- step: slips (states, replies and wallets as well), legs, which name their slip by its place, and transfers. The
    -- caller holds the locks of betting_read_facts.
    CREATE FUNCTION betting_write_slips(
        slip_ids uuid[], user_ids uuid[], bet_types text[], line_sizes text[], currencies text[], policies text[],
        fingerprints text[], line_counts integer[], each_way boolean[], stakes bigint[], promises bigint[],
        caps bigint[],
        event_ids uuid[], free_bets uuid[], odds integer[], due timestamptz[],
        outcomes text[], keys text[], states json, replies json, wallets json, placed_change text,
        now_is timestamptz,
        leg_slips integer[], leg_positions integer[], leg_events uuid[], leg_markets uuid[], leg_selections uuid[],
        leg_seen integer[], leg_odds integer[], leg_bankers boolean[], leg_policies text[], leg_event_stops integer[],
        leg_market_stops integer[], leg_stakes bigint[], leg_payouts bigint[],
        transfer_kinds text[], transfer_slips uuid[], transfer_debits uuid[], transfer_credits uuid[],
        transfer_amounts bigint[], transfer_texts text[],
        fact_type text, fact jsonb
    ) RETURNS void
    LANGUAGE plpgsql SET plan_cache_mode TO force_generic_plan AS $$
    DECLARE
        documents json[] := ARRAY(SELECT json_array_elements(replies));
        snapshots json[] := ARRAY(SELECT json_array_elements(states));
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

        UPDATE betting_free_bet SET status = 'used' WHERE id = ANY (free_bets);

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
            ARRAY(SELECT format('{"type":%s,"slip":%s,"wallet":%s}', to_json(placed_change), slip, wallet)::json
                    FROM unnest(documents, ARRAY(SELECT json_array_elements(wallets))) AS told (slip, wallet))
        );
    END $$;
"""
BEFORE = import_module("betting.migrations.0012_writing_slips").WRITE_SLIPS


class Migration(migrations.Migration):
    dependencies = [
        ("betting", "0020_folded_rows_are_passed_over"),
        ("kit", "0004_documents_as_they_are_written"),
    ]

    operations = [
        migrations.AlterField("betslip", "match_state", project.kit.fields.WrittenJsonField()),
        migrations.RunSQL("DROP FUNCTION betting_write_slips", reverse_sql=BEFORE),
        migrations.RunSQL(WRITE_SLIPS, reverse_sql="DROP FUNCTION betting_write_slips"),
    ]
