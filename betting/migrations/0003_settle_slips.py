"""Settlement in batches: one function grades, pays the difference and writes history for up to so many slips."""

from django.db import migrations

TYPES = """
    -- What one settlement of one slip comes to; `numerator` is the exact return times 2,000.
    CREATE TYPE betting_settlement AS (
        slip_id uuid, user_id uuid, account_id uuid, currency text, settlement_no integer, is_first boolean,
        stake_minor bigint, paid_before_minor bigint, payout_minor bigint, outcome text,
        selection_id uuid, result text, void_halves integer, result_version integer, label text
    );
"""

FIND = """
    -- Slips of an event, after a given one, whose results differ from those they were last settled on.
    CREATE FUNCTION betting_find_unsettled(settled_event uuid, after_slip uuid, slips_max integer) RETURNS uuid[]
    LANGUAGE sql STABLE AS $$
        SELECT array_agg(slip_id ORDER BY slip_id)
          FROM (SELECT leg.slip_id
                  FROM betting_leg AS leg
                  JOIN betting_selection AS selection ON selection.id = leg.selection_id
                 WHERE leg.event_id = settled_event
                   AND leg.slip_id > after_slip
                   AND leg.result_version <> selection.result_version
                 ORDER BY leg.slip_id
                 LIMIT slips_max) AS unsettled
    $$;
"""

PREPARE = """
    -- The settlements of these slips by today's results. The caller holds the rows of the slips, so that of two
    -- workers the later one finds nothing left. Won o, lost 0, void 1, and halves between: one exact integer division.
    CREATE FUNCTION betting_prepare_settlements(slip_ids uuid[]) RETURNS betting_settlement[]
    LANGUAGE sql VOLATILE AS $$
        SELECT array_agg(
                   ROW (
                       slip.id, slip.user_id, wallet.available_account_id, slip.currency,
                       slip.settlement_no + 1, slip.settlement_no = 0,
                       slip.stake_minor, coalesce(slip.payout_minor, 0), paid.payout_minor,
                       CASE
                           WHEN selection.void_halves = 2 THEN 'void'
                           WHEN exact.numerator = 0 THEN 'lost'
                           WHEN paid.payout_minor > slip.stake_minor THEN 'won'
                           ELSE 'partial'
                       END,
                       selection.id, selection.result, selection.void_halves, selection.result_version,
                       left(selection.name || ', ' || market.name || ', ' || event.name, 200)
                   )::betting_settlement
                   ORDER BY slip.id
               )
          FROM betting_slip AS slip
          JOIN betting_leg AS leg ON leg.slip_id = slip.id
          JOIN betting_selection AS selection ON selection.id = leg.selection_id
          JOIN betting_market AS market ON market.id = selection.market_id
          JOIN sports_event AS event ON event.id = market.event_id
          JOIN payments_wallet AS wallet ON wallet.user_id = slip.user_id AND wallet.currency = slip.currency
         CROSS JOIN LATERAL (
               SELECT slip.stake_minor::numeric * (
                          selection.void_halves * 1000
                          + (2 - selection.void_halves) * CASE selection.result WHEN 'won' THEN leg.odds_milli ELSE 0 END
                      ) AS numerator
               ) AS exact
         CROSS JOIN LATERAL (SELECT div(exact.numerator, 2000)::bigint AS payout_minor) AS paid
         WHERE slip.id = ANY (slip_ids)
           AND slip.bet_type = 'single'
           AND slip.status IN ('accepted', 'won', 'lost', 'partial', 'void')
           AND leg.result_version <> selection.result_version
    $$;
"""

TRANSFERS = """
    -- The money of a batch: stakes leave the open stakes once, and each slip is paid only what it was not paid before.
    CREATE FUNCTION betting_settlement_transfers(settled_event uuid, settlements betting_settlement[])
    RETURNS ledger_transfer[]
    LANGUAGE sql VOLATILE AS $$
        SELECT array_agg(ROW (
                   draft.kind, draft.ref, 0, draft.debit_account_id, draft.credit_account_id, draft.amount_minor,
                   draft.ref_kind, draft.ref_id, draft.description, draft.overdrawn_by
               )::ledger_transfer ORDER BY draft.place)
          FROM (
            -- A slip is settled for the first time once, so the first of them names the batch.
            SELECT 0 AS place, 'stakes_settled' AS kind, min(slip_id::text) AS ref,
                   ledger_house_account('open_stakes', currency) AS debit_account_id,
                   ledger_house_account('house_revenue', currency) AS credit_account_id,
                   sum(stake_minor)::bigint AS amount_minor,
                   'event' AS ref_kind, settled_event AS ref_id, 'Stakes settled' AS description,
                   NULL::text AS overdrawn_by
              FROM unnest(settlements)
             WHERE is_first
             GROUP BY currency
            UNION ALL
            SELECT row_number() OVER (ORDER BY slip_id),
                   CASE WHEN outcome = 'void' THEN 'refund' ELSE 'payout' END,
                   slip_id || ':' || settlement_no,
                   ledger_house_account('house_revenue', currency), account_id,
                   payout_minor - paid_before_minor,
                   'slip', slip_id,
                   CASE WHEN outcome = 'void' THEN 'Stake returned: ' ELSE 'Paid out: ' END || label,
                   NULL
              FROM unnest(settlements)
             WHERE payout_minor > paid_before_minor
            UNION ALL
            SELECT row_number() OVER (ORDER BY slip_id),
                   'settlement_correction',
                   slip_id || ':' || settlement_no,
                   account_id, ledger_house_account('house_revenue', currency),
                   paid_before_minor - payout_minor,
                   'slip', slip_id,
                   'Result corrected: ' || label,
                   'settlement'
              FROM unnest(settlements)
             WHERE payout_minor < paid_before_minor
          ) AS draft
    $$;
"""

