"""Cash-outs against each other, against settlement and against a stop, each with the race that a lock prevents."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import connections
from django.db.models import F

from accounts.models import User
from betting.actions import cash_out as cashing
from betting.actions.cash_out import quote_cash_out, take_cash_out
from betting.actions.settle_event import settle_event
from betting.actions.stops import suspend_event
from betting.errors import CashOutUnavailable
from betting.models import BetSlip, CashOut, CashOutQuote, EventBook, Selection
from betting.schemas.cash_outs import QuoteCashOutCommand
from payments.queries.audit import list_ledger_faults
from project.kit.errors import AppError
from tests.betting.desk import available, bet, fund, make_live_priced_event, new_key, open_stakes, selection_of
from tests.waiting import is_anybody_waiting, wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def in_thread(pool: ThreadPoolExecutor, act: Callable[[], object]) -> "Future[object]":
    """What an act gives or raises, on a connection of its own."""

    def run() -> object:
        try:
            return act()
        except AppError as refusal:
            return refusal
        finally:
            connections.close_all()

    return pool.submit(run)


class Pause:
    """Holds a cash-out between its decision and its writing, until it is let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, expected: int = 1) -> None:
        self._arrived = threading.Semaphore(0)
        self._expected = expected
        self._go = threading.Event()
        original = cashing._pay

        def pay(*arguments: Any) -> Any:
            self._arrived.release()
            self._go.wait(timeout=20)
            return original(*arguments)

        monkeypatch.setattr(cashing, "_pay", pay)

    def wait(self) -> None:
        for _ in range(self._expected):
            assert self._arrived.acquire(timeout=20), "nobody decided"

    def let_go(self) -> None:
        self._go.set()


def quotes_of(user: User, selection: Selection, count: int) -> list[CashOutQuote]:
    """A slip of 10.00 and so many quotes for all of it."""
    fund(user)
    slip = BetSlip.objects.get(id=bet(user, selection, "10.00").id)
    ids = [quote_cash_out(slip=slip, command=QuoteCashOutCommand()).id for _ in range(count)]
    return [CashOutQuote.objects.get(id=quote_id) for quote_id in ids]


def taking(quote: CashOutQuote) -> Callable[[], object]:
    return partial(take_cash_out, quote=quote, key=new_key())


def no_locks(*, sports: Iterable[str], event_ids: Iterable[UUID], market_ids: Iterable[UUID]) -> None:
    """What there would be without the locks that a stop takes exclusively."""


def read_slip(slip_id: UUID) -> BetSlip:
    """What there would be without the slip's row lock."""
    return BetSlip.objects.get(id=slip_id)


@pytest.fixture
def home(db: None) -> Selection:
    return selection_of(make_live_priced_event(), "1x2", "home")


