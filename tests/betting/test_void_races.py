"""A window of void bets against a slip and a cash-out in flight, each with the race that the event's lock prevents."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from accounts.models import User
from betting.actions import cancel_windows, set_results
from betting.actions import cash_out as cashing
from betting.actions.set_results import Order, set_cancel_window, undo_cancel_window
from betting.actions.slip_rows import SlipRows
from betting.models import BetSlip, Market, Selection
from project.kit import clock
from tests.betting.desk import bet, fund, make_live_priced_event, selection_of
from tests.betting.test_cash_out_races import in_thread, quotes_of, taking
from tests.betting.test_void_exposure import exposure, risk_of
from tests.waiting import is_anybody_waiting, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

WAIT_S = 20


class Held:
    """Holds the next call of a function until it is let go; those after it pass."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> None:
        self._arrived, self._go = threading.Event(), threading.Event()
        original = getattr(owner, name)

        def act(*arguments: Any) -> Any:
            if not self._arrived.is_set():
                self._arrived.set()
                assert self._go.wait(WAIT_S), "nobody let it go"
            return original(*arguments)

        monkeypatch.setattr(owner, name, act)

    def wait(self) -> None:
        assert self._arrived.wait(WAIT_S), "nobody came"

    def let_go(self) -> None:
        self._go.set()


@pytest.fixture
def home(db: None) -> Selection:
    return selection_of(make_live_priced_event(), "1x2", "home")


def setting_window(selection: Selection) -> Callable[[], object]:
    order = Order("Wrong price", clock.now())
    return partial(set_cancel_window, market_id=selection.market_id, starts_at=None, ends_at=None, order=order)


def cross(held: Held, first: Callable[[], object], second: Callable[[], object], *, is_waited_for: bool) -> None:
    """Let `first` be held in its middle and `second` come: it waits, or it overtakes."""
    with ThreadPoolExecutor(2) as pool:
        one = in_thread(pool, first)
        held.wait()
        other = in_thread(pool, second)
        if is_waited_for:
            wait_until(is_anybody_waiting)
        else:
            other.result(WAIT_S)
        held.let_go()
        one.result(WAIT_S)
        other.result(WAIT_S)


def no_lock(one: UUID) -> None:
    """What there would be without it."""


@pytest.mark.parametrize("is_locking", [True, False], ids=["waits", "control: without the locks"])
def test_a_slip_in_flight_is_seen_by_the_window_that_voids_it(
    ada: User, home: Selection, monkeypatch: pytest.MonkeyPatch, is_locking: bool
) -> None:
    """It was decided and not written when the window came. Without the locks it stays at risk though it is void."""
    fund(ada)
    if not is_locking:
        monkeypatch.setattr(set_results, "lock_event_exclusive", no_lock)
        monkeypatch.setattr(set_results, "lock_market_exclusive", no_lock)

    cross(Held(monkeypatch, SlipRows, "write"), partial(bet, ada, home), setting_window(home), is_waited_for=is_locking)

    assert BetSlip.objects.count() == 1
    assert Market.objects.get(id=home.market_id).status == "suspended"
    assert exposure() == ({} if is_locking else {home.id: risk_of(home, 1_000)})
    undo_cancel_window(market_id=home.market_id, starts_at=None, ends_at=None, order=Order("Never mind", clock.now()))
    assert exposure() == {home.id: risk_of(home, 1_000)}


@pytest.mark.parametrize("is_locking", [True, False], ids=["waits", "control: without the locks"])
def test_a_cash_out_in_flight_is_seen_by_the_window(
    ada: User, home: Selection, monkeypatch: pytest.MonkeyPatch, is_locking: bool
) -> None:
    """It had looked at the slip when the window came. Without the locks it takes from the market what is gone."""
    [quote] = quotes_of(ada, home, 1)
    if not is_locking:
        monkeypatch.setattr(set_results, "lock_event_exclusive", no_lock)
        monkeypatch.setattr(set_results, "lock_market_exclusive", no_lock)

    cross(Held(monkeypatch, cashing, "_pay"), taking(quote), setting_window(home), is_waited_for=is_locking)

    assert BetSlip.objects.get().status == "cashed_out"
    stake, payout = risk_of(home, 1_000)
    assert exposure() == ({} if is_locking else {home.id: (-stake, -payout)})


def test_a_slip_that_comes_while_its_market_is_made_void_is_refused(
    ada: User, home: Selection, monkeypatch: pytest.MonkeyPatch
) -> None:
    fund(ada)
    held = Held(monkeypatch, cancel_windows, "_restate_exposure")

    cross(held, setting_window(home), partial(bet, ada, home), is_waited_for=True)

    assert (BetSlip.objects.count(), exposure()) == (0, {})


def test_two_windows_at_once_take_each_bet_out_once(
    ada: User, home: Selection, monkeypatch: pytest.MonkeyPatch
) -> None:
    fund(ada)
    bet(ada, home)
    held = Held(monkeypatch, cancel_windows, "_restate_exposure")
    ends_at = clock.now()
    narrow = partial(
        set_cancel_window,
        market_id=home.market_id,
        starts_at=None,
        ends_at=ends_at,
        order=Order("Wrong price", ends_at),
    )

    cross(held, setting_window(home), narrow, is_waited_for=True)

    assert exposure() == {}
