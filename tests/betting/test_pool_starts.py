"""Pools of events that are put off or brought forward: they end at the new start, and what is over stays over."""

from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.test import TestCase

from accounts.models import User
from betting.actions.pools.follow_event import follow_event
from betting.actions.pools.settle_pool import cancel_pool
from betting.actions.pools.sweep_pools import close_due_pools, move_pools, settle_due_pools
from betting.actions.set_results import Order, roll_back_results, set_results
from betting.core.grading import Grade
from betting.errors import PoolClosed
from betting.models import BettingPool, PoolEntry
from betting.queries.pools import get_pool_page, list_pool_keys
from betting.streams import POOL
from payments.queries.audit import list_ledger_faults
from project.kit import clock
from project.kit.schemas import write_instant
from sports.actions import postpone_event, reschedule_event, start_event
from sports.models import Event
from tests.betting.desk import Queue, available, broker, fund, listening, make_priced_event, selection_of
from tests.betting.pools import held_by, make_pool, stake

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def event() -> Event:
    return make_priced_event()


@pytest.fixture
def pool(event: Event, ada: User) -> BettingPool:
    """With 10.00 of ada's on home."""
    fund(ada)
    pool = make_pool(ada, event)
    stake(ada, pool, selection_of(event, "1x2", "home"), "10.00")
    return pool


def move(event: Event, start_time: datetime) -> None:
    """The event gets another start, and its pools have heard of it."""
    reschedule_event(event_id=event.pk, start_time=start_time)
    move_pools()


def now_is(monkeypatch: pytest.MonkeyPatch, instant: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: instant)


def standing(pool: BettingPool) -> tuple[str, datetime, int, int]:
    pool = BettingPool.objects.get(id=pool.id)
    return pool.status, pool.closes_at, pool.version, pool.entry_count


def refused(user: User, pool: BettingPool, event: Event) -> str:
    """The reason; nothing moved."""
    before = (standing(pool), available(user), held_by(pool), PoolEntry.objects.count())
    with pytest.raises(PoolClosed) as refusal:
        stake(user, pool, selection_of(event, "1x2", "home"), "5.00")
    assert (standing(pool), available(user), held_by(pool), PoolEntry.objects.count()) == before
    return str(refusal.value.extra["reason"])


