"""The ledger's SQL: the one way to lock accounts, post transfers, record results and fold house movements.

Every function that writes sets `touchline.ledger` for its own duration; the guards of the next migration refuse
writes without it.
"""

from django.db import migrations

TYPES = """
    CREATE TYPE ledger_transfer AS (
        kind text,              -- with ref and leg: the identity of the transfer
        ref text,
        leg integer,
        debit_account_id uuid,  -- the amount leaves this account
        credit_account_id uuid, -- and arrives on this one
        amount_minor bigint,
        ref_kind text,          -- what the statement links to
        ref_id uuid,
        description text,       -- what the person reads
        overdrawn_by text       -- NULL: refuse to go below zero
    );
    CREATE TYPE ledger_result AS (account_id uuid, won_minor bigint, lost_minor bigint);
"""

HOUSE_ACCOUNT = """
    -- The house account of a kind and currency. Its id follows from both, so that nobody has to look it up first.
    CREATE FUNCTION ledger_house_account(account_kind text, account_currency text) RETURNS uuid
    LANGUAGE plpgsql AS $$
    DECLARE
        house_id uuid := md5('house:' || account_kind || ':' || account_currency)::uuid;
    BEGIN
        IF NOT EXISTS (SELECT FROM payments_ledgeraccount WHERE id = house_id) THEN
            INSERT INTO payments_ledgeraccount (id, kind, currency, balance_minor, won_minor, lost_minor, version)
            VALUES (house_id, account_kind, account_currency, 0, 0, 0, 0)
            ON CONFLICT DO NOTHING;
        END IF;
        RETURN house_id;
    END $$;
"""

POOL_ACCOUNT = """
    -- The account of a pool: opened on first use, with an id that follows from the pool and the currency.
    CREATE FUNCTION ledger_pool_account(pool uuid, account_currency text) RETURNS uuid
    LANGUAGE plpgsql AS $$
    DECLARE
        pool_account_id uuid := md5('pool:' || pool || ':' || account_currency)::uuid;
    BEGIN
        IF NOT EXISTS (SELECT FROM payments_ledgeraccount WHERE id = pool_account_id) THEN
            INSERT INTO payments_ledgeraccount (
                id, kind, subject_id, currency, balance_minor, won_minor, lost_minor, version
            )
            VALUES (pool_account_id, 'pool', pool, account_currency, 0, 0, 0, 0)
            ON CONFLICT DO NOTHING;
        END IF;
        RETURN pool_account_id;
    END $$;
"""

LOCK = """
    -- Lock personal accounts in the order of their ids and read what they hold. House accounts are never locked.
    CREATE FUNCTION ledger_lock(account_ids uuid[]) RETURNS TABLE (account_id uuid, balance_minor bigint)
    LANGUAGE sql VOLATILE AS $$
        SELECT account.id, account.balance_minor
          FROM payments_ledgeraccount AS account
         WHERE account.id = ANY (account_ids) AND account.owner_id IS NOT NULL
         ORDER BY account.id
           FOR UPDATE
    $$;
"""

REFUSE = """
    -- Raise the fault of a call: 1 malformed, 2 posted before with other content, 3 insufficient funds.
    CREATE FUNCTION ledger_refuse(fault text) RETURNS boolean LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION USING
            MESSAGE = CASE left(fault, 1) WHEN '3' THEN 'insufficient_funds' ELSE substr(fault, 3) END,
            DETAIL = substr(fault, 3),
            ERRCODE = CASE left(fault, 1) WHEN '1' THEN 'LG003' WHEN '2' THEN 'LG002' ELSE 'LG001' END;
    END $$;
"""

