"""Who may not log in any more stakes nothing: said where the rules of people are read."""

from importlib import import_module

from django.db import migrations

READ_OWN_RULES = """
    -- The exclusions and limits of some people with what counts towards each, and who of them may not log in, as one
    -- JSON text, or nothing where there is none of it. Settings of its own would cost every slip more than its look
    -- does. Each statement sees what was committed before it began: asked after the locks, in whatever statement, it
    -- tells what people ruled until the transaction ends. What counts is never summed for who has no limit.
    CREATE OR REPLACE FUNCTION betting_read_own_rules(
        owner_ids uuid[], owner_currencies text[], now_is timestamptz
    ) RETURNS text
    LANGUAGE plpgsql VOLATILE AS $$
    BEGIN
        IF NOT (EXISTS (SELECT FROM accounts_exclusion WHERE user_id = ANY (owner_ids))
                OR EXISTS (SELECT FROM accounts_gamblinglimit WHERE user_id = ANY (owner_ids))
                OR EXISTS (SELECT FROM accounts_user WHERE id = ANY (owner_ids) AND NOT is_active)) THEN
            RETURN NULL;
        END IF;
        RETURN json_build_object(
            'barred', (
                SELECT coalesce(json_agg(id), '[]'::json)
                  FROM accounts_user WHERE id = ANY (owner_ids) AND NOT is_active
            ),
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
OF_BEFORE = import_module("betting.migrations.0018_own_rules").READ_OWN_RULES


class Migration(migrations.Migration):
    dependencies = [("betting", "0027_pool_entries_have_a_plural"), ("accounts", "0004_barred_people_are_found")]

    operations = [
        migrations.RunSQL(
            READ_OWN_RULES, reverse_sql=OF_BEFORE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
        )
    ]
