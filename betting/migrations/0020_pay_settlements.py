"""The money of a settled range: stakes move once a batch, each slip is paid the difference, free bets come back."""

from django.db import migrations

TRANSFERS = """
    -- Stakes leave the open stakes when a slip is settled and go back when it is open again; a slip is paid only what it
    -- was not paid before. Of those that move together, the least slip and its settlement number name the batch.
    CREATE FUNCTION betting_settlement_transfers(settled_event uuid, settled betting_settled[])
    RETURNS ledger_transfer[]
    LANGUAGE sql VOLATILE AS $$
        WITH slip AS MATERIALIZED (
            SELECT *, payout_minor - paid_before_minor AS difference_minor FROM unnest(settled)
        ), house AS MATERIALIZED (
            SELECT currency, ledger_house_account('open_stakes', currency) AS stakes,
                   ledger_house_account('house_revenue', currency) AS revenue
              FROM (SELECT DISTINCT currency FROM slip) AS used
        )
        SELECT array_agg(ROW (
                   draft.kind, draft.ref, 0, draft.debit_account_id, draft.credit_account_id, draft.amount_minor,
                   draft.ref_kind, draft.ref_id, draft.description, draft.overdrawn_by
               )::ledger_transfer ORDER BY draft.place, draft.ref_id)
          FROM (
            SELECT 0 AS place, CASE WHEN is_open THEN 'stakes_reopened' ELSE 'stakes_settled' END AS kind,
                   min(slip_id || ':' || settlement_no) AS ref,
                   CASE WHEN is_open THEN house.revenue ELSE house.stakes END AS debit_account_id,
                   CASE WHEN is_open THEN house.stakes ELSE house.revenue END AS credit_account_id,
                   sum(stake_minor)::bigint AS amount_minor,
                   'event' AS ref_kind, settled_event AS ref_id,
                   CASE WHEN is_open THEN 'Stakes open again' ELSE 'Stakes settled' END AS description,
                   NULL::text AS overdrawn_by
              FROM (SELECT *, outcome = 'accepted' AS is_open FROM slip) AS moving
              JOIN house USING (currency)
             WHERE was_settled = is_open
             GROUP BY house.currency, is_open, house.revenue, house.stakes
            UNION ALL
            SELECT 1, CASE WHEN outcome = 'void' THEN 'refund' ELSE 'payout' END, slip_id || ':' || settlement_no,
                   house.revenue, wallet.available_account_id, difference_minor, 'slip', slip_id,
                   CASE WHEN outcome = 'void' THEN 'Stake returned: ' ELSE 'Paid out: ' END || label, NULL
              FROM slip
              JOIN house USING (currency)
              JOIN payments_wallet AS wallet ON wallet.user_id = slip.user_id AND wallet.currency = slip.currency
             WHERE difference_minor > 0
            UNION ALL
            SELECT 1, 'settlement_correction', slip_id || ':' || settlement_no,
                   wallet.available_account_id, house.revenue, -difference_minor, 'slip', slip_id,
                   'Result corrected: ' || label, 'settlement'
              FROM slip
              JOIN house USING (currency)
              JOIN payments_wallet AS wallet ON wallet.user_id = slip.user_id AND wallet.currency = slip.currency
             WHERE difference_minor < 0
          ) AS draft
    $$;
"""

RESULTS = """
    -- What these settlements change in the totals of won and lost of each person. A free bet stakes nothing of theirs.
    CREATE FUNCTION betting_settlement_results(settled betting_settled[]) RETURNS ledger_result[]
    LANGUAGE sql VOLATILE AS $$
        SELECT array_agg(ROW (wallet.available_account_id, won_minor, lost_minor)::ledger_result)
          FROM (
            SELECT user_id, currency,
                   sum(CASE WHEN outcome <> 'accepted' THEN greatest(payout_minor - own, 0) ELSE 0 END
                       - CASE WHEN was_settled THEN greatest(paid_before_minor - own, 0) ELSE 0 END)::bigint
                       AS won_minor,
                   sum(CASE WHEN outcome <> 'accepted' THEN greatest(own - payout_minor, 0) ELSE 0 END
                       - CASE WHEN was_settled THEN greatest(own - paid_before_minor, 0) ELSE 0 END)::bigint
                       AS lost_minor
              FROM (SELECT *, CASE WHEN free_bet_id IS NULL THEN stake_minor ELSE 0 END AS own
                      FROM unnest(settled)) AS slip
             GROUP BY user_id, currency
          ) AS total
          JOIN payments_wallet AS wallet ON wallet.user_id = total.user_id AND wallet.currency = total.currency
         WHERE won_minor <> 0 OR lost_minor <> 0
    $$;
"""

