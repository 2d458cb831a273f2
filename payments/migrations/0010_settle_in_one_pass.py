"""Settled bets move each wallet once: its balance and its totals together, under one lock."""

from importlib import import_module

from django.db import migrations

SETTLE = """
    -- Post the transfers of settled bets and add to the totals of wallets; either may be NULL. All or nothing.
    --
    -- As `ledger_post`, but for what a settlement is: a transfer has at most one person's side, and each is new, because
    -- its ref names a settlement that was just written; one that is not ends in the unique key. Everybody concerned is
    -- locked at once, by id: two batches that share people would else wait for each other in a circle. An account is
    -- written once: the database checks the owner of a row that is written a second time in one transaction.
    CREATE OR REPLACE FUNCTION ledger_settle(transfers ledger_transfer[], results ledger_result[]) RETURNS void
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

_BEFORE = import_module("payments.migrations.0008_settle_accounts")


class Migration(migrations.Migration):
    dependencies = [("payments", "0009_post_new_transfers")]

    operations = [
        migrations.RunSQL(
            SETTLE,
            reverse_sql="DROP FUNCTION ledger_settle(ledger_transfer[], ledger_result[]);" + _BEFORE.SETTLE,
        ),
    ]
