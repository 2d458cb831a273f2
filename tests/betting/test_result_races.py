"""Results that are set while a slip is in flight on their market, with the race that the event's lock prevents."""

from functools import partial

import pytest

from accounts.models import User
from betting.actions import set_results as results
from betting.actions.set_results import Order, set_results
from betting.actions.settle_event import settle_event
from betting.actions.slip_rows import SlipRows
from betting.core.grading.grade import LOST, WON
from betting.models import BetSlip, Selection
from payments.queries.audit import list_ledger_faults
from project.kit import clock
from tests.betting.desk import available, bet, fund, make_priced_event, selection_of
from tests.betting.test_void_races import Held, cross, no_lock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def home(db: None) -> Selection:
    return selection_of(make_priced_event(), "1x2", "home")


def decide(home: Selection) -> None:
    """Home has won, and all slips there are were settled."""
    grades = {one.id: WON if one == home else LOST for one in Selection.objects.filter(market=home.market_id)}
    set_results(market_id=home.market_id, grades=grades, order=Order("Decided", clock.now()))
    settle_event(event_id=home.market.event_id)


@pytest.mark.parametrize("is_locking", [True, False], ids=["waits", "control: without the locks"])
def test_a_slip_in_flight_is_settled_by_the_result_that_comes(
    ada: User, home: Selection, monkeypatch: pytest.MonkeyPatch, is_locking: bool
) -> None:
    """It was decided and not written when the result came. Without the locks it is written behind the settlement, and
    nothing settles it."""
    funds = fund(ada)
    if not is_locking:
        monkeypatch.setattr(results, "lock_event_exclusive", no_lock)
        monkeypatch.setattr(results, "lock_market_exclusive", no_lock)

    cross(
        Held(monkeypatch, SlipRows, "write"), partial(bet, ada, home), partial(decide, home), is_waited_for=is_locking
    )
    settle_event(event_id=home.market.event_id)

    slip = BetSlip.objects.get()
    assert slip.status == ("won" if is_locking else "accepted")
    assert available(ada) == funds - 1_000 + (slip.potential_win_minor if is_locking else 0)
    assert list_ledger_faults() == []


def test_a_slip_that_comes_while_results_are_set_is_refused(
    ada: User, home: Selection, monkeypatch: pytest.MonkeyPatch
) -> None:
    funds = fund(ada)
    held = Held(monkeypatch, results, "apply_grades")

    cross(held, partial(decide, home), partial(bet, ada, home), is_waited_for=True)

    assert (BetSlip.objects.count(), available(ada)) == (0, funds)
