"""What import-linter cannot see: keys between tables, the shape of the tree, sizes."""

import ast
import re
from itertools import pairwise
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Field, Model

from project.devstack.shared_cluster import REPOSITORY

APPS_FROM_THE_LOWEST = (
    "kit",
    "accounts",
    "payments",
    "sports",
    "ml",
    "betting",
    "community",
    "operations",
    "realtime",
)
FRAMEWORK = ("contenttypes", "auth", "sessions", "admin", "account", "mfa", "usersessions", "socialaccount")
SOURCE_FOLDERS = (*APPS_FROM_THE_LOWEST[1:], "project", "tests", "bench", "clients")
FORBIDDEN_NAMES = re.compile(r"^(utils?|helpers?|commons?|misc|stuff|functions)$")
FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70


def list_sources() -> list[Path]:
    return sorted(path for folder in SOURCE_FOLDERS for path in (REPOSITORY / folder).rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


def level_of(model: type[Model]) -> int:
    label = model._meta.app_label
    return -1 if label in FRAMEWORK else APPS_FROM_THE_LOWEST.index(label)


def upward_keys() -> list[str]:
    return [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if isinstance(field, Field) and isinstance(field.related_model, type)
        if level_of(model) >= 0 and level_of(field.related_model) > level_of(model)
    ]


def test_no_foreign_key_points_to_a_higher_app() -> None:
    assert upward_keys() == []


def test_every_app_is_in_the_order() -> None:
    own = {config.label for config in apps.get_app_configs() if "site-packages" not in config.path}

    assert own == {*APPS_FROM_THE_LOWEST, "project"}


def test_files_are_short_enough_to_read() -> None:
    too_long = {
        name_of(path): lines
        for path in list_sources()
        if not {"migrations", "generated"} & set(path.parts)  # written by commands, never by hand
        if (lines := len(path.read_text().splitlines())) >= FILE_LINES_MAX
    }

    assert too_long == {}


def test_functions_are_short_enough_to_see_at_once() -> None:
    too_long = {
        f"{name_of(path)}::{node.name}": lines
        for path in list_sources()
        if "migrations" not in path.parts
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (lines := (node.end_lineno or node.lineno) - node.lineno + 1) >= FUNCTION_LINES_MAX
    }

    assert too_long == {}


def test_names_say_the_subject() -> None:
    offenders = [
        name_of(path)
        for path in list_sources()
        if any(FORBIDDEN_NAMES.match(part) for part in (path.stem, *path.relative_to(REPOSITORY).parent.parts))
    ]

    assert offenders == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        name_of(path)
        for path in list_sources()
        if path.read_text().strip()
        and "migrations" not in path.parts
        and not ast.get_docstring(ast.parse(path.read_text()))
    ]

    assert silent == []


@pytest.mark.parametrize(("lower", "higher"), list(pairwise(APPS_FROM_THE_LOWEST)))
def test_no_migration_depends_on_a_higher_app(lower: str, higher: str) -> None:
    """A dependency is an order too: the lower app could not be migrated without the higher one."""
    above = APPS_FROM_THE_LOWEST[APPS_FROM_THE_LOWEST.index(higher) :]
    folder = REPOSITORY / ("project/kit" if lower == "kit" else lower) / "migrations"
    offenders = [
        f"{name_of(path)} depends on {label}"
        for path in sorted(folder.glob("0*.py"))
        for label in re.findall(r"\(\s*\"([a-z]+)\",\s*\"0\d{3}_", path.read_text())
        if label in above
    ]

    assert offenders == []


def test_migrations_are_named_by_what_they_do_and_import_no_app() -> None:
    offenders = [
        name_of(path)
        for path in list_sources()
        if path.parent.name == "migrations" and path.stem != "__init__"
        if "auto_" in path.stem
        or re.match(r"^0001_initial$", path.stem)
        or re.search(rf"^(from|import) ({'|'.join(APPS_FROM_THE_LOWEST[1:])})\b", path.read_text(), re.MULTILINE)
    ]

    assert offenders == []
