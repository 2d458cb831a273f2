"""What a market's standing bets put at risk, added up from the slips, and its exposure brought to that."""

from django.db import migrations

SHARE = """
    -- What one leg of a system or an each-way slip puts at risk on its market, as `betting/core/stakes.py` says:
    -- the slip's whole stake and payout, less what it would still pay at best without this leg. Each sum is floored once.
    CREATE FUNCTION betting_share_of_leg(
        of_slip uuid, at_position integer, stake bigint, is_free boolean, with_places boolean, sizes smallint[],
        lines integer, OUT stake_minor bigint, OUT payout_minor bigint
    ) LANGUAGE sql STABLE AS $$
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
    $$;
"""

RESTATE = """
    -- Append what brings the exposure of a market to what its standing slips put at risk, those left out that a cancel
    -- window makes void there. The caller holds the event's lock exclusively: no slip is placed, judged or cashed out
    -- meanwhile. A fold may be: its delete and its totals are one statement, and seen as one.
    CREATE FUNCTION betting_restate_exposure(of_market uuid) RETURNS void
    LANGUAGE plpgsql SET plan_cache_mode TO force_generic_plan SET enable_mergejoin TO off SET enable_seqscan TO off
    AS $$
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
    END $$;
"""

DROP = """
    DROP FUNCTION betting_restate_exposure(uuid);
    DROP FUNCTION betting_share_of_leg(uuid, integer, bigint, boolean, boolean, smallint[], integer);
"""


class Migration(migrations.Migration):
    dependencies = [("betting", "0024_cancel_window_once")]

    operations = [migrations.RunSQL(SHARE + RESTATE, reverse_sql=DROP)]