FREE_BETS = """
    -- A slip that is void as a whole gives its token back; one that no longer is takes it, if it is still there.
    CREATE FUNCTION betting_return_free_bets(settled betting_settled[]) RETURNS void LANGUAGE sql VOLATILE AS $$
        UPDATE betting_free_bet AS token
           SET status = CASE slip.outcome WHEN 'void' THEN 'available' ELSE 'used' END
          FROM unnest(settled) AS slip
         WHERE slip.free_bet_id IS NOT NULL
           AND token.id = slip.free_bet_id
           AND (slip.outcome = 'void') <> (slip.status_before = 'void')
           AND token.status = CASE slip.outcome WHEN 'void' THEN 'used' ELSE 'available' END
    $$;
"""

SETTLE = """
    -- Settle one waiting range of an event that no other worker has; `is_claimed` is false when there is none.
    -- Locks slips, then accounts by id. `people` lists who has which slips with a
    -- changed outcome or payout.
    CREATE FUNCTION betting_settle(
        settled_event uuid, score text, settled_time timestamptz,
        OUT is_claimed boolean, OUT slips_settled integer, OUT people jsonb
    ) LANGUAGE plpgsql AS $$
    DECLARE
        claimed betting_settlement_range;
        settled betting_settled[];
        is_complete boolean;
        transfers ledger_transfer[];
        results ledger_result[];
    BEGIN
        slips_settled := 0;
        people := '[]';
        DELETE FROM betting_settlement_range WHERE id = (
            SELECT id FROM betting_settlement_range WHERE event_id = settled_event
             ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
        ) RETURNING * INTO claimed;
        is_claimed := claimed.id IS NOT NULL;
        IF NOT is_claimed THEN
            RETURN;
        END IF;

        -- A slip that was cashed out meanwhile is worked out again.
        LOOP
            SELECT written.settled, written.is_complete INTO settled, is_complete
              FROM betting_write_settlements(
                       settled_event, claimed.from_user, claimed.from_slip, claimed.to_user, claimed.to_slip,
                       score, settled_time) AS written;
            IF settled IS NOT NULL THEN
                transfers := betting_settlement_transfers(settled_event, settled);
                results := betting_settlement_results(settled);
                PERFORM ledger_settle(transfers, results);
                PERFORM betting_return_free_bets(settled);
                slips_settled := slips_settled + cardinality(settled);
                SELECT people || coalesce(jsonb_agg(
                           jsonb_build_object('user_id', one.user_id, 'slip_ids', one.slip_ids)
                           ORDER BY one.user_id), '[]'::jsonb)
                  INTO people
                  FROM (SELECT user_id, jsonb_agg(slip_id ORDER BY slip_id) AS slip_ids
                          FROM unnest(settled)
                         WHERE outcome <> status_before OR payout_minor <> paid_before_minor
                         GROUP BY user_id) AS one;
            END IF;
            EXIT WHEN is_complete;
        END LOOP;
    END $$;
"""

DROP = """
    DROP FUNCTION betting_settle(uuid, text, timestamptz);
    DROP FUNCTION betting_return_free_bets(betting_settled[]);
    DROP FUNCTION betting_settlement_results(betting_settled[]);
    DROP FUNCTION betting_settlement_transfers(uuid, betting_settled[]);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("betting", "0019_settle_ranges"),
        ("kit", "0004_heard_streams"),
        ("payments", "0008_settle_accounts"),
    ]

    operations = [migrations.RunSQL(TRANSFERS + RESULTS + FREE_BETS + SETTLE, reverse_sql=DROP)]
