"""What tests of betting share. Loaded before Django is set up: its parts are imported where they are used."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_django import Settings

    from tests.betting.desk import Queue


@pytest.fixture
def true_delays(settings: "Settings") -> None:
    """Matches run at their true speed: bets on football wait five seconds."""
    settings.BET_DELAY = True
    settings.MATCH_SECONDS = 105 * 60


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Iterator["Queue"]:
    """Tasks that are sent wait here, and nobody runs them unasked."""
    from tests.betting.desk import broker

    with broker(monkeypatch) as waiting:
        yield waiting