def test_of_two_cash_outs_at_once_one_is_paid(ada: User, home: Selection, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = quotes_of(ada, home, 2)
    before = available(ada)
    pause = Pause(monkeypatch)

    with ThreadPoolExecutor(2) as pool:
        answers = [in_thread(pool, taking(quote)) for quote in (first, second)]
        pause.wait()
        wait_until(is_anybody_waiting)
        pause.let_go()
        refusals = [one.result() for one in answers if isinstance(one.result(), AppError)]

    assert [type(one) for one in refusals] == [CashOutUnavailable]
    assert [one.extra for one in refusals if isinstance(one, CashOutUnavailable)] == [
        {"reason": "nothing_left", "retryable": False}
    ]
    assert CashOut.objects.count() == 1
    assert available(ada) == before + first.offer_minor
    assert open_stakes() == 0
    assert list_ledger_faults() == []


def test_control_without_the_row_lock_both_are_paid(
    ada: User, home: Selection, monkeypatch: pytest.MonkeyPatch
) -> None:
    quotes = quotes_of(ada, home, 2)
    before = available(ada)
    monkeypatch.setattr(cashing, "lock_slip", read_slip)
    pause = Pause(monkeypatch, expected=2)

    with ThreadPoolExecutor(2) as pool:
        answers = [in_thread(pool, taking(quote)) for quote in quotes]
        pause.wait()
        pause.let_go()
        for one in answers:
            one.result()

    assert CashOut.objects.count() == 2
    assert available(ada) == before + 2 * quotes[0].offer_minor


def decide(selection: Selection) -> None:
    """A result that came without a stop, so that only the slip's row stands between the two."""
    Selection.objects.filter(market=selection.market).update(
        result="lost", result_version=F("result_version") + 1, odds_milli=None
    )
    Selection.objects.filter(id=selection.id).update(result="won")
    EventBook.objects.filter(event_id=selection.market.event_id).update(results_no=F("results_no") + 1)


def test_a_settlement_waits_for_the_cash_out_and_pays_nothing(
    ada: User, home: Selection, monkeypatch: pytest.MonkeyPatch
) -> None:
    [quote] = quotes_of(ada, home, 1)
    before = available(ada)
    pause = Pause(monkeypatch)

    with ThreadPoolExecutor(2) as pool:
        taken = in_thread(pool, taking(quote))
        pause.wait()
        decide(home)
        settled = in_thread(pool, lambda: settle_event(event_id=home.market.event_id))
        wait_until(is_anybody_waiting)
        pause.let_go()
        assert not isinstance(taken.result(), AppError)
        settled.result()

    slip = BetSlip.objects.get()
    assert (slip.status, slip.payout_minor, slip.settlement_no) == ("cashed_out", None, 0)
    assert available(ada) == before + quote.offer_minor
    assert open_stakes() == 0
    assert list_ledger_faults() == []


def test_control_without_the_row_lock_the_slip_is_paid_twice(
    ada: User, home: Selection, monkeypatch: pytest.MonkeyPatch
) -> None:
    [quote] = quotes_of(ada, home, 1)
    before = available(ada)
    monkeypatch.setattr(cashing, "lock_slip", read_slip)
    pause = Pause(monkeypatch)

    with ThreadPoolExecutor(2) as pool:
        taken = in_thread(pool, taking(quote))
        pause.wait()
        decide(home)
        assert settle_event(event_id=home.market.event_id) == 1
        pause.let_go()
        taken.result()

    assert home.odds_milli is not None
    assert available(ada) == before + home.odds_milli + quote.offer_minor


def test_after_the_settlement_the_cash_out_is_refused(ada: User, home: Selection) -> None:
    [quote] = quotes_of(ada, home, 1)
    decide(home)
    settle_event(event_id=home.market.event_id)
    before = available(ada)

    with pytest.raises(CashOutUnavailable):
        take_cash_out(quote=quote, key=new_key())
    assert (available(ada), CashOut.objects.count()) == (before, 0)


def test_a_stop_waits_for_the_cash_out_in_flight(
    ada: User, mod: User, home: Selection, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, late = quotes_of(ada, home, 2)
    pause = Pause(monkeypatch)

    with ThreadPoolExecutor(2) as pool:
        taken = in_thread(pool, taking(first))
        pause.wait()
        event_id = home.market.event_id
        stopped = in_thread(pool, lambda: suspend_event(actor_id=mod.id, event_id=event_id, reason="No picture"))
        wait_until(is_anybody_waiting)
        assert not EventBook.objects.get(event_id=event_id).is_suspended
        pause.let_go()
        assert not isinstance(taken.result(), AppError)
        stopped.result()

    assert EventBook.objects.get(event_id=event_id).is_suspended
    with pytest.raises(CashOutUnavailable):
        take_cash_out(quote=late, key=new_key())


def test_control_without_the_shared_locks_a_cash_out_follows_a_committed_stop(
    ada: User, mod: User, home: Selection, monkeypatch: pytest.MonkeyPatch
) -> None:
    [quote] = quotes_of(ada, home, 1)
    monkeypatch.setattr(cashing, "lock_for_bets", no_locks)
    pause = Pause(monkeypatch)

    with ThreadPoolExecutor(1) as pool:
        taken = in_thread(pool, taking(quote))
        pause.wait()
        suspend_event(actor_id=mod.id, event_id=home.market.event_id, reason="No picture")
        assert CashOut.objects.count() == 0
        pause.let_go()
        taken.result()

    assert EventBook.objects.get(event_id=home.market.event_id).is_suspended
    assert CashOut.objects.count() == 1
