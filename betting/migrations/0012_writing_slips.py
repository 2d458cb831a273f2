"""Slips in batches: one function writes all that stand or wait, one what became of those that waited."""

from django.db import migrations

WRITE_SLIPS = """
    -- Write slips that stand, or that wait for their delay, with all that belongs to them. Arrays of one group run in
    -- step: slips, legs (which name their slip by its place), transfers, wallets. The caller holds the locks of
    -- betting_read_facts.
    CREATE FUNCTION betting_write_slips(
        slip_ids uuid[], user_ids uuid[], bet_types text[], line_sizes text[], currencies text[], policies text[],
        fingerprints text[], line_counts integer[], each_way boolean[], stakes bigint[], promises bigint[],
        caps bigint[], topics text[],
        event_ids uuid[], free_bets uuid[], odds integer[], due timestamptz[],
        outcomes text[], keys text[], states jsonb, replies jsonb, placed_change text, now_is timestamptz,
        leg_slips integer[], leg_positions integer[], leg_events uuid[], leg_markets uuid[], leg_selections uuid[],
        leg_seen integer[], leg_odds integer[], leg_bankers boolean[], leg_policies text[], leg_event_stops integer[],
        leg_market_stops integer[], leg_stakes bigint[], leg_payouts bigint[],
        transfer_kinds text[], transfer_slips uuid[], transfer_debits uuid[], transfer_credits uuid[],
        transfer_amounts bigint[], transfer_texts text[],
        wallet_topics text[], wallet_changes jsonb, fact_type text, fact jsonb
    ) RETURNS void
    LANGUAGE plpgsql SET plan_cache_mode TO force_generic_plan AS $$
    DECLARE
        documents jsonb[] := ARRAY(SELECT jsonb_array_elements(replies));
        snapshots jsonb[] := ARRAY(SELECT jsonb_array_elements(states));
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
            topics || wallet_topics,
            ARRAY(SELECT jsonb_build_object('type', placed_change, 'slip', document) FROM unnest(documents) AS document)
            || ARRAY(SELECT jsonb_array_elements(wallet_changes))
        );
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


class Migration(migrations.Migration):
    replaces = [("betting", "0023_write_slips")]

    dependencies = [("betting", "0011_facts_of_slips")]

    operations = [
        migrations.RunSQL(WRITE_SLIPS, reverse_sql="DROP FUNCTION betting_write_slips"),
        migrations.RunSQL(JUDGE_SLIPS, reverse_sql="DROP FUNCTION betting_judge_slips"),
    ]
