"""The three shelves every forum starts with. Running it again changes nothing; undoing it keeps shelves in use."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

CATEGORIES = (
    ("tips", "Tips", "What you would back, and why.", 1),
    ("questions", "Questions", "Markets, rules, odds: ask, somebody knows.", 2),
    ("general", "General", "Everything else around the matches.", 3),
)


def add_categories(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    category = apps.get_model("community", "Category")
    for slug, name, description, position in CATEGORIES:
        category.objects.get_or_create(
            slug=slug, defaults={"name": name, "description": description, "position": position}
        )


def remove_unused_categories(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    category = apps.get_model("community", "Category")
    category.objects.filter(slug__in=[row[0] for row in CATEGORIES], posts__isnull=True).delete()


class Migration(migrations.Migration):
    replaces = [("community", "0003_first_categories")]

    dependencies = [("community", "0003_decisions_stay")]

    operations = [migrations.RunPython(add_categories, remove_unused_categories)]
