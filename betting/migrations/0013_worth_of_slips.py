"""What settlement works with: exact sums of lines, deductions, cancel windows, and ranges of people to walk.

What a slip is worth equals `betting/core/payout.py`: products of integer numerators and denominators, one division.
"""

from django.db import migrations

TYPES = """
    CREATE AGGREGATE betting_product(numeric) (SFUNC = numeric_mul, STYPE = numeric, INITCOND = '1', PARALLEL = SAFE);

    CREATE TYPE betting_lines AS (numerator numeric, denominator numeric);
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

DROP = """
    DROP FUNCTION betting_plan_settlement(uuid, integer);
    DROP FUNCTION betting_is_cancelled(uuid, timestamptz);
    DROP FUNCTION betting_deducted(uuid, timestamptz);
    DROP FUNCTION betting_sum_of_lines(numeric[], numeric[], boolean[], smallint[]);
    DROP TYPE betting_lines;
    DROP AGGREGATE betting_product(numeric);
"""


class Migration(migrations.Migration):
    replaces = [("betting", "0019_settle_ranges")]

    dependencies = [("betting", "0012_writing_slips")]

    operations = [migrations.RunSQL(TYPES + LINES + ADJUSTMENTS + PLAN, reverse_sql=DROP)]
