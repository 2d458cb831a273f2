"""What tests of betting share. Loaded before Django is set up: its parts are imported where they are used."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.betting.desk import Queue


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Iterator["Queue"]:
    """Tasks that are sent wait here, and nobody runs them unasked."""
    from tests.betting.desk import broker

    with broker(monkeypatch) as waiting:
        yield waiting
