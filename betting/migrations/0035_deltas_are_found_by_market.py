"""A leg's exposure, which lives for half a second, is found by its market alone."""

from django.db import migrations

LEAN_DELTAS = "ALTER TABLE betting_exposure_delta DROP CONSTRAINT betting_exposure_delta_pkey"
FULL_DELTAS = "ALTER TABLE betting_exposure_delta ADD PRIMARY KEY (id)"


class Migration(migrations.Migration):
    dependencies = [("betting", "0034_documents_are_read_once")]

    operations = [migrations.RunSQL(LEAN_DELTAS, reverse_sql=FULL_DELTAS)]
