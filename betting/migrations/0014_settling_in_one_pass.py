"""A range is settled by two statements, plain singles by one that touches each slip once, all others by another.

What a slip is worth stays what `betting/core/payout.py` says. The plans follow from how the statements are written, not
from what the planner expects of tables whose size it does not know: every row is looked up by its key.
"""

from django.db import migrations

TYPE = """
    -- What settling some slips leaves to do: transfers and changes of totals (NULL where there are none), who has which
    -- slips with another outcome or payout, and slips on free bets that are void now or no longer. `is_complete`: no
    -- slip of the range is left to look at.
    CREATE TYPE betting_written AS (
        slips integer, is_complete boolean, transfers ledger_transfer[], results ledger_result[], people jsonb,
        token_slips uuid[]
    );
"""

# The legs that lead to the slips of the range, one for each slip, in the order of the slips' ids.
LEGS = """
    SELECT row_number() OVER () AS number, slip_id, selection_id, odds_milli
      FROM (SELECT slip_id, selection_id, odds_milli
              FROM (SELECT DISTINCT ON (user_id, slip_id) user_id, slip_id, selection_id, odds_milli
                      FROM betting_leg
                     WHERE event_id = settled_event
                       AND (user_id, slip_id) > (from_user, from_slip)
                       AND (user_id, slip_id) <= (to_user, to_slip)
                     ORDER BY user_id, slip_id) AS walked
             ORDER BY slip_id) AS leg
"""

# Each selection once, as integers that a leg's price completes to its factors; nothing of it depends on the slip.
# win = (win_base + win_gain * (100000 + (odds - 1000)(100 - deducted))) / win_d, where `deducted` is Rule 4 in percent;
# place = (place_base + place_gain * (100000 each_way_d + (odds - 1000)(100 - deducted) each_way_n)) / place_d.
# What is void or has no result yet counts as 1.
FACTS = """
    SELECT one.*, jsonb_build_array(one.used) AS used_alone
      FROM (SELECT DISTINCT selection_id FROM {legs}) AS wanted
     CROSS JOIN LATERAL (
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
                       ELSE 100000::bigint * coalesce(market.each_way_denominator, 1) * selection.place_dead_heat_tied
                       END AS place_d,
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
            WHERE selection.id = wanted.selection_id
           OFFSET 0
           ) AS one
"""

