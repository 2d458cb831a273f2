"""What the database itself keeps true about people: logs and consents stay, `updated_at` moves with every change."""

from django.db import migrations

from project.kit.fields import append_only_sql

UPDATED_AT = """
    CREATE FUNCTION accounts_touch_user() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.updated_at := now();
        RETURN NEW;
    END $$;
    CREATE TRIGGER accounts_user_updated_at BEFORE UPDATE ON accounts_user
        FOR EACH ROW EXECUTE FUNCTION accounts_touch_user();
"""

DROP_UPDATED_AT = """
    DROP TRIGGER accounts_user_updated_at ON accounts_user;
    DROP FUNCTION accounts_touch_user();
"""


class Migration(migrations.Migration):
    replaces = [("accounts", "0002_append_only_logs")]

    dependencies = [("accounts", "0001_people"), ("kit", "0002_streams_and_refusals")]

    operations = [
        migrations.RunSQL(*append_only_sql("accounts_userconsent")),
        migrations.RunSQL(*append_only_sql("accounts_activitylog")),
        migrations.RunSQL(UPDATED_AT, reverse_sql=DROP_UPDATED_AT),
    ]
