"""Markets name their sport; a selection can have a price that the desk holds, and what stakes add to its chance."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("betting", "0010_pools")]

    operations = [
        migrations.AddField(
            model_name="market",
            name="sport",
            field=models.CharField(db_default="football", max_length=12),
        ),
        migrations.AddField(
            model_name="selection",
            name="held_odds_milli",
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name="selection",
            name="pressure",
            field=models.FloatField(db_default=0.0),
        ),
        migrations.AddConstraint(
            model_name="selection",
            constraint=models.CheckConstraint(
                condition=Q(
                    ("held_odds_milli__isnull", True), ("held_odds_milli__range", (1010, 500000)), _connector="OR"
                ),
                name="selection_held_odds_on_ladder",
            ),
        ),
    ]
