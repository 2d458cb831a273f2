"""A window of a market is one row: the migration that joins those made twice, and what the table refuses."""

from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from django.db import IntegrityError, connection, transaction

from betting.models import CancelWindow
from tests.betting.desk import make_live_priced_event, selection_of

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_windows_of_the_same_bets_become_one_that_is_void_if_any_is() -> None:
    event = make_live_priced_event()
    markets = [selection_of(event, key, outcome).market for key, outcome in (("1x2", "home"), ("both_to_score", "yes"))]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE betting_cancel_window DROP CONSTRAINT cancel_window_once")

    def add(market: int, starts_at: datetime | None, hour: int, *, is_active: bool) -> None:
        produced_at = NOON + timedelta(hours=hour)
        CancelWindow.objects.create(
            market=markets[market],
            starts_at=starts_at,
            is_active=is_active,
            undone_at=None if is_active else produced_at,
            produced_at=produced_at,
            reason=f"At {hour}",
            created_at=NOON,
        )

    add(0, None, 1, is_active=True)
    add(0, None, 2, is_active=True)
    add(0, None, 3, is_active=False)
    add(0, NOON, 4, is_active=False)
    add(0, NOON, 5, is_active=False)
    add(1, None, 6, is_active=True)

    for _ in range(2):
        with connection.cursor() as cursor:
            cursor.execute(import_module("betting.migrations.0023_cancel_windows_are_one").JOIN)

    rows = CancelWindow.objects.order_by("produced_at").values_list("market", "starts_at", "is_active", "reason")
    assert list(rows) == [
        (markets[0].id, None, True, "At 2"),
        (markets[0].id, NOON, False, "At 5"),
        (markets[1].id, None, True, "At 6"),
    ]
    hours = [one.produced_at.hour - 12 for one in CancelWindow.objects.order_by("produced_at")]
    assert hours == [3, 5, 6]


def test_a_second_row_for_the_same_window_is_refused() -> None:
    market = selection_of(make_live_priced_event(), "1x2", "home").market

    def add() -> None:
        CancelWindow.objects.create(market=market, produced_at=NOON, reason="Twice", created_at=NOON)

    add()
    with pytest.raises(IntegrityError), transaction.atomic():
        add()
    assert CancelWindow.objects.count() == 1
