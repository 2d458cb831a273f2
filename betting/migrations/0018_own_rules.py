"""What people have ruled for themselves, read beside the facts of their slips: exclusions, limits and what counts."""

from django.db import migrations

PLAYED = """
    -- What counts towards a person's own limit: their stakes since an instant, or those less what came back of them.
    -- Free bets cost nobody anything. What waits for the end of its delay stands apart, and `first_at` is when the
    -- oldest that counts was placed.
    CREATE FUNCTION betting_played(person uuid, coin text, measure text, since timestamptz)
    RETURNS TABLE (counted_minor bigint, waiting_minor bigint, first_at timestamptz)
    LANGUAGE plpgsql STABLE
    SET plan_cache_mode TO force_generic_plan SET enable_seqscan TO off AS $$
    BEGIN
        RETURN QUERY
        SELECT coalesce(sum(taken.minor) FILTER (WHERE NOT taken.is_waiting), 0)::bigint,
               coalesce(sum(taken.minor) FILTER (WHERE taken.is_waiting), 0)::bigint,
               min(taken.placed_at) FILTER (WHERE taken.minor > 0)
          FROM (SELECT slip.placed_at, slip.status = 'pending_delay' AS is_waiting,
                       slip.stake_minor - CASE WHEN measure = 'loss'
                           THEN slip.cashed_out_minor + coalesce(slip.payout_minor, 0) ELSE 0 END AS minor
                  FROM betting_slip AS slip
                 WHERE slip.user_id = person AND slip.placed_at > since AND slip.currency = coin
                   AND slip.free_bet_id IS NULL AND slip.status <> 'rejected'
                   AND (measure = 'loss' OR slip.status <> 'void')
                UNION ALL
                SELECT ticket.placed_at, false,
                       ticket.stake_minor - CASE WHEN measure = 'loss' THEN ticket.payout_minor ELSE 0 END
                  FROM betting_pool_entry AS ticket
                  JOIN betting_pool AS pool ON pool.id = ticket.pool_id
                 WHERE ticket.user_id = person AND ticket.placed_at > since AND pool.currency = coin
                   AND (measure = 'loss' OR ticket.status <> 'refunded')) AS taken;
    END $$;
"""

READ_OWN_RULES = """
    -- The exclusions and limits of some people with what counts towards each, as one JSON text, or nothing where none
    -- of them has any. Settings of its own would cost every slip more than its look does. Each statement sees what was committed before it began: asked after the locks, in whatever
    -- statement, it tells what holds until the transaction ends. What counts is never summed for who has no limit.
    CREATE FUNCTION betting_read_own_rules(owner_ids uuid[], owner_currencies text[], now_is timestamptz)
    RETURNS text
    LANGUAGE plpgsql VOLATILE AS $$
    BEGIN
        IF NOT (EXISTS (SELECT FROM accounts_exclusion WHERE user_id = ANY (owner_ids))
                OR EXISTS (SELECT FROM accounts_gamblinglimit WHERE user_id = ANY (owner_ids))) THEN
            RETURN NULL;
        END IF;
        RETURN json_build_object(
            'exclusions', (
                SELECT coalesce(json_agg(json_build_array(user_id, kind, extract(epoch FROM ends_at))), '[]'::json)
                  FROM accounts_exclusion
                 WHERE user_id = ANY (owner_ids) AND ends_at > now_is
            ),
            'limits', (
                SELECT coalesce(json_agg(json_build_array(
                           own.user_id, own.currency, own.kind, own.period, own.amount_minor, played.counted_minor,
                           played.waiting_minor, extract(epoch FROM played.first_at)
                       )), '[]'::json)
                  FROM accounts_gamblinglimit AS own
                 CROSS JOIN LATERAL betting_played(
                           own.user_id, own.currency, own.kind,
                           now_is - CASE own.period WHEN 'day' THEN interval '24 hours'
                                                    WHEN 'week' THEN interval '7 days'
                                                    ELSE interval '30 days' END
                       ) AS played
                 WHERE own.user_id = ANY (owner_ids) AND own.currency = ANY (owner_currencies)
            )
        )::text;
    END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("betting", "0017_complete_rows"), ("accounts", "0003_safer_play")]

    operations = [
        migrations.RunSQL(PLAYED, reverse_sql="DROP FUNCTION betting_played(uuid, text, text, timestamptz)"),
        migrations.RunSQL(
            READ_OWN_RULES, reverse_sql="DROP FUNCTION betting_read_own_rules(uuid[], text[], timestamptz)"
        ),
    ]
