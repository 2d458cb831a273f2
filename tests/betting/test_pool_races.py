"""Pools at once: stakes on funds for one, two settlers of one pool, and a stake against the pool being called off."""

from collections.abc import Callable
from functools import partial
from threading import Thread
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from accounts.models import User
from betting.actions.grade_event import grade_event
from betting.actions.pools import enter_pool as entering
from betting.actions.pools.settle_pool import cancel_pool, settle_pool_by_results
from betting.actions.stops import set_switch
from betting.errors import PoolClosed
from betting.models import BettingPool, BettingSwitch, PoolEntry, PoolTotal
from payments.queries.audit import list_ledger_faults
from project.kit.errors import InsufficientFunds
from sports.actions import start_event
from tests.betting.desk import available, fund, make_priced_event, revenue, selection_of
from tests.betting.pools import held_by, make_pool, stake
from tests.betting.test_place_slip_races import at_once
from tests.sports.matches import end_match, score_goal
from tests.waiting import is_advisory_lock_awaited

pytestmark = pytest.mark.django_db(transaction=True)


def test_ten_stakes_on_funds_for_one_buy_one_ticket(ada: User) -> None:
    event = make_priced_event()
    fund(ada)
    home = selection_of(event, "1x2", "home")
    pool = make_pool(ada, event)
    stake(ada, pool, home, "500.00")
    stake(ada, pool, home, "400.00")

    answers = at_once([partial(stake, ada, pool, home, "100.00") for _ in range(10)])

    assert len([answer for answer in answers if isinstance(answer, InsufficientFunds)]) == 9
    pool.refresh_from_db()
    assert (available(ada), held_by(pool), pool.gross_minor, pool.entry_count) == (0, 100_000, 100_000, 3)
    assert PoolTotal.objects.get(pool=pool, selection=home).stake_minor == 100_000
    assert list_ledger_faults() == []


def graded_pool(ada: User, ben: User) -> BettingPool:
    event = make_priced_event()
    fund(ada)
    fund(ben)
    pool = make_pool(ada, event)
    stake(ada, pool, selection_of(event, "1x2", "home"), "10.00")
    stake(ben, pool, selection_of(event, "1x2", "away"), "30.00")
    start_event(event_id=event.pk)
    score_goal(event, "home", minute=1)
    end_match(event)
    grade_event(event_id=event.pk)
    return pool


def test_settlers_at_once_divide_a_pool_once(ada: User, ben: User) -> None:
    pool = graded_pool(ada, ben)

    answers = at_once([partial(settle_pool_by_results, pool_id=pool.id) for _ in range(8)])

    assert sorted(map(bool, answers)) == [False] * 7 + [True]
    pool.refresh_from_db()
    assert pool.settlement_no == 1
    assert (available(ada), available(ben), revenue(), held_by(pool)) == (99_000 + 3_600, 97_000, 400, 0)
    assert list_ledger_faults() == []


def test_without_the_pools_lock_settlers_collide(ada: User, ben: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: without the row lock several settlers divide, and the ledger's identities stop all but one."""
    pool = graded_pool(ada, ben)
    monkeypatch.setattr(QuerySet, "select_for_update", _without_lock)

    collided: list[object] = []
    for _ in range(5):
        answers = _settle_at_once(pool, collided)
        if collided or sum(map(bool, answers)) > 1:
            break

    assert collided or sum(map(bool, answers)) > 1


def _without_lock(self: "QuerySet[BettingPool]", **options: object) -> "QuerySet[BettingPool]":
    return self


def _settle_at_once(pool: BettingPool, collided: list[object]) -> list[object]:
    def settle() -> object:
        try:
            return settle_pool_by_results(pool_id=pool.id)
        except Exception as error:
            collided.append(error)
            return False

    acts: list[Callable[[], object]] = [settle] * 8
    return at_once(acts)


def test_a_stake_lands_before_the_end_or_not_at_all(ada: User, ben: User) -> None:
    event = make_priced_event()
    fund(ben)
    home = selection_of(event, "1x2", "home")
    pool = make_pool(ada, event)
    stakes = [partial(stake, ben, pool, home, "1.00") for _ in range(15)]

    answers = at_once([*stakes, partial(cancel_pool, pool_id=pool.id, actor_id=ada.id, reason="Rained off")])

    refused = [answer for answer in answers if isinstance(answer, PoolClosed)]
    bought = PoolEntry.objects.filter(pool=pool)
    assert len(refused) + bought.count() == 15
    assert set(bought.values_list("status", flat=True)) <= {"refunded"}
    assert (available(ben), held_by(pool)) == (100_000, 0)
    assert list_ledger_faults() == []


def is_stopped_before_the_ticket(ada: User, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Stops all betting while a stake has passed all checks; answers whether the stop committed before the ticket."""
    fund(ada)
    event = make_priced_event()
    pool = make_pool(ada, event)
    write = entering._write
    stops: list[Thread] = []
    was_first: list[bool] = []

    def stop() -> None:
        set_switch(actor_id=ada.id, scope="all", is_stopped=True, reason="Kill switch")
        connection.close()

    def write_while_stopping(*arguments: Any) -> PoolEntry:
        stops.append(Thread(target=stop))
        stops[0].start()
        while stops[0].is_alive() and not is_advisory_lock_awaited():
            stops[0].join(0.01)
        was_first.append(not stops[0].is_alive())
        return write(*arguments)

    monkeypatch.setattr(entering, "_write", write_while_stopping)
    stake(ada, pool, selection_of(event, "1x2", "home"), "1.00")
    stops[0].join(10)
    assert (BettingSwitch.objects.get().is_stopped, PoolEntry.objects.count()) == (True, 1)
    return was_first[0]


def test_a_stop_waits_for_the_stakes_in_flight(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_stopped_before_the_ticket(ada, monkeypatch) is False


def test_without_the_locks_a_ticket_follows_a_committed_stop(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entering, "lock_for_bets", lambda **_: None)

    assert is_stopped_before_the_ticket(ada, monkeypatch) is True
