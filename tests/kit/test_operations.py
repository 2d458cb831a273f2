"""Several models made by one operation: they point at each other in a circle, and are rendered once."""

from typing import Any

import pytest
from django.db import connection, models
from django.db.migrations.operations import CreateModel
from django.db.migrations.state import ProjectState

from project.kit.operations import CreateModels


def key() -> "models.Field[Any, Any]":
    return models.BigAutoField(primary_key=True)


def pointing(to: str, *, null: bool = False) -> "models.Field[Any, Any]":
    return models.ForeignKey(to, on_delete=models.PROTECT, related_name="+", null=null)


CIRCLE = CreateModels(
    CreateModel("Hen", [("id", key()), ("hatched_from", pointing("kit.Egg", null=True))], {"db_table": "kit_test_hen"}),
    CreateModel("Egg", [("id", key()), ("laid_by", pointing("kit.Hen"))], {"db_table": "kit_test_egg"}),
)


def list_tables_and_keys() -> tuple[list[str], int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relname IN ('kit_test_hen', 'kit_test_egg') ORDER BY 1")
        tables = [name for (name,) in cursor.fetchall()]
        cursor.execute(
            "SELECT count(*) FROM pg_constraint WHERE contype = 'f'"
            " AND conrelid IN (SELECT oid FROM pg_class WHERE relname LIKE 'kit_test_%')"
        )
        return tables, cursor.fetchone()[0]


@pytest.mark.django_db
def test_models_in_a_circle_are_made_and_unmade() -> None:
    before, after = ProjectState(), ProjectState()
    CIRCLE.state_forwards("kit", after)

    with connection.schema_editor() as editor:
        CIRCLE.database_forwards("kit", editor, before, after)
    made = list_tables_and_keys()
    with connection.schema_editor() as editor:
        CIRCLE.database_backwards("kit", editor, after, before)

    assert made == (["kit_test_egg", "kit_test_hen"], 2)
    assert list_tables_and_keys() == ([], 0)


def test_models_rendered_before_are_rendered_anew_when_asked_for() -> None:
    state = ProjectState()
    CreateModels(CreateModel("Hen", [("id", key())])).state_forwards("kit", state)
    rendered = state.apps

    CreateModels(CreateModel("Egg", [("id", key()), ("laid_by", pointing("kit.Hen"))])).state_forwards("kit", state)

    assert "apps" not in state.__dict__
    assert state.apps is not rendered
    assert state.apps.get_model("kit", "Egg")._meta.get_field("laid_by").remote_field.model is state.apps.get_model(
        "kit", "Hen"
    )
