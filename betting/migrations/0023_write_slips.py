"""Slips are written with less: no key of theirs is checked against rows that are locked anyway, legs need no index of
their ids, and what follows from other columns is not sent."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Rows of legs are found by slip and by event; ids made in the order of time need no unique index of their own.
LEAN_LEGS = """
    ALTER TABLE betting_leg DROP CONSTRAINT betting_leg_pkey;
    ALTER TABLE betting_leg ALTER COLUMN id SET DEFAULT uuidv7();
    CREATE INDEX betting_leg_number ON betting_leg USING brin (id);
"""
FULL_LEGS = """
    DROP INDEX betting_leg_number;
    ALTER TABLE betting_leg ALTER COLUMN id DROP DEFAULT;
    ALTER TABLE betting_leg ADD PRIMARY KEY (id);
"""

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

# The plans of a session are made once, on a young site for tables that are nearly empty: they must not scan them.
_READ = "ALTER FUNCTION betting_read_facts(uuid[], uuid[], text[], text[], uuid[], boolean, boolean)"
_SCANS = ("enable_seqscan", "enable_hashjoin", "enable_mergejoin")
READ_BY_KEY = "".join(f"{_READ} SET {setting} TO off;" for setting in _SCANS)
READ_ANYHOW = "".join(f"{_READ} RESET {setting};" for setting in _SCANS)

DROP_PLACE_SLIPS = """
    DROP FUNCTION betting_place_slips(
        uuid[], uuid[], uuid[], text[], text[], integer[], boolean[], text[], text[], bigint[], uuid[], integer[],
        bigint[], bigint[], text[], jsonb, timestamptz, timestamptz[], text[], text[], jsonb,
        uuid[], integer[], uuid[], uuid[], uuid[], uuid[], uuid[], integer[], integer[], boolean[], text[], integer[],
        integer[], uuid[], uuid[], text[], bigint[], bigint[], text[], uuid[], uuid[], uuid[], bigint[], text[],
        text[], jsonb, text, jsonb);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("betting", "0022_targets_whatever_the_status"),
        ("payments", "0009_post_new_transfers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="betslip",
            name="user",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="slips",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="betleg",
            name="slip",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="legs",
                to="betting.betslip",
            ),
        ),
        migrations.RunSQL(LEAN_LEGS, reverse_sql=FULL_LEGS),
        migrations.RunSQL(WRITE_SLIPS, reverse_sql="DROP FUNCTION betting_write_slips"),
        migrations.RunSQL(READ_BY_KEY, reverse_sql=READ_ANYHOW),
        migrations.RunSQL(DROP_PLACE_SLIPS, reverse_sql=migrations.RunSQL.noop),
    ]