def test_a_pool_takes_stakes_until_the_new_start(
    event: Event, pool: BettingPool, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = event.start_time, event.start_time + HOUR
    move(event, new)

    now_is(monkeypatch, old + HOUR / 2)
    assert close_due_pools() == 0
    stake(ada, pool, selection_of(event, "1x2", "away"), "30.00")

    assert standing(pool) == ("open", new, 4, 2)
    assert (available(ada), held_by(pool), list_ledger_faults()) == (96_000, 4_000, [])
    now_is(monkeypatch, new)
    assert refused(ada, pool, event) == "event_started"
    assert close_due_pools() == 1
    assert standing(pool) == ("closed", new, 5, 2)


def test_it_is_told_once_however_often_and_in_whatever_order_it_is_heard(event: Event, pool: BettingPool) -> None:
    """The first message comes after the second: both find the event as it is now."""
    new = event.start_time + 2 * HOUR
    with listening(POOL.name_for(pool_id=pool.id)) as ear:
        with TestCase.captureOnCommitCallbacks(execute=True):
            reschedule_event(event_id=event.pk, start_time=event.start_time + HOUR)
            reschedule_event(event_id=event.pk, start_time=new)
            assert [follow_event(pool_id=pool.id) for _ in range(3)] == [True, False, False]
            assert move_pools() == 0
        (message,) = ear.hear()

    assert message["k"] == [[one.key, one.version, one.value] for one in list_pool_keys(pool.id)]
    _, version, value = message["k"][0]
    assert (version, value["status"], value["closes_at"]) == (3, "open", write_instant(new))
    assert standing(pool) == ("open", new, 3, 1)


@pytest.mark.django_db(transaction=True)
def test_a_worker_hears_of_a_new_start_at_once(
    event: Event, pool: BettingPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue: Queue
    with broker(monkeypatch) as queue:
        reschedule_event(event_id=event.pk, start_time=event.start_time + HOUR)
        reschedule_event(event_id=event.pk, start_time=event.start_time + HOUR)
        assert [name for name, _, _ in queue.sent].count("betting.move_pools") == 1
        queue.run()

    assert standing(pool) == ("open", event.start_time + HOUR, 3, 1)


def test_one_that_was_closed_at_the_old_start_is_open_again_and_its_tickets_stand(
    event: Event, pool: BettingPool, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = event.start_time, event.start_time + HOUR
    now_is(monkeypatch, old)
    close_due_pools()
    assert standing(pool) == ("closed", old, 3, 1)

    move(event, new)

    assert standing(pool) == ("open", new, 4, 1)
    assert list(PoolEntry.objects.values_list("status", "stake_minor")) == [("open", 1_000)]
    stake(ada, pool, selection_of(event, "1x2", "away"), "30.00")
    assert (available(ada), held_by(pool)) == (96_000, 4_000)


def test_a_postponed_event_has_its_pools_closed_until_it_has_another_date(
    event: Event, pool: BettingPool, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = event.start_time, event.start_time + 48 * HOUR
    postpone_event(event_id=event.pk, reason="Snow")
    assert refused(ada, pool, event) == "event_started"
    now_is(monkeypatch, old)
    assert (close_due_pools(), move_pools()) == (1, 0)

    move(event, new)

    assert standing(pool) == ("open", new, 4, 1)


def test_one_that_is_brought_forward_and_put_off_again_ends_with_the_last_start(
    event: Event, pool: BettingPool, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    sooner, new = event.start_time - timedelta(minutes=2), event.start_time + HOUR
    move(event, sooner)
    assert standing(pool) == ("open", sooner, 3, 1)
    now_is(monkeypatch, sooner)
    assert refused(ada, pool, event) == "event_started"
    close_due_pools()

    move(event, new)

    assert standing(pool) == ("open", new, 5, 1)


def test_an_end_that_its_opener_chose_stays(event: Event, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    fund(ada)
    own_end = (event.start_time - timedelta(minutes=1)).replace(microsecond=0)
    pool = make_pool(ada, event, closes_at=write_instant(own_end))
    move(event, event.start_time + HOUR)
    assert standing(pool) == ("open", own_end, 1, 0)

    now_is(monkeypatch, own_end)
    assert refused(ada, pool, event) == "event_started"
    assert (close_due_pools(), move_pools()) == (1, 0)
    assert standing(pool) == ("closed", own_end, 2, 0)


def test_an_end_at_or_after_the_start_is_none_of_its_own(event: Event, ada: User) -> None:
    pools = [make_pool(ada, event, closes_at=write_instant(event.start_time + delay)) for delay in (HOUR, HOUR * 0)]
    move(event, event.start_time + 2 * HOUR)

    assert [standing(pool)[1] for pool in pools] == [event.start_time + 2 * HOUR] * 2


def test_what_was_called_off_stays_so(event: Event, pool: BettingPool, ada: User, mod: User) -> None:
    cancel_pool(pool_id=pool.id, actor_id=mod.id, reason="Opened by mistake")
    before = standing(pool)

    move(event, event.start_time + HOUR)

    assert (follow_event(pool_id=pool.id), standing(pool)) == (False, before)
    assert refused(ada, pool, event) == "cancelled"


def test_what_was_settled_stays_so_and_follows_once_its_results_are_taken_back(
    event: Event, pool: BettingPool, ada: User
) -> None:
    selections = [selection_of(event, "1x2", outcome).id for outcome in ("home", "draw", "away")]
    grades = dict(zip(selections, (Grade("won"), Grade("lost"), Grade("lost")), strict=True))
    old, new = event.start_time, event.start_time + HOUR
    set_results(market_id=pool.market_id, grades=grades, order=Order("Awarded", clock.now()))
    settle_due_pools()
    before = standing(pool)
    assert (before, available(ada)) == (("settled", old, 3, 1), 100_000)  # the house tops 9.00 up to the stake

    move(event, new)

    assert (follow_event(pool_id=pool.id), standing(pool), available(ada)) == (False, before, 100_000)
    roll_back_results(market_id=pool.market_id, order=Order("Not awarded", clock.now()))
    settle_due_pools()
    assert move_pools() == 1
    assert (standing(pool), available(ada), held_by(pool)) == (("open", new, 5, 1), 99_000, 1_000)


def test_one_whose_event_has_begun_stays_closed(
    event: Event, pool: BettingPool, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The feed says so before the clock: nothing is ahead any more."""
    BettingPool.objects.filter(id=pool.id).update(status="closed")
    start_event(event_id=event.pk)
    before = standing(pool)

    assert (follow_event(pool_id=pool.id), move_pools(), standing(pool)) == (False, 0, before)
    assert refused(ada, pool, event) == "closed"


def test_the_page_says_what_becomes_of_a_pool_whose_event_is_moved(event: Event, pool: BettingPool, ada: User) -> None:
    own_end = (event.start_time - timedelta(minutes=1)).replace(microsecond=0)
    chosen = make_pool(ada, event, closes_at=write_instant(own_end))

    def last_rule(one: BettingPool) -> Any:
        return get_pool_page(one.id, ada.id).rules[-1]

    assert last_rule(pool) == (
        "Stakes are taken until the event begins. If it is put off or brought forward before that, until its new start."
        " Tickets stand."
    )
    assert last_rule(chosen) == (
        "Stakes are taken until the time shown, wherever the event is moved, and never once it has begun."
        " Tickets stand."
    )


def test_pools_of_before_have_an_own_end_where_one_was_chosen(event: Event, pool: BettingPool, ada: User) -> None:
    own_end = (event.start_time - timedelta(minutes=2)).replace(microsecond=0)
    chosen, of_house = make_pool(ada, event, closes_at=write_instant(own_end)), make_pool(None, event)
    BettingPool.objects.update(own_end=None)
    BettingPool.objects.filter(id=of_house.id).update(closes_at=own_end)

    with connection.cursor() as cursor:
        cursor.execute(import_module("betting.migrations.0032_pools_follow_their_events").CHOSEN_ENDS)

    ends = dict(BettingPool.objects.values_list("id", "own_end"))
    assert ends == {pool.id: None, chosen.id: own_end, of_house.id: None}
