"""Repricing reads which selections have a result already: they get no price again while their market goes on."""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("betting.migrations.0009_books_and_prices").READ_BOOK.replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)
READ_BOOK = BEFORE.replace("selection.pressure\n", "selection.pressure, selection.result <> ''\n")
assert READ_BOOK != BEFORE


class Migration(migrations.Migration):
    dependencies = [("betting", "0021_slips_told_with_their_wallets")]

    operations = [migrations.RunSQL(READ_BOOK, reverse_sql=BEFORE)]
