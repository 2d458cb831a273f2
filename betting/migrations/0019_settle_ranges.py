"""Settlement by ranges of people: one statement works out, writes and pays up to some thousand slips, exactly.

What a slip is worth equals `betting/core/payout.py`: products of integer numerators and denominators, one division.
"""

from django.db import migrations

TYPES = """
    CREATE AGGREGATE betting_product(numeric) (SFUNC = numeric_mul, STYPE = numeric, INITCOND = '1', PARALLEL = SAFE);

    CREATE TYPE betting_lines AS (numerator numeric, denominator numeric);

    -- One slip whose settlement was written. `was_settled`: it had been paid `paid_before_minor` before.
    CREATE TYPE betting_settled AS (
        slip_id uuid, user_id uuid, currency text, settlement_no integer, was_settled boolean, status_before text,
        stake_minor bigint, paid_before_minor bigint, outcome text, payout_minor bigint,
        free_bet_id uuid, label text
    );
"""

LINES = """
    -- The sum over line sizes of the products of that many factors, times all bankers. Each factor is n/d; the
    -- polynomial prod(d + n x) has these sums as its coefficients over one common denominator, so nothing is rounded.
    CREATE FUNCTION betting_sum_of_lines(ns numeric[], ds numeric[], are_bankers boolean[], sizes smallint[])
    RETURNS betting_lines LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
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
    END $$;
"""

ADJUSTMENTS = """
    -- What withdrawals take off the winnings of a leg on this market, in percent.
    CREATE FUNCTION betting_deducted(of_market uuid, placed timestamptz) RETURNS integer LANGUAGE sql STABLE AS $$
        SELECT least(90, coalesce(sum(percent), 0))::integer FROM betting_deduction
         WHERE market_id = of_market AND is_active AND placed < placed_before
    $$;

    CREATE FUNCTION betting_is_cancelled(of_market uuid, placed timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
        SELECT EXISTS (
            SELECT FROM betting_cancel_window
             WHERE market_id = of_market AND is_active
               AND (starts_at IS NULL OR placed >= starts_at) AND (ends_at IS NULL OR placed < ends_at)
        )
    $$;
"""

PLAN = """
    -- Cut the slips of an event into ranges of at most `slips_max`, in the order of people; the first is open below
    -- and the last above, so that together they hold every slip there is and will be. Ranges left over from an earlier
    -- plan are covered by these. Answers how many ranges there are. The caller holds the book's row.
    CREATE FUNCTION betting_plan_settlement(settled_event uuid, slips_max integer) RETURNS integer
    LANGUAGE plpgsql AS $$
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
    END $$;
"""

# Each selection once, as integers that a leg's price completes to its factors; nothing of it depends on the slip.
# win = (win_base + win_gain * (100000 + (odds - 1000)(100 - deducted))) / win_d, where `deducted` is Rule 4 in percent;
# place = (place_base + place_gain * (100000 each_way_d + (odds - 1000)(100 - deducted) each_way_n)) / place_d.
# What is void or has no result yet counts as 1.
FACTS = """
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
                ELSE 100000::bigint * coalesce(market.each_way_denominator, 1) * selection.place_dead_heat_tied END
                AS place_d,
           coalesce(market.each_way_numerator, 1) AS each_way_n,
           coalesce(market.each_way_denominator, 1) AS each_way_d,
           EXISTS (SELECT FROM betting_deduction AS deduction
                    WHERE deduction.market_id = market.id AND deduction.is_active) AS has_deductions,
           EXISTS (SELECT FROM betting_cancel_window AS cancelled
                    WHERE cancelled.market_id = market.id AND cancelled.is_active) AS has_windows,
           jsonb_build_object('selection_id', selection.id, 'version', selection.result_version) AS used,
           left(selection.name || ', ' || market.name || ', ' || event.name, 200) AS label
      FROM betting_selection AS selection
      JOIN betting_market AS market ON market.id = selection.market_id
      JOIN sports_event AS event ON event.id = market.event_id
     CROSS JOIN LATERAL (SELECT selection.result = 'void' OR selection.void_halves = 2) AS known (is_void)
"""

# The slips of the range, each once, with the leg that led to them.
WALKED = """
    SELECT DISTINCT ON (leg.user_id, leg.slip_id)
           slip.id, slip.user_id, slip.currency, slip.placed_at, slip.bet_type, slip.is_each_way, slip.line_sizes,
           slip.line_count, slip.settlement_no, slip.status, slip.remaining_stake_minor AS stake_minor,
           slip.payout_minor, slip.payout_minor_max, slip.results_sum, slip.free_bet_id,
           slip.bet_type = 'single' AND NOT slip.is_each_way AS is_plain, leg.selection_id, leg.odds_milli
      FROM betting_leg AS leg
      JOIN betting_slip AS slip ON slip.id = leg.slip_id
     WHERE leg.event_id = settled_event
       AND (leg.user_id, leg.slip_id) > (from_user, from_slip)
       AND (leg.user_id, leg.slip_id) <= (to_user, to_slip)
       AND slip.status IN ('accepted', 'won', 'lost', 'partial', 'void')
     ORDER BY leg.user_id, leg.slip_id
"""

