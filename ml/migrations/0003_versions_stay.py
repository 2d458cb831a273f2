"""A version of a model never changes, and neither does an insight once it is sealed: the database refuses it."""

from django.db import migrations

from project.kit.fields import append_only_sql

REFUSE_SEALED = """
    CREATE FUNCTION ml_refuse_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'insight % is sealed: % refused', OLD.id, TG_OP
            USING ERRCODE = 'integrity_constraint_violation';
    END $$;
    CREATE TRIGGER ml_insight_sealed BEFORE UPDATE OR DELETE ON ml_betting_model_insight
        FOR EACH ROW WHEN (OLD.sealed_at IS NOT NULL) EXECUTE FUNCTION ml_refuse_sealed();
"""
ALLOW_SEALED = """
    DROP TRIGGER ml_insight_sealed ON ml_betting_model_insight;
    DROP FUNCTION ml_refuse_sealed();
"""


class Migration(migrations.Migration):
    replaces = [("ml", "0003_immutable_versions_and_seals")]

    dependencies = [("ml", "0002_house"), ("kit", "0002_streams_and_refusals")]

    operations = [
        migrations.RunSQL(*append_only_sql("ml_model_version")),
        migrations.RunSQL(REFUSE_SEALED, ALLOW_SEALED),
    ]
