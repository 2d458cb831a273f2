-- payments: the functions, types and triggers that migrations have made, as they are today.
-- Generated from a migrated database by `make protocol`; a test fails when it is behind. Why each is as it is stands in
-- the migrations, and in docs/decisions.

CREATE TYPE ledger_result AS (
    account_id uuid,
    won_minor bigint,
    lost_minor bigint
);

CREATE TYPE ledger_transfer AS (
    kind text,
    ref text,
    leg integer,
    debit_account_id uuid,
    credit_account_id uuid,
    amount_minor bigint,
    ref_kind text,
    ref_id uuid,
    description text,
    overdrawn_by text
);

CREATE OR REPLACE FUNCTION ledger_fold()
 RETURNS integer
 LANGUAGE plpgsql
 SET "touchline.ledger" TO 'open'
AS $function$
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
END $function$;

CREATE OR REPLACE FUNCTION ledger_house_account(account_kind text, account_currency text)
 RETURNS uuid
 LANGUAGE plpgsql
AS $function$
DECLARE
    house_id uuid := ledger_house_id(account_kind, account_currency);
BEGIN
    IF NOT EXISTS (SELECT FROM payments_ledgeraccount WHERE id = house_id) THEN
        INSERT INTO payments_ledgeraccount (id, kind, currency, balance_minor, won_minor, lost_minor, version)
        VALUES (house_id, account_kind, account_currency, 0, 0, 0, 0)
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN house_id;
END $function$;

CREATE OR REPLACE FUNCTION ledger_house_id(account_kind text, account_currency text)
 RETURNS uuid
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN (md5(((('house:'::text || account_kind) || ':'::text) || account_currency)))::uuid;

CREATE OR REPLACE FUNCTION ledger_lock(account_ids uuid[])
 RETURNS TABLE(account_id uuid, balance_minor bigint)
 LANGUAGE sql
AS $function$
    SELECT account.id, account.balance_minor
      FROM payments_ledgeraccount AS account
     WHERE account.id = ANY (account_ids) AND account.owner_id IS NOT NULL
     ORDER BY account.id
       FOR UPDATE
$function$;

CREATE OR REPLACE FUNCTION ledger_pool_account(pool uuid, account_currency text)
 RETURNS uuid
 LANGUAGE plpgsql
AS $function$
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
END $function$;

CREATE OR REPLACE FUNCTION ledger_post(transfers ledger_transfer[])
 RETURNS TABLE("position" integer, transfer_id bigint, is_duplicate boolean, debit_balance_after_minor bigint, credit_balance_after_minor bigint)
 LANGUAGE plpgsql
 SET "touchline.ledger" TO 'open'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
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
END $function$;

CREATE OR REPLACE FUNCTION ledger_post_new(kinds text[], ref_ids uuid[], debits uuid[], credits uuid[], amounts bigint[], about text, descriptions text[])
 RETURNS void
 LANGUAGE plpgsql
 SET "touchline.ledger" TO 'open'
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
AS $function$
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
END $function$;

CREATE OR REPLACE FUNCTION ledger_record_results(results ledger_result[])
 RETURNS void
 LANGUAGE plpgsql
 SET "touchline.ledger" TO 'open'
AS $function$
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
END $function$;

CREATE OR REPLACE FUNCTION ledger_refuse(fault text)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
BEGIN
    RAISE EXCEPTION USING
        MESSAGE = CASE left(fault, 1) WHEN '3' THEN 'insufficient_funds' ELSE substr(fault, 3) END,
        DETAIL = substr(fault, 3),
        ERRCODE = CASE left(fault, 1) WHEN '1' THEN 'LG003' WHEN '2' THEN 'LG002' ELSE 'LG001' END;
END $function$;

CREATE OR REPLACE FUNCTION ledger_refuse_opening_balance()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF (NEW.balance_minor, NEW.won_minor, NEW.lost_minor) <> (0, 0, 0) OR NEW.overdrawn_by IS NOT NULL THEN
        RAISE EXCEPTION 'an account opens with a balance of zero' USING ERRCODE = 'LG004';
    END IF;
    RETURN NEW;