# Plain singles: one leg, nothing to add up.
SINGLES = """
    SELECT slip.id, slip.user_id, slip.currency, slip.settlement_no, slip.status, slip.stake_minor, slip.payout_minor,
           slip.payout_minor_max, slip.results_sum, slip.free_bet_id,
           facts.version::bigint AS new_sum, facts.is_open AND NOT leg.is_cancelled AS is_open,
           facts.is_void OR leg.is_cancelled AS is_void,
           CASE WHEN leg.is_cancelled THEN slip.stake_minor
                ELSE slip.stake_minor * (facts.win_base + facts.win_gain
                     * (100000 + (slip.odds_milli - 1000)::bigint * (100 - leg.deducted)))::numeric END AS numerator,
           CASE WHEN leg.is_cancelled THEN 1 ELSE facts.win_d END::numeric AS denominator,
           jsonb_build_array(facts.used) AS used, facts.label
      FROM walked AS slip
      JOIN facts ON facts.id = slip.selection_id
     CROSS JOIN LATERAL (
           SELECT facts.has_windows AND betting_is_cancelled(facts.market_id, slip.placed_at) AS is_cancelled,
                  CASE WHEN facts.has_deductions THEN betting_deducted(facts.market_id, slip.placed_at) ELSE 0 END
                  AS deducted) AS leg
     WHERE slip.is_plain AND slip.results_sum <> facts.version
"""

# All others: their legs' factors multiplied, or put into the polynomial of their lines.
MULTIPLES = """
    SELECT slip.id, slip.user_id, slip.currency, slip.settlement_no, slip.status, slip.stake_minor, slip.payout_minor,
           slip.payout_minor_max, slip.results_sum, slip.free_bet_id,
           legs.new_sum, legs.is_open, legs.is_void,
           slip.stake_minor * CASE WHEN slip.is_each_way
               THEN (win.lines).numerator * (place.lines).denominator + (place.lines).numerator * (win.lines).denominator
               ELSE (win.lines).numerator END AS numerator,
           slip.line_count * (win.lines).denominator
               * CASE WHEN slip.is_each_way THEN (place.lines).denominator ELSE 1 END AS denominator,
           legs.used,
           CASE legs.number WHEN 1 THEN legs.label
                ELSE initcap(replace(slip.bet_type, '_', ' ')) || ' of ' || legs.number || ' legs' END AS label
      FROM walked AS slip
      JOIN (
            SELECT held.id, sum(facts.version)::bigint AS new_sum, count(*) AS number,
                   bool_or(NOT known.is_cancelled
                           AND CASE WHEN held.is_each_way THEN facts.is_open_each_way ELSE facts.is_open END) AS is_open,
                   bool_and(facts.is_void OR known.is_cancelled) AS is_void,
                   betting_product(factor.win_n) AS win_n, betting_product(factor.win_d) AS win_d,
                   array_agg(factor.win_n) FILTER (WHERE NOT held.is_product) AS win_ns,
                   array_agg(factor.win_d) FILTER (WHERE NOT held.is_product) AS win_ds,
                   array_agg(factor.place_n) FILTER (WHERE held.is_each_way) AS place_ns,
                   array_agg(factor.place_d) FILTER (WHERE held.is_each_way) AS place_ds,
                   array_agg(held.is_banker) FILTER (WHERE held.is_each_way OR NOT held.is_product) AS are_bankers,
                   jsonb_agg(facts.used ORDER BY held.position) AS used, min(facts.label) AS label
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
             GROUP BY held.id
           ) AS legs ON legs.id = slip.id
     CROSS JOIN LATERAL (
           SELECT CASE WHEN slip.bet_type IN ('single', 'accumulator')
                       THEN ROW (legs.win_n, legs.win_d)::betting_lines
                       ELSE betting_sum_of_lines(legs.win_ns, legs.win_ds, legs.are_bankers, slip.line_sizes) END
                  AS lines) AS win
     CROSS JOIN LATERAL (
           SELECT CASE WHEN slip.is_each_way
                       THEN betting_sum_of_lines(legs.place_ns, legs.place_ds, legs.are_bankers, slip.line_sizes) END
                  AS lines) AS place
     WHERE NOT slip.is_plain AND slip.results_sum <> legs.new_sum
"""

