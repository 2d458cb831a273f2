"""Posting what is new by its making: the stakes of slips placed just now, and the settlements of a range of slips."""

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

SETTLE = """
    -- Post the transfers of settled bets and add to the totals of wallets; either may be NULL. All or nothing.
    --
    -- As `ledger_post`, but for what a settlement is: a transfer has at most one person's side, and each is new, because
    -- its ref names a settlement that was just written; one that is not ends in the unique key. Everybody concerned is
    -- locked at once, by id: two batches that share people would else wait for each other in a circle. An account is
    -- written once: the database checks the owner of a row that is written a second time in one transaction.
    CREATE FUNCTION ledger_settle(transfers ledger_transfer[], results ledger_result[]) RETURNS void
    LANGUAGE plpgsql SET touchline.ledger TO 'open' SET plan_cache_mode TO force_generic_plan AS $$
    #variable_conflict use_column
    DECLARE
        account_ids uuid[] := ARRAY(
            SELECT debit_account_id FROM unnest(transfers)
            UNION SELECT credit_account_id FROM unnest(transfers)
            UNION SELECT account_id FROM unnest(results));
    BEGIN
        PERFORM ledger_lock(account_ids);
        WITH account AS MATERIALIZED (
            SELECT id, owner_id IS NOT NULL AS is_personal, currency, balance_minor
              FROM payments_ledgeraccount WHERE id = ANY (account_ids)
        ), item AS MATERIALIZED (
            -- The person's side of each transfer, if it has one, and what it moves there.
            SELECT item.*, coalesce(debit.is_personal, false) AS is_debited,
                   CASE WHEN debit.is_personal THEN debit.id WHEN credit.is_personal THEN credit.id END AS personal_id,
                   CASE WHEN debit.is_personal THEN -item.amount_minor ELSE item.amount_minor END AS delta,
                   CASE WHEN debit.is_personal THEN debit.balance_minor ELSE credit.balance_minor END AS balance_before,
                   CASE
                       WHEN debit.id IS NULL OR credit.id IS NULL THEN 'unknown account'
                       WHEN debit.id = credit.id THEN 'one account twice'
                       WHEN debit.is_personal AND credit.is_personal THEN 'two personal accounts'
                       WHEN debit.currency <> credit.currency THEN 'two currencies'
                       WHEN coalesce(item.amount_minor, 0) <= 0 THEN 'the amount is not positive'
                       WHEN item.overdrawn_by NOT IN ('settlement', 'chargeback') THEN 'unknown overdraft reason'
                       WHEN item.kind IS NULL OR item.ref IS NULL OR item.leg IS NULL THEN 'no identity'
                   END AS malformed
              FROM unnest(transfers) WITH ORDINALITY AS item(
                       kind, ref, leg, debit_account_id, credit_account_id, amount_minor,
                       ref_kind, ref_id, description, overdrawn_by, place)
              LEFT JOIN account AS debit ON debit.id = item.debit_account_id
              LEFT JOIN account AS credit ON credit.id = item.credit_account_id
        ), judged AS MATERIALIZED (
            SELECT item.*, CASE
                       WHEN malformed IS NOT NULL THEN '1 ' || format('%s:%s:%s: %s', kind, ref, leg, malformed)
                       WHEN is_debited AND balance_after < 0 AND overdrawn_by IS NULL
                       THEN '3 ' || format('account %s would stand at %s', personal_id, balance_after)
                   END AS fault
              FROM (SELECT *, CASE WHEN personal_id IS NOT NULL THEN (balance_before
                                       + sum(delta) OVER (PARTITION BY personal_id ORDER BY place))::bigint
                              END AS balance_after
                      FROM item) AS item
        ), verdict AS MATERIALIZED (
            -- Asked by each of the writes below, so the worst fault is raised before anything is written.
            SELECT CASE WHEN min(fault) IS NULL THEN true ELSE ledger_refuse(min(fault)) END AS is_sound FROM judged
        ), posted AS (
            -- Ids are taken under the locks and in the order of places: for one person's account that of the balances.
            INSERT INTO payments_transfer (
                kind, ref, leg, debit_account_id, credit_account_id, amount_minor,
                debit_balance_after_minor, credit_balance_after_minor, overdrawn_by, ref_kind, ref_id, description
            )
            SELECT kind, ref, leg, debit_account_id, credit_account_id, amount_minor,
                   CASE WHEN is_debited THEN balance_after END, CASE WHEN NOT is_debited THEN balance_after END,
                   CASE WHEN is_debited AND balance_after < 0 THEN overdrawn_by END,
                   coalesce(ref_kind, ''), ref_id, coalesce(description, '')
              FROM judged
             WHERE (SELECT is_sound FROM verdict)
             ORDER BY place
        ), change AS (
            SELECT account_id, sum(delta)::bigint AS delta, max(overdrawn_by) AS overdrawn_by,
                   sum(won_minor)::bigint AS won_minor, sum(lost_minor)::bigint AS lost_minor
              FROM (SELECT personal_id AS account_id, delta, CASE WHEN is_debited THEN overdrawn_by END AS overdrawn_by,
                           0 AS won_minor, 0 AS lost_minor
                      FROM judged WHERE personal_id IS NOT NULL
                    UNION ALL
                    SELECT account_id, 0, NULL, won_minor, lost_minor FROM unnest(results)) AS part
             GROUP BY account_id
        ), moved AS (
            UPDATE payments_ledgeraccount AS account
               SET balance_minor = account.balance_minor + change.delta,
                   overdrawn_by = CASE WHEN account.balance_minor + change.delta < 0
                                       THEN coalesce(change.overdrawn_by, account.overdrawn_by) END,
                   won_minor = account.won_minor + change.won_minor,
                   lost_minor = account.lost_minor + change.lost_minor,
                   version = account.version + 1
              FROM change
             WHERE account.id = change.account_id AND account.owner_id IS NOT NULL AND (SELECT is_sound FROM verdict)
        )
        INSERT INTO payments_housemovement (account_id, amount_minor)
        SELECT account_id, sum(amount_minor)::bigint
          FROM (SELECT debit_account_id AS account_id, -amount_minor AS amount_minor FROM judged
                UNION ALL SELECT credit_account_id, amount_minor FROM judged) AS side
         WHERE account_id NOT IN (SELECT id FROM account WHERE is_personal) AND (SELECT is_sound FROM verdict)
         GROUP BY account_id HAVING sum(amount_minor) <> 0;
    END $$;
"""


class Migration(migrations.Migration):
    replaces = [("payments", "0008_settle_accounts"), ("payments", "0009_post_new_transfers")]

    dependencies = [("payments", "0002_posting_transfers")]

    operations = [
        migrations.RunSQL(
            POST_NEW,
            reverse_sql="DROP FUNCTION ledger_post_new(text[], uuid[], uuid[], uuid[], bigint[], text, text[])",
        ),
        migrations.RunSQL(SETTLE, reverse_sql="DROP FUNCTION ledger_settle(ledger_transfer[], ledger_result[])"),
    ]
