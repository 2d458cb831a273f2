"""Slips at once: funds for one take one, a key makes one slip, and nothing commits after a committed stop."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from django.db import connection, connections, transaction

from accounts.models import User
from betting.actions import place_slip as placing
from betting.actions.market_status import suspend_market
from betting.actions.place_slip import place_slip
from betting.actions.reprice_event import reprice_event
from betting.actions.slip_rows import SlipRows
from betting.actions.stops import set_switch
from betting.errors import MarketSuspended
from betting.models import BetSlip, BettingSwitch, Market, Selection
from betting.queries.acceptance import Facts, HouseRow, Wanted, read_facts
from payments.core.postings import HouseAccount
from payments.queries.accounts import house_account_id
from payments.queries.audit import list_ledger_faults
from project.kit import clock
from project.kit.errors import AppError, InsufficientFunds
from project.kit.short_transactions import Execute
from sports.actions import record_incident
from sports.models import LiveState
from tests.betting.desk import (
    available,
    command_for,
    fund,
    make_live_priced_event,
    new_key,
    open_stakes,
    selection_of,
    stakes_of_open_slips,
)
from tests.sports.other_events import make_outright
from tests.waiting import is_advisory_lock_awaited, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 20


def warm_up() -> None:
    """Plan the statements of a placement on a new connection: not while twenty others wait for its locks."""
    with transaction.atomic(), connection.cursor() as cursor:
        read_facts(Wanted([], [], [], []), now=clock.now, is_locking=True)
        cursor.execute("SELECT ledger_post_new('{}', '{}', '{}', '{}', '{}', 'slip', '{}')")


def at_once(acts: Sequence[Callable[[], object]]) -> list[object]:
    """Run every act in a thread of its own, all released together; answers what each gave or raised."""
    barrier = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        try:
            warm_up()
            barrier.wait(timeout=20)
            return act()
        except AppError as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def funds_for_one_of(selection: Selection, user: User) -> str:
    """Spend until there is enough for exactly one more slip of the stake answered."""
    fund(user)
    place_slip(user_id=user.id, command=command_for(selection, "500.00"), key=new_key())
    place_slip(user_id=user.id, command=command_for(selection, "400.00"), key=new_key())
    return "100.00"


def test_twenty_slips_on_funds_for_one_take_exactly_one(ada: User) -> None:
    home = selection_of(make_live_priced_event(), "1x2", "home")
    stake = funds_for_one_of(home, ada)
    acts = [
        partial(place_slip, user_id=ada.id, command=command_for(home, stake), key=new_key()) for _ in range(AT_ONCE)
    ]

    answers = at_once(acts)

    refusals = [answer for answer in answers if isinstance(answer, InsufficientFunds)]
    assert (len(answers), len(refusals)) == (AT_ONCE, AT_ONCE - 1)
    assert available(ada) == 0
    assert open_stakes() == stakes_of_open_slips() == 100_000
    assert list_ledger_faults() == []


def without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Facts are read as they are, and nobody is kept from changing them. The house's accounts are there already."""

    def read_unlocked(wanted: Wanted, **options: Any) -> Facts:
        facts = read_facts(wanted, **(options | {"is_locking": False}))
        facts.houses["PLY"] = HouseRow(
            str(house_account_id(HouseAccount.OPEN_STAKES, "PLY")), str(house_account_id(HouseAccount.PROMO, "PLY"))
        )
        return facts

    monkeypatch.setattr(placing, "read_facts", read_unlocked)