RESULTS = """
    -- What these settlements change in the totals of won and lost of each person.
    CREATE FUNCTION betting_settlement_results(settlements betting_settlement[]) RETURNS ledger_result[]
    LANGUAGE sql VOLATILE AS $$
        SELECT array_agg(ROW (account_id, won_minor, lost_minor)::ledger_result)
          FROM (
            SELECT account_id,
                   sum(greatest(payout_minor - stake_minor, 0)
                       - CASE WHEN is_first THEN 0 ELSE greatest(paid_before_minor - stake_minor, 0) END)::bigint
                       AS won_minor,
                   sum(greatest(stake_minor - payout_minor, 0)
                       - CASE WHEN is_first THEN 0 ELSE greatest(stake_minor - paid_before_minor, 0) END)::bigint
                       AS lost_minor
              FROM unnest(settlements)
             GROUP BY account_id
          ) AS total
         WHERE won_minor <> 0 OR lost_minor <> 0
    $$;
"""

SETTLE = """
    -- Settle the next slips of an event after `after_slip`; answers them in order, nothing when none is left.
    -- Locks slips by id, then accounts by id. Running it again settles nothing again.
    CREATE FUNCTION betting_settle(
        settled_event uuid, after_slip uuid, slips_max integer, score text, settled_time timestamptz
    ) RETURNS TABLE (slip_id uuid, user_id uuid, currency text)
    LANGUAGE plpgsql AS $$
    #variable_conflict use_column
    DECLARE
        candidates uuid[] := betting_find_unsettled(settled_event, after_slip, slips_max);
        settlements betting_settlement[];
        transfers ledger_transfer[];
        results ledger_result[];
    BEGIN
        IF candidates IS NULL THEN
            RETURN;
        END IF;
        PERFORM FROM betting_slip AS slip WHERE slip.id = ANY (candidates) ORDER BY slip.id FOR NO KEY UPDATE;
        settlements := betting_prepare_settlements(candidates);

        IF settlements IS NOT NULL THEN
            transfers := betting_settlement_transfers(settled_event, settlements);
            results := betting_settlement_results(settlements);
            -- Winners and losers at once: the transfers lock winners alone and the results losers too, and two batches
            -- that share people would then wait for each other in a circle.
            PERFORM ledger_lock(ARRAY(SELECT settled.account_id FROM unnest(settlements) AS settled));
            IF transfers IS NOT NULL THEN
                PERFORM ledger_post(transfers);
            END IF;
            IF results IS NOT NULL THEN
                PERFORM ledger_record_results(results);
            END IF;

            INSERT INTO betting_history (
                bet_slip_id, user_id, settlement_no, outcome, actual_result, currency, winnings_minor,
                difference_minor, results_used, timestamp
            )
            SELECT slip_id, user_id, settlement_no, outcome, score, currency, payout_minor,
                   payout_minor - paid_before_minor,
                   jsonb_build_array(jsonb_build_object('selection_id', selection_id, 'version', result_version)),
                   settled_time
              FROM unnest(settlements);

            UPDATE betting_leg AS leg
               SET result = settled.result, void_halves = settled.void_halves,
                   result_version = settled.result_version
              FROM unnest(settlements) AS settled
             WHERE leg.slip_id = settled.slip_id;

            UPDATE betting_slip AS slip
               SET status = settled.outcome, payout_minor = settled.payout_minor,
                   settlement_no = settled.settlement_no, settled_at = settled_time
              FROM unnest(settlements) AS settled
             WHERE slip.id = settled.slip_id;
        END IF;

        RETURN QUERY
        SELECT candidate.id, settled.user_id, settled.currency
          FROM unnest(candidates) AS candidate (id)
          LEFT JOIN unnest(settlements) AS settled ON settled.slip_id = candidate.id
         ORDER BY candidate.id;
    END $$;
"""

DROP = """
    DROP FUNCTION betting_settle(uuid, uuid, integer, text, timestamptz);
    DROP FUNCTION betting_settlement_results(betting_settlement[]);
    DROP FUNCTION betting_settlement_transfers(uuid, betting_settlement[]);
    DROP FUNCTION betting_prepare_settlements(uuid[]);
    DROP FUNCTION betting_find_unsettled(uuid, uuid, integer);
    DROP TYPE betting_settlement;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("betting", "0002_write_prices"),
        ("payments", "0003_ledger_guards"),
    ]

    operations = [
        migrations.RunSQL(TYPES + FIND + PREPARE + TRANSFERS + RESULTS + SETTLE, reverse_sql=DROP),
    ]
