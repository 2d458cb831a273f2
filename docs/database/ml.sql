-- ml: the functions, types and triggers that migrations have made, as they are today.
-- Generated from a migrated database by `make protocol`; a test fails when it is behind. Why each is as it is stands in
-- the migrations, and in docs/decisions.

CREATE OR REPLACE FUNCTION ml_refuse_sealed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    RAISE EXCEPTION 'insight % is sealed: % refused', OLD.id, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $function$;

CREATE TRIGGER ml_insight_sealed BEFORE DELETE OR UPDATE ON ml_betting_model_insight FOR EACH ROW WHEN ((old.sealed_at IS NOT NULL)) EXECUTE FUNCTION ml_refuse_sealed();

CREATE TRIGGER ml_model_version_append_only BEFORE DELETE OR UPDATE ON ml_model_version FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER ml_model_version_no_truncate BEFORE TRUNCATE ON ml_model_version FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