def test_control_without_the_lock_many_believe_the_funds_are_theirs(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """The race is real: with the wallet read unlocked, several decisions accept; only the ledger's own lock is left."""
    home = selection_of(make_live_priced_event(), "1x2", "home")
    stake = funds_for_one_of(home, ada)
    accepted: list[object] = []
    all_have_decided = threading.Barrier(AT_ONCE)

    original = SlipRows.write

    def note_acceptance(rows: SlipRows, execute: Execute) -> object:
        accepted.append(rows)
        all_have_decided.wait(timeout=20)
        return original(rows, execute)

    without_locks(monkeypatch)
    monkeypatch.setattr(SlipRows, "write", note_acceptance)
    acts = [
        partial(place_slip, user_id=ada.id, command=command_for(home, stake), key=new_key()) for _ in range(AT_ONCE)
    ]

    at_once(acts)

    assert len(accepted) == AT_ONCE
    assert available(ada) == 0, "the ledger itself still refuses the overdraft"


def test_one_key_at_once_makes_one_slip(ada: User) -> None:
    fund(ada)
    home = selection_of(make_live_priced_event(), "1x2", "home")
    acts = [partial(place_slip, user_id=ada.id, command=command_for(home), key="once") for _ in range(AT_ONCE)]

    answers = at_once(acts)

    slip = BetSlip.objects.get()
    assert {getattr(answer, "id", None) for answer in answers} == {slip.id}
    assert open_stakes() == 1_000


def test_people_at_once_do_not_wait_for_each_other_in_vain(ada: User, ben: User, cleo: User) -> None:
    people = [ada, ben, cleo]
    for person in people:
        fund(person)
    event = make_live_priced_event()
    selections = [selection_of(event, "1x2", outcome) for outcome in ("home", "draw", "away")]
    acts = [
        partial(place_slip, user_id=people[n % 3].id, command=command_for(selections[n // 3 % 3]), key=new_key())
        for n in range(18)
    ]

    answers = at_once(acts)

    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert {available(person) for person in people} == {100_000 - 6_000}
    assert open_stakes() == stakes_of_open_slips() == 18_000
    assert list_ledger_faults() == []


@contextmanager
def slip_in_flight(user: User, selection: Selection, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """A slip that has been accepted and not committed yet; calling what is yielded lets it commit."""
    has_decided, may_commit = threading.Event(), threading.Event()
    original = SlipRows.write

    def pause(rows: SlipRows, execute: Execute) -> object:
        has_decided.set()
        assert may_commit.wait(timeout=20)
        return original(rows, execute)

    monkeypatch.setattr(SlipRows, "write", pause)
    place = partial(place_slip, user_id=user.id, command=command_for(selection), key=new_key())
    with ThreadPoolExecutor(1) as pool:
        placed = pool.submit(_and_close, place)
        try:
            assert has_decided.wait(timeout=20)
            monkeypatch.setattr(SlipRows, "write", original)

            def let_commit() -> None:
                may_commit.set()
                placed.result(timeout=20)

            yield let_commit
        finally:
            may_commit.set()


def _and_close(act: Callable[[], object]) -> object:
    try:
        return act()
    finally:
        connections.close_all()


def stop_waits_for_the_slip(
    stop: Callable[[], object], is_stopped: Callable[[], bool], let_commit: Callable[[], None]
) -> None:
    """While a slip is in flight the stop cannot commit; it does once the slip has."""
    with ThreadPoolExecutor(1) as pool:
        stopping = pool.submit(_and_close, stop)
        wait_until(is_advisory_lock_awaited)
        assert not is_stopped()
        assert BetSlip.objects.count() == 0
        let_commit()
        stopping.result(timeout=20)
    assert is_stopped()
    assert BetSlip.objects.count() == 1


def test_a_trader_s_stop_waits_for_slips_in_flight_and_none_follows(
    ada: User, mod: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    fund(ada)
    home = selection_of(make_live_priced_event(), "1x2", "home")

    with slip_in_flight(ada, home, monkeypatch) as let_commit:
        stop_waits_for_the_slip(
            partial(suspend_market, actor_id=mod.id, market_id=home.market_id, reason="Strange bets"),
            lambda: Market.objects.get(id=home.market_id).status == "suspended",
            let_commit,
        )

    with pytest.raises(MarketSuspended):
        place_slip(user_id=ada.id, command=command_for(home), key=new_key())
    assert BetSlip.objects.count() == 1


def test_a_goal_waits_for_slips_in_flight_and_none_follows(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    fund(ada)
    event = make_live_priced_event()
    home = selection_of(event, "1x2", "home")

    with slip_in_flight(ada, home, monkeypatch) as let_commit:
        stop_waits_for_the_slip(
            partial(record_incident, event_id=event.pk, incident_type="goal", side="home", minute=2),
            lambda: LiveState.objects.get(event_id=event.pk).is_betting_stopped,
            let_commit,
        )

    with pytest.raises(MarketSuspended):
        place_slip(user_id=ada.id, command=command_for(home, price_policy="any"), key=new_key())


@pytest.mark.parametrize("scope", ["all", "sport:cycling"])
def test_a_stop_at_large_waits_for_slips_on_races_and_none_follows(
    ada: User, mod: User, monkeypatch: pytest.MonkeyPatch, scope: str
) -> None:
    fund(ada)
    race = make_outright()
    reprice_event(event_id=race.pk)
    first = selection_of(race, "outright_winner", "p1")

    with slip_in_flight(ada, first, monkeypatch) as let_commit:
        stop_waits_for_the_slip(
            partial(set_switch, actor_id=mod.id, scope=scope, is_stopped=True, reason="Strange bets"),
            lambda: BettingSwitch.objects.filter(scope=scope, is_stopped=True).exists(),
            let_commit,
        )

    with pytest.raises(MarketSuspended):
        place_slip(user_id=ada.id, command=command_for(first), key=new_key())
    assert BetSlip.objects.count() == 1


def test_control_without_the_shared_locks_a_slip_commits_after_the_stop(
    ada: User, mod: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    fund(ada)
    home = selection_of(make_live_priced_event(), "1x2", "home")
    without_locks(monkeypatch)

    with slip_in_flight(ada, home, monkeypatch) as let_commit:
        suspend_market(actor_id=mod.id, market_id=home.market_id, reason="Strange bets")
        assert BetSlip.objects.count() == 0
        let_commit()

    assert BetSlip.objects.count() == 1


def test_slips_and_a_stop_at_once_leave_money_and_slips_agreeing(ada: User, mod: User) -> None:
    fund(ada)
    home = selection_of(make_live_priced_event(), "1x2", "home")
    stop = partial(suspend_market, actor_id=mod.id, market_id=home.market_id, reason="Strange bets")
    acts: list[Callable[[], object]] = [
        partial(place_slip, user_id=ada.id, command=command_for(home, "1.00"), key=new_key()) for _ in range(AT_ONCE)
    ]

    answers = at_once([*acts, stop])

    refusals = [answer for answer in answers if isinstance(answer, AppError)]
    assert {type(refusal) for refusal in refusals} <= {MarketSuspended}
    assert BetSlip.objects.count() == AT_ONCE - len(refusals)
    assert available(ada) == 100_000 - 100 * BetSlip.objects.count()
    assert open_stakes() == stakes_of_open_slips()
