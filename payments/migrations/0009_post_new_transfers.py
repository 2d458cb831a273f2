"""Posting transfers that cannot have been posted before, as placing bets does: less work for the same rows."""

from django.db import migrations

POST_NEW = """
    -- Post transfers of which nobody has heard yet, because their refs are ids made just now: leg 0, and no account on
    -- both sides of the batch. What they write, refuse and raise is what ledger_post would, as if one after the other
    -- in the order of the arrays; an identity used before breaks the unique key. Without stored transfers to compare
    -- with, and with each account on one side only, the balances are two running sums over narrow rows.
    --
    -- Sequential scans are out because the plan is made once for a session: for the tables as they will be.
    CREATE FUNCTION ledger_post_new(
        kinds text[], ref_ids uuid[], debits uuid[], credits uuid[], amounts bigint[], about text, descriptions text[]
    ) RETURNS void
    LANGUAGE plpgsql
    SET touchline.ledger TO 'open' SET plan_cache_mode TO force_generic_plan SET enable_seqscan TO off
    SET enable_hashjoin TO off SET enable_mergejoin TO off AS $$
    BEGIN
        IF debits && credits THEN
            PERFORM ledger_refuse('1 one account on both sides');
        END IF;
        PERFORM FROM ledger_lock(debits || credits);

        WITH item AS MATERIALIZED (
            SELECT given.*, source.owner_id IS NOT NULL AS is_from_person, target.owner_id IS NOT NULL AS is_to_person,
                   CASE WHEN source.owner_id IS NOT NULL THEN
                       (source.balance_minor - sum(given.amount) OVER (PARTITION BY given.debit ORDER BY given.place)
                       )::bigint END AS debit_after,
                   CASE WHEN target.owner_id IS NOT NULL THEN
                       (target.balance_minor + sum(given.amount) OVER (PARTITION BY given.credit ORDER BY given.place)
                       )::bigint END AS credit_after,
                   CASE
                       WHEN source.id IS NULL OR target.id IS NULL THEN 'unknown account'
                       WHEN coalesce(given.amount, 0) <= 0 THEN 'the amount is not positive'
                       WHEN given.kind IS NULL OR given.ref_id IS NULL THEN 'no identity'
                       WHEN source.currency <> target.currency THEN 'two currencies'
                   END AS malformed
              FROM unnest(kinds, ref_ids, debits, credits, amounts, descriptions) WITH ORDINALITY
                AS given (kind, ref_id, debit, credit, amount, description, place)
              LEFT JOIN payments_ledgeraccount AS source ON source.id = given.debit
              LEFT JOIN payments_ledgeraccount AS target ON target.id = given.credit
        ), fault AS (
            SELECT CASE
                       WHEN malformed IS NOT NULL THEN format('1 %s:%s:0: %s', kind, ref_id, malformed)
                       WHEN debit_after < 0 THEN format('3 account %s would stand at %s', debit, debit_after)
                   END AS text
              FROM item
        ), verdict AS MATERIALIZED (
            SELECT CASE WHEN min(text) IS NULL THEN true ELSE ledger_refuse(min(text)) END AS is_sound FROM fault
        ), posted AS (
            INSERT INTO payments_transfer (
                kind, ref, leg, debit_account_id, credit_account_id, amount_minor,
                debit_balance_after_minor, credit_balance_after_minor, ref_kind, ref_id, description
            )
            SELECT kind, ref_id::text, 0, debit, credit, amount, debit_after, credit_after, about, ref_id,
                   coalesce(description, '')
              FROM item
             WHERE (SELECT is_sound FROM verdict)
             ORDER BY place
        ), moved AS (
            UPDATE payments_ledgeraccount AS account
               SET balance_minor = account.balance_minor + total.delta,
                   overdrawn_by = CASE WHEN account.balance_minor + total.delta < 0 THEN account.overdrawn_by END,
                   version = account.version + 1
              FROM (SELECT debit AS account_id, -sum(amount)::bigint AS delta
                      FROM item WHERE is_from_person GROUP BY debit
                    UNION ALL
                    SELECT credit, sum(amount)::bigint FROM item WHERE is_to_person GROUP BY credit) AS total
             WHERE account.id = total.account_id AND (SELECT is_sound FROM verdict)
        )
        INSERT INTO payments_housemovement (account_id, amount_minor)
        SELECT debit, -sum(amount)::bigint FROM item
         WHERE NOT is_from_person AND (SELECT is_sound FROM verdict) GROUP BY debit
        UNION ALL
        SELECT credit, sum(amount)::bigint FROM item
         WHERE NOT is_to_person AND (SELECT is_sound FROM verdict) GROUP BY credit;
    END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0008_settle_accounts")]

    operations = [
        migrations.RunSQL(
            POST_NEW,
            reverse_sql="DROP FUNCTION ledger_post_new(text[], uuid[], uuid[], uuid[], bigint[], text, text[])",
        ),
    ]
