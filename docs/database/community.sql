-- community: the functions, types and triggers that migrations have made, as they are today.
-- Generated from a migrated database by `make protocol`; a test fails when it is behind. Why each is as it is stands in
-- the migrations, and in docs/decisions.

CREATE TRIGGER community_moderationaction_append_only BEFORE DELETE OR UPDATE ON community_moderationaction FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER community_moderationaction_no_truncate BEFORE TRUNCATE ON community_moderationaction FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
