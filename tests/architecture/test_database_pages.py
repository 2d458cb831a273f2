"""docs/database says what the database has: read there, not in a chain of migrations, what a function does today."""

import os

import pytest

from tests.architecture.database_pages import PAGES, read_pages


@pytest.mark.django_db
def test_the_pages_say_what_the_database_has() -> None:
    pages = read_pages()
    if os.environ.get("WRITE_PAGES"):
        PAGES.mkdir(exist_ok=True)
        for name, text in pages.items():
            (PAGES / name).write_text(text)

    assert {path.name: path.read_text() for path in PAGES.iterdir()} == pages, "run `make protocol`"
