-- accounts: the functions, types and triggers that migrations have made, as they are today.
-- Generated from a migrated database by `make protocol`; a test fails when it is behind. Why each is as it is stands in
-- the migrations, and in docs/decisions.

CREATE OR REPLACE FUNCTION accounts_touch_user()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END $function$;

CREATE TRIGGER accounts_activitylog_append_only BEFORE DELETE OR UPDATE ON accounts_activitylog FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER accounts_activitylog_no_truncate BEFORE TRUNCATE ON accounts_activitylog FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER accounts_exclusion_append_only BEFORE DELETE OR UPDATE ON accounts_exclusion FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER accounts_exclusion_no_truncate BEFORE TRUNCATE ON accounts_exclusion FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER accounts_gamblinglimitchange_append_only BEFORE DELETE OR UPDATE ON accounts_gamblinglimitchange FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER accounts_gamblinglimitchange_no_truncate BEFORE TRUNCATE ON accounts_gamblinglimitchange FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER accounts_user_updated_at BEFORE UPDATE ON accounts_user FOR EACH ROW EXECUTE FUNCTION accounts_touch_user();

CREATE TRIGGER accounts_userconsent_append_only BEFORE DELETE OR UPDATE ON accounts_userconsent FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER accounts_userconsent_no_truncate BEFORE TRUNCATE ON accounts_userconsent FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