POST = """
    -- Post transfers, all or none, as if one after the other in the order of the array.
    -- Same identity and content as before: nothing happens and the stored balances are answered.
    --
    -- One statement for any number of transfers, and a generic plan for it: planning costs ten times the work of a
    -- single transfer. Every join is a look-up by key; the two sides of a transfer meet again through lead(), because
    -- joining them would be a nested loop over the whole batch.
    CREATE FUNCTION ledger_post(transfers ledger_transfer[])
    RETURNS TABLE (
        "position" integer, transfer_id bigint, is_duplicate boolean,
        debit_balance_after_minor bigint, credit_balance_after_minor bigint
    )
    LANGUAGE plpgsql SET touchline.ledger TO 'open' SET plan_cache_mode TO force_generic_plan AS $$
    #variable_conflict use_column
    DECLARE
        new_ids bigint[];
    BEGIN
        PERFORM 1 FROM (
            SELECT FROM payments_ledgeraccount AS account
             WHERE account.id = ANY (ARRAY(
                       SELECT item.debit_account_id FROM unnest(transfers) AS item
                       UNION ALL
                       SELECT item.credit_account_id FROM unnest(transfers) AS item))
               AND account.owner_id IS NOT NULL
             ORDER BY account.id
               FOR UPDATE
        ) AS locked;
        -- Under the locks, so that for one person's account the order of ids is the order of balances.
        new_ids := ARRAY(
            SELECT nextval('payments_transfer_id_seq') FROM generate_series(1, cardinality(transfers))
        );

        RETURN QUERY
        WITH incoming AS (
            SELECT item.*,
                   stored.id AS stored_id,
                   stored.debit_balance_after_minor AS stored_debit_after,
                   stored.credit_balance_after_minor AS stored_credit_after,
                   stored.id IS NOT NULL AND (
                       stored.debit_account_id, stored.credit_account_id, stored.amount_minor, stored.ref_id
                   ) IS DISTINCT FROM (
                       item.debit_account_id, item.credit_account_id, item.amount_minor, item.ref_id
                   ) AS is_reused,
                   count(*) OVER (PARTITION BY item.kind, item.ref, item.leg) > 1 AS is_twice
              FROM unnest(transfers) WITH ORDINALITY AS item(
                       kind, ref, leg, debit_account_id, credit_account_id, amount_minor,
                       ref_kind, ref_id, description, overdrawn_by, place)
              LEFT JOIN payments_transfer AS stored
                     ON stored.kind = item.kind AND stored.ref = item.ref AND stored.leg = item.leg
        ), side AS (
            -- Two rows a transfer: what its debit account loses and what its credit account gains.
            SELECT incoming.*,
                   half.is_debit, half.account_id, account.currency,
                   account.owner_id IS NOT NULL AS is_personal,
                   account.balance_minor AS balance_before,
                   CASE WHEN incoming.stored_id IS NOT NULL THEN 0
                        WHEN half.is_debit THEN -incoming.amount_minor
                        ELSE incoming.amount_minor END AS delta,
                   CASE
                       WHEN account.id IS NULL THEN 'unknown account'
                       WHEN incoming.debit_account_id = incoming.credit_account_id THEN 'one account twice'
                       WHEN coalesce(incoming.amount_minor, 0) <= 0 THEN 'the amount is not positive'
                       WHEN incoming.overdrawn_by NOT IN ('settlement', 'chargeback') THEN 'unknown overdraft reason'
                       WHEN incoming.kind IS NULL OR incoming.ref IS NULL OR incoming.leg IS NULL THEN 'no identity'
                       WHEN incoming.is_twice THEN 'one identity twice'
                   END AS malformed
              FROM incoming
             CROSS JOIN LATERAL (
                       VALUES (true, incoming.debit_account_id), (false, incoming.credit_account_id)
                   ) AS half(is_debit, account_id)
              LEFT JOIN payments_ledgeraccount AS account ON account.id = half.account_id
        ), running AS (
            SELECT side.*,
                   CASE WHEN is_personal THEN
                       (balance_before + sum(delta) OVER (PARTITION BY account_id ORDER BY place))::bigint
                   END AS balance_after
              FROM side
        ), paired AS (
            SELECT running.*,
                   lead(balance_after) OVER transfer AS credit_balance_after,
                   lead(currency) OVER transfer AS credit_currency,
                   lead(malformed) OVER transfer AS credit_malformed
              FROM running
            WINDOW transfer AS (PARTITION BY place ORDER BY is_debit DESC)
        ), judged AS (
            -- One row a transfer again, with what is wrong with it.
            SELECT paired.*, CASE
                       WHEN coalesce(malformed, credit_malformed) IS NOT NULL
                       THEN '1 ' || format('%s:%s:%s: %s', kind, ref, leg, coalesce(malformed, credit_malformed))
                       WHEN currency <> credit_currency
                       THEN '1 ' || format('%s:%s:%s: two currencies', kind, ref, leg)
                       WHEN is_reused
                       THEN '2 ' || format('%s:%s:%s was posted before with other content', kind, ref, leg)
                       WHEN balance_after < 0 AND overdrawn_by IS NULL AND stored_id IS NULL
                       THEN '3 ' || format('account %s would stand at %s', account_id, balance_after)
                   END AS fault
              FROM paired
             WHERE is_debit
        ), verdict AS MATERIALIZED (
            -- Asked by each of the writes below, so the worst fault is raised before anything is written.
            SELECT CASE WHEN min(fault) IS NULL THEN true ELSE ledger_refuse(min(fault)) END AS is_sound FROM judged
        ), posted AS (
            INSERT INTO payments_transfer (
                id, kind, ref, leg, debit_account_id, credit_account_id, amount_minor,
                debit_balance_after_minor, credit_balance_after_minor, overdrawn_by, ref_kind, ref_id, description
            )
            SELECT new_ids[place], kind, ref, leg, debit_account_id, credit_account_id, amount_minor,
                   balance_after, credit_balance_after, CASE WHEN balance_after < 0 THEN overdrawn_by END,
                   coalesce(ref_kind, ''), ref_id, coalesce(description, '')
              FROM judged
             WHERE stored_id IS NULL AND (SELECT is_sound FROM verdict)
        ), moved AS (
            UPDATE payments_ledgeraccount AS account
               SET balance_minor = account.balance_minor + total.delta,
                   overdrawn_by = CASE
                       WHEN account.balance_minor + total.delta < 0
                       THEN coalesce(total.overdrawn_by, account.overdrawn_by)
                   END,
                   version = account.version + 1
              FROM (SELECT account_id, sum(delta)::bigint AS delta,
                           max(overdrawn_by) FILTER (WHERE is_debit) AS overdrawn_by
                      FROM side WHERE is_personal AND stored_id IS NULL GROUP BY account_id) AS total
             WHERE account.id = total.account_id AND (SELECT is_sound FROM verdict)
        ), house AS (
            INSERT INTO payments_housemovement (account_id, amount_minor)
            SELECT account_id, sum(delta)::bigint FROM side
             WHERE NOT is_personal AND (SELECT is_sound FROM verdict) GROUP BY account_id HAVING sum(delta) <> 0
        )
        SELECT place::integer, coalesce(stored_id, new_ids[place]), stored_id IS NOT NULL,
               CASE WHEN stored_id IS NULL THEN balance_after ELSE stored_debit_after END,
               CASE WHEN stored_id IS NULL THEN credit_balance_after ELSE stored_credit_after END
          FROM judged
         ORDER BY place;
    END $$;
"""

