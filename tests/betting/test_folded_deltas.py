"""Deltas that were folded away cost the slips after them nothing, though no vacuum has come by."""

from importlib import import_module

import pytest
from django.db import connection

from accounts.models import User
from betting.actions.fold_exposure import fold_exposure
from betting.models import Selection
from tests.betting.desk import fund, make_priced_event, selection_of
from tests.betting.reading import count_read
from tests.waiting import wait_for_older_transactions, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

DELTAS = 500
ADD_DELTAS = """
    INSERT INTO betting_exposure_delta (market_id, selection_id, currency, stake_minor, payout_minor)
    SELECT %s, %s, 'PLY', 100, 250 FROM generate_series(1, %s)
"""
ENTRIES_SO_FAR = "SELECT pg_stat_get_xact_tuples_returned('exposure_delta_market'::regclass)"


def count_entries_read(user: User, selection: Selection) -> int:
    """How many entries of the deltas' index one reading of facts takes to the table."""
    return count_read(user, [str(selection.id)], keys=1, so_far=ENTRIES_SO_FAR)


@pytest.mark.parametrize("is_bitmap", [False, True], ids=["passed over", "control: by a bitmap"])
def test_folded_deltas_are_passed_over(ada: User, is_bitmap: bool) -> None:
    fund(ada)
    home = selection_of(make_priced_event(), "1x2", "home")
    with connection.cursor() as cursor:
        if is_bitmap:
            cursor.execute(import_module("betting.migrations.0020_folded_rows_are_passed_over").BEFORE)
        # Autovacuum, which may come by at any time, would do away with the difference.
        cursor.execute("ALTER TABLE betting_exposure_delta SET (autovacuum_enabled = false)")
        cursor.execute(ADD_DELTAS, [home.market_id, home.id, DELTAS])
    assert fold_exposure() == DELTAS

    wait_for_older_transactions()
    if is_bitmap:
        assert [count_entries_read(ada, home) for _ in range(3)] == [DELTAS] * 3
    else:
        # Whoever reads first finds them dead and says so, page by page; a page that a checkpoint is just writing
        # waits for who comes next. Entries of one value share tuples of the index, and one that is not dead as a
        # whole is not marked.
        wait_until(lambda: count_entries_read(ada, home) < DELTAS // 4)
