-- sports: the functions, types and triggers that migrations have made, as they are today.
-- Generated from a migrated database by `make protocol`; a test fails when it is behind. Why each is as it is stands in
-- the migrations, and in docs/decisions.

CREATE TRIGGER sports_betting_odds_change_append_only BEFORE DELETE OR UPDATE ON sports_betting_odds_change FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER sports_betting_odds_change_no_truncate BEFORE TRUNCATE ON sports_betting_odds_change FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER sports_event_result_append_only BEFORE DELETE OR UPDATE ON sports_event_result FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER sports_event_result_no_truncate BEFORE TRUNCATE ON sports_event_result FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER sports_incident_append_only BEFORE DELETE OR UPDATE ON sports_incident FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER sports_incident_no_truncate BEFORE TRUNCATE ON sports_incident FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER sports_real_time_event_data_append_only BEFORE DELETE OR UPDATE ON sports_real_time_event_data FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER sports_real_time_event_data_no_truncate BEFORE TRUNCATE ON sports_real_time_event_data FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