# Plain singles, in one pass: what a slip becomes follows from its row, its one leg and the facts. A row that somebody
# changed at the same moment is worked out anew from what it is now. OFFSET 0 has each value worked out once.
SINGLES = """
    UPDATE betting_slip AS slip
       SET (status, payout_minor, uncapped_minor, settled_at) = (
               SELECT CASE WHEN leg.is_cancelled OR facts.is_void THEN 'void'
                           WHEN facts.is_open THEN 'accepted'
                           WHEN worth.is_nothing THEN 'lost'
                           WHEN worth.payout_minor > slip.remaining_stake_minor
                                OR (slip.free_bet_id IS NOT NULL AND worth.payout_minor > 0) THEN 'won'
                           ELSE 'partial' END,
                      CASE WHEN leg.is_cancelled OR NOT facts.is_open THEN worth.payout_minor END,
                      CASE WHEN leg.is_cancelled OR NOT facts.is_open THEN worth.uncapped_minor END,
                      CASE WHEN leg.is_cancelled OR NOT facts.is_open THEN settled_time END
                 FROM (SELECT is_cancelled,
                              CASE WHEN is_cancelled THEN slip.remaining_stake_minor
                                   ELSE slip.remaining_stake_minor * (facts.win_base + facts.win_gain
                                        * (100000 + (leg.odds_milli - 1000)::bigint * (100 - deducted)))::numeric
                                   END AS numerator,
                              CASE WHEN is_cancelled THEN 1 ELSE facts.win_d END::numeric AS denominator
                         FROM (SELECT facts.has_windows AND betting_is_cancelled(facts.market_id, slip.placed_at)
                                      AS is_cancelled,
                                      CASE WHEN facts.has_deductions
                                           THEN betting_deducted(facts.market_id, slip.placed_at) ELSE 0 END
                                      AS deducted) AS known
                      OFFSET 0) AS leg
                CROSS JOIN LATERAL (
                      SELECT exact.uncapped_minor, leg.numerator = 0 AS is_nothing,
                             least(exact.uncapped_minor, slip.payout_minor_max)::bigint AS payout_minor
                        FROM (SELECT div(greatest(leg.numerator
                                             - CASE WHEN slip.free_bet_id IS NULL THEN 0
                                                    ELSE slip.remaining_stake_minor * leg.denominator END, 0),
                                         leg.denominator) AS uncapped_minor
                              OFFSET 0) AS exact
                      OFFSET 0) AS worth),
           settlement_no = slip.settlement_no + 1, results_sum = facts.version
      FROM leg
      JOIN facts ON facts.id = leg.selection_id
     WHERE slip.id = leg.slip_id
       AND slip.bet_type = 'single' AND NOT slip.is_each_way
       AND slip.status IN ('accepted', 'won', 'lost', 'partial', 'void')
       AND slip.results_sum <> facts.version
       AND NOT (slip.status = 'accepted' AND facts.is_open
                AND NOT (facts.has_windows AND betting_is_cancelled(facts.market_id, slip.placed_at)))
    RETURNING WITH (OLD AS was)
              leg.number, slip.id, slip.user_id, slip.currency, slip.settlement_no, was.status, slip.status AS outcome,
              slip.remaining_stake_minor AS stake_minor, slip.free_bet_id, facts.label, facts.used_alone AS used,
              was.payout_minor IS NOT NULL AS was_settled, coalesce(was.payout_minor, 0) AS before_minor,
              coalesce(slip.payout_minor, 0) AS after_minor
"""

# All other slips of the range. OFFSET 0 keeps the look-up of each slip by its key apart: nothing makes the planner read
# all slips there are.
WALKED = """
    SELECT leg.number, slip.*
      FROM leg
     CROSS JOIN LATERAL (
           SELECT ctid AS row_place, id, user_id, currency, placed_at, bet_type, is_each_way, line_sizes, line_count,
                  settlement_no, status, remaining_stake_minor AS stake_minor, payout_minor, payout_minor_max,
                  results_sum, free_bet_id
             FROM betting_slip
            WHERE id = leg.slip_id AND status IN ('accepted', 'won', 'lost', 'partial', 'void')
              AND (bet_type <> 'single' OR is_each_way)
           OFFSET 0
           ) AS slip
"""

SLIP_LEGS = """
    SELECT slip.number, slip.placed_at, slip.is_each_way, slip.bet_type IN ('single', 'accumulator') AS is_product,
           leg.position, leg.selection_id, leg.odds_milli, leg.is_banker
      FROM walked AS slip
     CROSS JOIN LATERAL (
           SELECT position, selection_id, odds_milli, is_banker FROM betting_leg WHERE slip_id = slip.id OFFSET 0
           ) AS leg
"""

