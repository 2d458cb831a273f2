"""After a test that really commits, the database is made anew from its template.

Django would TRUNCATE every table, which the append-only tables refuse and which would also lose the rows that
migrations insert. Cloning the template keeps both promises and takes about as long.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper
from django.test import TransactionTestCase


def make_anew(case: TransactionTestCase) -> None:
    """Replace the test database by a fresh clone; open connections of forgotten threads are cut."""
    connections.close_all()
    settings = connection.settings_dict
    name = connection.ops.quote_name(settings["NAME"])
    template = connection.ops.quote_name(settings["TEST"]["TEMPLATE"])
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {template}")


@pytest.fixture(scope="session")
def databases_are_copied_unhurried() -> Iterator[None]:
    """A copy takes a tenth of a second, and many times that on a busy machine: no limit of statements ends it."""
    backend: Any = DatabaseWrapper  # what it has for tests is not in the stubs
    original = backend._nodb_cursor

    @contextmanager
    def unhurried(wrapper: DatabaseWrapper) -> Iterator[Any]:
        with original(wrapper) as cursor:
            cursor.execute("SET statement_timeout = 0")
            yield cursor

    backend._nodb_cursor = unhurried
    yield
    backend._nodb_cursor = original


@pytest.fixture(scope="session", autouse=True)
def transactional_tests_start_anew() -> Iterator[None]:
    original: Any = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]  # not in the stubs
    TransactionTestCase._fixture_teardown = make_anew  # type: ignore[attr-defined]  # see above
    yield
    TransactionTestCase._fixture_teardown = original  # type: ignore[attr-defined]  # see above
