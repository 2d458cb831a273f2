"""Tickets in pools are named in the back office as one would say it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("betting", "0026_void_bets_leave_the_exposure")]

    operations = [migrations.AlterModelOptions("poolentry", {"verbose_name_plural": "pool entries"})]