# The exact return of each whose results are others than those of its last settlement, as a fraction: their legs'
# factors multiplied, or put into the polynomial of their lines.
MULTIPLES = """
    SELECT slip.*, legs.new_sum, legs.is_open, legs.is_void,
           slip.stake_minor * CASE WHEN slip.is_each_way
               THEN (lines.win).numerator * (lines.place).denominator
                  + (lines.place).numerator * (lines.win).denominator
               ELSE (lines.win).numerator END AS numerator,
           slip.line_count * (lines.win).denominator
               * CASE WHEN slip.is_each_way THEN (lines.place).denominator ELSE 1 END AS denominator,
           legs.used,
           CASE legs.count WHEN 1 THEN legs.label
                ELSE initcap(replace(slip.bet_type, '_', ' ')) || ' of ' || legs.count || ' legs' END AS label
      FROM walked AS slip
      JOIN (
            SELECT held.number, sum(facts.version)::bigint AS new_sum, count(*) AS count,
                   bool_or(NOT known.is_cancelled
                           AND CASE WHEN held.is_each_way THEN facts.is_open_each_way ELSE facts.is_open END) AS is_open,
                   bool_and(facts.is_void OR known.is_cancelled) AS is_void,
                   betting_product(factor.win_n) AS win_n, betting_product(factor.win_d) AS win_d,
                   array_agg(factor.win_n) FILTER (WHERE NOT held.is_product OR held.is_each_way) AS win_ns,
                   array_agg(factor.win_d) FILTER (WHERE NOT held.is_product OR held.is_each_way) AS win_ds,
                   array_agg(factor.place_n) FILTER (WHERE held.is_each_way) AS place_ns,
                   array_agg(factor.place_d) FILTER (WHERE held.is_each_way) AS place_ds,
                   array_agg(held.is_banker) FILTER (WHERE NOT held.is_product OR held.is_each_way) AS are_bankers,
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
             GROUP BY held.number
           ) AS legs ON legs.number = slip.number
     CROSS JOIN LATERAL (
           SELECT CASE WHEN slip.bet_type IN ('single', 'accumulator')
                       THEN ROW (legs.win_n, legs.win_d)::betting_lines
                       ELSE betting_sum_of_lines(legs.win_ns, legs.win_ds, legs.are_bankers, slip.line_sizes) END
                  AS win,
                  CASE WHEN slip.is_each_way
                       THEN betting_sum_of_lines(legs.place_ns, legs.place_ds, legs.are_bankers, slip.line_sizes) END
                  AS place
           OFFSET 0) AS lines
     WHERE slip.results_sum <> legs.new_sum
"""

# What becomes of each slip. A slip is open while a result may change its return; the return is floored once.
DECIDED = f"""
    SELECT worth.*, paid.new_payout_minor,
           CASE WHEN stays_open THEN 'accepted'
                WHEN is_void THEN 'void'
                WHEN is_nothing THEN 'lost'
                WHEN new_payout_minor > stake_minor OR (free_bet_id IS NOT NULL AND new_payout_minor > 0) THEN 'won'
                ELSE 'partial' END AS outcome
      FROM (SELECT one.*, one.numerator = 0 AS is_nothing, one.is_open AND one.numerator > 0 AS stays_open,
                   div(greatest(one.numerator
                           - CASE WHEN one.free_bet_id IS NULL THEN 0 ELSE one.stake_minor * one.denominator END, 0),
                       one.denominator) AS uncapped_minor
              FROM ({MULTIPLES}) AS one
            OFFSET 0) AS worth
     CROSS JOIN LATERAL (
           SELECT CASE WHEN NOT stays_open THEN least(uncapped_minor, payout_minor_max)::bigint END
                  AS new_payout_minor) AS paid
     WHERE NOT (stays_open AND status = 'accepted')
     ORDER BY number
"""

# The update finds a row where the look-up saw it. One that somebody changed since is not what was worked out: it is
# judged again by the last conditions, left, and the caller asks again. They stand in a CASE because the planner takes
# equalities for rare, expects one row, and would join all that follows row by row.
UPDATED = """
    UPDATE betting_slip AS slip
       SET status = decided.outcome, payout_minor = decided.new_payout_minor,
           uncapped_minor = CASE WHEN NOT decided.stays_open THEN decided.uncapped_minor END,
           settlement_no = decided.settlement_no + 1, results_sum = decided.new_sum,
           settled_at = CASE WHEN NOT decided.stays_open THEN settled_time END
      FROM decided
     WHERE slip.ctid = decided.row_place
       AND CASE WHEN slip.settlement_no = decided.settlement_no
                 AND slip.status = decided.status
                 AND slip.remaining_stake_minor = decided.stake_minor THEN true ELSE false END
    RETURNING decided.number, decided.id, decided.user_id, decided.currency, decided.settlement_no + 1 AS settlement_no,
              decided.status, decided.outcome, decided.stake_minor, decided.free_bet_id, decided.label, decided.used,
              decided.payout_minor IS NOT NULL AS was_settled, coalesce(decided.payout_minor, 0) AS before_minor,
              coalesce(decided.new_payout_minor, 0) AS after_minor
"""

