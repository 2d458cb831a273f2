"""What streams and keys keep for others is kept as the text it was written as."""

from importlib import import_module

from django.db import migrations

import project.kit.fields

BEFORE = import_module("project.kit.migrations.0003_numbers_from_the_end").APPEND.replace("CREATE OR REPLACE", "CREATE")
APPEND = BEFORE.replace("payloads jsonb[]", "payloads json[]")


class Migration(migrations.Migration):
    dependencies = [("kit", "0003_numbers_from_the_end")]

    operations = [
        migrations.AlterField("outboxchange", "payload", project.kit.fields.WrittenJsonField()),
        migrations.AlterField("idempotentreply", "reply", project.kit.fields.WrittenJsonField()),
        migrations.RunSQL("DROP FUNCTION stream_append(text[], jsonb[])", reverse_sql=BEFORE),
        migrations.RunSQL(APPEND, reverse_sql="DROP FUNCTION stream_append(text[], json[])"),
    ]
