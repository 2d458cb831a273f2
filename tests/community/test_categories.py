"""The migration that puts up the first shelves: forwards twice, backwards without losing what is in use."""

import importlib

from django.apps import apps
from django.db import connection

from accounts.models import User
from community.actions.forum import post_thread
from community.models import Category

migration = importlib.import_module("community.migrations.0004_first_shelves")


def test_running_it_again_changes_nothing(db: None) -> None:
    Category.objects.filter(slug="tips").update(name="Renamed by an admin")

    migration.add_categories(apps, connection.schema_editor())

    assert list(Category.objects.values_list("slug", "name")) == [
        ("tips", "Renamed by an admin"),
        ("questions", "Questions"),
        ("general", "General"),
    ]


def test_undoing_it_keeps_shelves_in_use(ada: User) -> None:
    post_thread(author_id=ada.id, category="tips", title="Keep me", content="text")

    migration.remove_unused_categories(apps, connection.schema_editor())

    assert list(Category.objects.values_list("slug", flat=True)) == ["tips"]