HISTORY = """
    INSERT INTO betting_history (
        bet_slip_id, user_id, settlement_no, outcome, actual_result, currency, winnings_minor,
        difference_minor, results_used, timestamp
    )
    SELECT id, user_id, settlement_no, outcome, score, currency, after_minor, after_minor - before_minor, used, settled_time
      FROM updated
"""

# What the range changes in each wallet's totals of won and lost. A free bet stakes nothing of theirs.
PERSONS = """
    SELECT total.*, wallet.account_id
      FROM (SELECT user_id, currency,
                   sum(CASE WHEN outcome <> 'accepted' THEN greatest(after_minor - own_minor, 0) ELSE 0 END
                       - CASE WHEN was_settled THEN greatest(before_minor - own_minor, 0) ELSE 0 END)::bigint
                       AS won_minor,
                   sum(CASE WHEN outcome <> 'accepted' THEN greatest(own_minor - after_minor, 0) ELSE 0 END
                       - CASE WHEN was_settled THEN greatest(own_minor - before_minor, 0) ELSE 0 END)::bigint
                       AS lost_minor
              FROM (SELECT *, CASE WHEN free_bet_id IS NULL THEN stake_minor ELSE 0 END AS own_minor FROM updated)
                AS slip
             GROUP BY user_id, currency) AS total
     CROSS JOIN LATERAL (
           SELECT available_account_id AS account_id FROM payments_wallet
            WHERE user_id = total.user_id AND currency = total.currency
           OFFSET 0
           ) AS wallet
"""

# Stakes leave the open stakes when a slip is settled and go back when it is open again; a slip is paid only what it
# was not paid before. Of those that move together, the first slip and its settlement number name the batch.
MOVES = """
    SELECT 0 AS place, CASE WHEN is_open THEN 'stakes_reopened' ELSE 'stakes_settled' END AS kind,
           first.id || ':' || first.settlement_no AS ref,
           CASE WHEN is_open THEN house.revenue ELSE house.stakes END AS debit_account_id,
           CASE WHEN is_open THEN house.stakes ELSE house.revenue END AS credit_account_id,
           moving.amount_minor, 'event' AS ref_kind, settled_event AS ref_id,
           CASE WHEN is_open THEN 'Stakes open again' ELSE 'Stakes settled' END AS description,
           NULL::text AS overdrawn_by
      FROM (SELECT currency, was_settled AS is_open, min(number) AS number, sum(stake_minor)::bigint AS amount_minor
              FROM updated WHERE was_settled = (outcome = 'accepted') GROUP BY currency, was_settled) AS moving
      JOIN updated AS first USING (number)
      JOIN house ON house.currency = moving.currency
    UNION ALL
    SELECT 1, CASE WHEN before_minor > after_minor THEN 'settlement_correction' WHEN outcome = 'void' THEN 'refund'
                   ELSE 'payout' END,
           id || ':' || settlement_no,
           CASE WHEN before_minor > after_minor THEN person.account_id ELSE house.revenue END,
           CASE WHEN before_minor > after_minor THEN house.revenue ELSE person.account_id END,
           abs(after_minor - before_minor), 'slip', id,
           CASE WHEN before_minor > after_minor THEN 'Result corrected: ' WHEN outcome = 'void' THEN 'Stake returned: '
                ELSE 'Paid out: ' END || label,
           CASE WHEN before_minor > after_minor THEN 'settlement' END
      FROM updated
      JOIN person USING (user_id, currency)
      JOIN house USING (currency)
     WHERE before_minor <> after_minor
"""