RECORD_RESULTS = """
    -- Add what settled bets won and lost to the totals of wallets; corrections bring negative amounts.
    CREATE FUNCTION ledger_record_results(results ledger_result[]) RETURNS void
    LANGUAGE plpgsql SET touchline.ledger TO 'open' AS $$
    BEGIN
        PERFORM ledger_lock(ARRAY(SELECT result.account_id FROM unnest(results) AS result));
        UPDATE payments_ledgeraccount AS account
           SET won_minor = account.won_minor + total.won_minor,
               lost_minor = account.lost_minor + total.lost_minor,
               version = account.version + 1
          FROM (SELECT result.account_id, sum(result.won_minor)::bigint AS won_minor,
                       sum(result.lost_minor)::bigint AS lost_minor
                  FROM unnest(results) AS result GROUP BY result.account_id) AS total
         WHERE account.id = total.account_id AND account.owner_id IS NOT NULL;
    END $$;
"""

FOLD = """
    -- Add committed house movements to their accounts and delete them. One at a time; a second caller does nothing.
    CREATE FUNCTION ledger_fold() RETURNS integer
    LANGUAGE plpgsql SET touchline.ledger TO 'open' AS $$
    DECLARE
        folded integer;
    BEGIN
        IF NOT pg_try_advisory_xact_lock(hashtextextended('ledger_fold', 0)) THEN
            RETURN 0;
        END IF;
        WITH taken AS (
            DELETE FROM payments_housemovement RETURNING account_id, amount_minor
        ), total AS (
            SELECT account_id, sum(amount_minor)::bigint AS amount_minor, count(*) AS movements
              FROM taken GROUP BY account_id
        ), added AS (
            UPDATE payments_ledgeraccount AS account
               SET balance_minor = account.balance_minor + total.amount_minor, version = account.version + 1
              FROM total
             WHERE account.id = total.account_id
            RETURNING total.movements
        )
        SELECT coalesce(sum(movements), 0) INTO folded FROM added;
        RETURN folded;
    END $$;
"""

DROP = """
    DROP FUNCTION ledger_fold();
    DROP FUNCTION ledger_record_results(ledger_result[]);
    DROP FUNCTION ledger_post(ledger_transfer[]);
    DROP FUNCTION ledger_refuse(text);
    DROP FUNCTION ledger_lock(uuid[]);
    DROP FUNCTION ledger_pool_account(uuid, text);
    DROP FUNCTION ledger_house_account(text, text);
    DROP TYPE ledger_result;
    DROP TYPE ledger_transfer;
"""


class Migration(migrations.Migration):
    replaces = [("payments", "0002_ledger_functions"), ("payments", "0007_pool_account_function")]

    dependencies = [("payments", "0001_ledger_and_wallets")]

    operations = [
        migrations.RunSQL(
            TYPES + HOUSE_ACCOUNT + POOL_ACCOUNT + LOCK + REFUSE + POST + RECORD_RESULTS + FOLD,
            reverse_sql=DROP,
        ),
    ]