END $function$;

CREATE OR REPLACE FUNCTION ledger_refuse_outside()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF current_setting('touchline.ledger', true) IS DISTINCT FROM 'open' THEN
        RAISE EXCEPTION '% on % is refused outside the ledger functions', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'LG004';
    END IF;
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION ledger_settle(transfers ledger_transfer[], results ledger_result[])
 RETURNS void
 LANGUAGE plpgsql
 SET "touchline.ledger" TO 'open'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
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
END $function$;

CREATE OR REPLACE FUNCTION payments_check_withdrawal_begin()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF NEW.status <> 'requested'
            OR NOT EXISTS (SELECT FROM payments_wallet WHERE id = NEW.wallet_id AND user_id = NEW.user_id) THEN
        RAISE EXCEPTION 'a withdrawal begins as a request of the owner of its wallet'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $function$;

CREATE OR REPLACE FUNCTION payments_check_withdrawal_step()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF (NEW.id, NEW.wallet_id, NEW.user_id, NEW.amount_minor, NEW.requested_at)
           IS DISTINCT FROM (OLD.id, OLD.wallet_id, OLD.user_id, OLD.amount_minor, OLD.requested_at) THEN
        RAISE EXCEPTION 'what was asked for stays' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT coalesce(NEW.status = ANY (CASE OLD.status
            WHEN 'requested' THEN ARRAY['approved', 'rejected', 'cancelled']
            WHEN 'approved' THEN ARRAY['processing', 'failed']
            WHEN 'processing' THEN ARRAY['paid', 'failed']
            WHEN 'paid' THEN ARRAY['failed']
        END), false) THEN
        RAISE EXCEPTION 'a withdrawal that is % does not become %', OLD.status, NEW.status
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $function$;

CREATE TRIGGER payments_bookclosing_append_only BEFORE DELETE OR UPDATE ON payments_bookclosing FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER payments_bookclosing_no_truncate BEFORE TRUNCATE ON payments_bookclosing FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER payments_housemovement_no_truncate BEFORE TRUNCATE ON payments_housemovement FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER payments_housemovement_through_ledger BEFORE INSERT OR DELETE OR UPDATE ON payments_housemovement FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_outside();

CREATE TRIGGER payments_ledgeraccount_opens_empty BEFORE INSERT ON payments_ledgeraccount FOR EACH ROW EXECUTE FUNCTION ledger_refuse_opening_balance();

CREATE TRIGGER payments_ledgeraccount_stays BEFORE DELETE OR TRUNCATE ON payments_ledgeraccount FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER payments_ledgeraccount_through_ledger BEFORE UPDATE ON payments_ledgeraccount FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_outside();

CREATE TRIGGER payments_transfer_append_only BEFORE DELETE OR UPDATE ON payments_transfer FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER payments_transfer_no_truncate BEFORE TRUNCATE ON payments_transfer FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER payments_transfer_through_ledger BEFORE INSERT ON payments_transfer FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_outside();

CREATE TRIGGER payments_withdrawal_begins BEFORE INSERT ON payments_withdrawal FOR EACH ROW EXECUTE FUNCTION payments_check_withdrawal_begin();

CREATE TRIGGER payments_withdrawal_stays BEFORE DELETE OR TRUNCATE ON payments_withdrawal FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER payments_withdrawal_steps BEFORE UPDATE ON payments_withdrawal FOR EACH ROW EXECUTE FUNCTION payments_check_withdrawal_step();

CREATE TRIGGER payments_withdrawalrecord_append_only BEFORE DELETE OR UPDATE ON payments_withdrawalrecord FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER payments_withdrawalrecord_no_truncate BEFORE TRUNCATE ON payments_withdrawalrecord FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
