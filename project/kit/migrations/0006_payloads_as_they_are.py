"""A large event is stored uncompressed: it is written by settling thousands of slips, read once or twice, and mostly ids."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("kit", "0005_changes_without_their_time")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE kit_event ALTER COLUMN payload SET STORAGE EXTERNAL",
            reverse_sql="ALTER TABLE kit_event ALTER COLUMN payload SET STORAGE EXTENDED",
        ),
    ]