SETTLE = f"""
    -- Settle the slips of one range whose results are others than those they were last settled on; answers them.
    --
    -- A slip is open while a result may change its return. The exact return is floored once. The update repeats what it
    -- was worked out from: a slip that somebody changed meanwhile is left, and the caller asks again.
    CREATE FUNCTION betting_write_settlements(
        settled_event uuid, from_user uuid, from_slip uuid, to_user uuid, to_slip uuid,
        score text, settled_time timestamptz, OUT settled betting_settled[], OUT is_complete boolean
    ) LANGUAGE plpgsql SET plan_cache_mode TO force_generic_plan SET enable_mergejoin TO off SET enable_seqscan TO off
    AS $$
    #variable_conflict use_column
    BEGIN
        WITH walked AS MATERIALIZED ({WALKED}
        ), slip_legs AS MATERIALIZED (
            SELECT slip.id, slip.placed_at, slip.is_each_way, slip.bet_type IN ('single', 'accumulator') AS is_product,
                   leg.position, leg.selection_id, leg.odds_milli, leg.is_banker
              FROM walked AS slip
              JOIN betting_leg AS leg ON leg.slip_id = slip.id
             WHERE NOT slip.is_plain
        ), facts AS MATERIALIZED ({FACTS}
             WHERE selection.id IN (SELECT selection_id FROM walked UNION SELECT selection_id FROM slip_legs)
        ), worth AS MATERIALIZED (
            SELECT one.*, one.is_open AND one.numerator > 0 AS stays_open,
                   div(greatest(one.numerator
                           - CASE WHEN one.free_bet_id IS NULL THEN 0 ELSE one.stake_minor * one.denominator END, 0),
                       one.denominator) AS uncapped_minor
              FROM ({SINGLES}
                    UNION ALL {MULTIPLES}) AS one
        ), decided AS MATERIALIZED (
            SELECT worth.*, paid.payout_minor AS new_payout_minor,
                   CASE WHEN stays_open THEN 'accepted'
                        WHEN is_void THEN 'void'
                        WHEN numerator = 0 THEN 'lost'
                        WHEN paid.payout_minor > stake_minor OR (free_bet_id IS NOT NULL AND paid.payout_minor > 0)
                        THEN 'won'
                        ELSE 'partial' END AS outcome
              FROM worth
             CROSS JOIN LATERAL (
                   SELECT CASE WHEN NOT stays_open THEN least(uncapped_minor, payout_minor_max)::bigint END
                          AS payout_minor) AS paid
             WHERE NOT (stays_open AND status = 'accepted')
             ORDER BY id
        ), updated AS (
            UPDATE betting_slip AS slip
               SET status = decided.outcome, payout_minor = decided.new_payout_minor,
                   uncapped_minor = CASE WHEN NOT decided.stays_open THEN decided.uncapped_minor END,
                   settlement_no = decided.settlement_no + 1, results_sum = decided.new_sum,
                   settled_at = CASE WHEN NOT decided.stays_open THEN settled_time END
              FROM decided
             WHERE slip.id = decided.id
               AND slip.settlement_no = decided.settlement_no
               AND slip.status = decided.status
               AND slip.remaining_stake_minor = decided.stake_minor
            RETURNING decided.id, decided.user_id, decided.currency, decided.settlement_no, decided.status,
                      decided.stake_minor, decided.payout_minor, decided.new_payout_minor, decided.outcome,
                      decided.free_bet_id, decided.label, decided.used
        ), history AS (
            INSERT INTO betting_history (
                bet_slip_id, user_id, settlement_no, outcome, actual_result, currency, winnings_minor,
                difference_minor, results_used, timestamp
            )
            SELECT id, user_id, settlement_no + 1, outcome, score, currency, coalesce(new_payout_minor, 0),
                   coalesce(new_payout_minor, 0) - coalesce(payout_minor, 0), used, settled_time
              FROM updated
        )
        SELECT array_agg(ROW (
                   id, user_id, currency, settlement_no + 1, payout_minor IS NOT NULL, status, stake_minor,
                   coalesce(payout_minor, 0), outcome, coalesce(new_payout_minor, 0), free_bet_id,
                   CASE WHEN coalesce(new_payout_minor, 0) <> coalesce(payout_minor, 0) THEN label END
               )::betting_settled),
               count(*) = (SELECT count(*) FROM decided)
          INTO settled, is_complete
          FROM updated;
    END $$;
"""

DROP = """
    DROP FUNCTION betting_write_settlements(uuid, uuid, uuid, uuid, uuid, text, timestamptz);
    DROP FUNCTION betting_plan_settlement(uuid, integer);
    DROP FUNCTION betting_is_cancelled(uuid, timestamptz);
    DROP FUNCTION betting_deducted(uuid, timestamptz);
    DROP FUNCTION betting_sum_of_lines(numeric[], numeric[], boolean[], smallint[]);
    DROP TYPE betting_settled;
    DROP TYPE betting_lines;
    DROP AGGREGATE betting_product(numeric);
"""


class Migration(migrations.Migration):
    dependencies = [("betting", "0018_settlement_ranges")]

    operations = [migrations.RunSQL(TYPES + LINES + ADJUSTMENTS + PLAN + SETTLE, reverse_sql=DROP)]