# What follows from slips that were written, whichever way.
FOLLOWING = f"""
        history AS ({HISTORY}
        ), house AS MATERIALIZED (
            SELECT currency, ledger_house_account('open_stakes', currency) AS stakes,
                   ledger_house_account('house_revenue', currency) AS revenue
              FROM (SELECT DISTINCT currency FROM updated) AS used
        ), person AS MATERIALIZED ({PERSONS}
        ), move AS ({MOVES}
        ), told AS (
            SELECT user_id, jsonb_agg(id) AS slip_ids FROM updated
             WHERE outcome <> status OR before_minor <> after_minor GROUP BY user_id
        )
        SELECT (SELECT count(*) FROM updated),
               (SELECT count(*) FROM updated) = (SELECT count(*) FROM {{looked_at}}),
               (SELECT array_agg(ROW (kind, ref, 0, debit_account_id, credit_account_id, amount_minor, ref_kind,
                                      ref_id, description, overdrawn_by)::ledger_transfer ORDER BY place)
                  FROM move),
               (SELECT array_agg(ROW (account_id, won_minor, lost_minor)::ledger_result)
                  FROM person WHERE won_minor <> 0 OR lost_minor <> 0),
               (SELECT jsonb_agg(jsonb_build_object('user_id', user_id, 'slip_ids', slip_ids) ORDER BY user_id)
                  FROM told),
               (SELECT array_agg(id) FROM updated
                 WHERE free_bet_id IS NOT NULL AND (outcome = 'void') <> (status = 'void'))
          INTO written;
        RETURN written;
"""

HEAD = """(
        settled_event uuid, from_user uuid, from_slip uuid, to_user uuid, to_slip uuid, score text,
        settled_time timestamptz
    ) RETURNS betting_written
    LANGUAGE plpgsql SET plan_cache_mode TO force_generic_plan SET enable_mergejoin TO off SET enable_seqscan TO off
    AS $$
    #variable_conflict use_column
    DECLARE
        written betting_written;
    BEGIN
"""

WRITE = f"""
    -- Settle the plain singles of one range whose result is another than the one they were last settled on.
    CREATE FUNCTION betting_write_singles{HEAD}
        WITH leg AS MATERIALIZED ({LEGS}
        ), facts AS MATERIALIZED ({FACTS.format(legs="leg")}
        ), updated AS ({SINGLES}
        ), {FOLLOWING.format(looked_at="leg")}
    END $$;

    -- Settle all other slips of one range whose results are others than those they were last settled on. A slip that
    -- somebody changed meanwhile is left: then it is not complete, and the caller asks again.
    CREATE FUNCTION betting_write_multiples{HEAD}
        WITH leg AS MATERIALIZED ({LEGS}
        ), walked AS MATERIALIZED ({WALKED}
        ), slip_legs AS MATERIALIZED ({SLIP_LEGS}
        ), facts AS MATERIALIZED ({FACTS.format(legs="slip_legs")}
        ), decided AS MATERIALIZED ({DECIDED}
        ), updated AS ({UPDATED}
        ), {FOLLOWING.format(looked_at="decided")}
    END $$;
"""

DROP = """
    DROP FUNCTION betting_write_multiples(uuid, uuid, uuid, uuid, uuid, text, timestamptz);
    DROP FUNCTION betting_write_singles(uuid, uuid, uuid, uuid, uuid, text, timestamptz);
    DROP TYPE betting_written;
"""


class Migration(migrations.Migration):
    replaces = [("betting", "0024_write_in_one_pass")]

    dependencies = [("betting", "0013_worth_of_slips"), ("payments", "0003_posting_in_bulk")]

    operations = [migrations.RunSQL(TYPE + WRITE, reverse_sql=DROP)]
