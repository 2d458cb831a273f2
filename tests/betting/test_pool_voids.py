"""What is void on a market is void in its pools: the tickets of a window leave them, or all, and what is undone is put
back."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from touchline_client.reducers import apply_change

from accounts.models import User
from betting.actions.pools.settle_pool import settle_pool_by_results
from betting.actions.pools.sweep_pools import settle_due_pools, settle_pools_of_event
from betting.actions.set_results import Order, roll_back_results, set_cancel_window, set_results, undo_cancel_window
from betting.core.grading import LOST, WON
from betting.core.pools import PoolResult, PoolTicket, settle_pool
from betting.errors import PoolClosed
from betting.models import BettingPool, PoolEntry, PoolTotal, Selection
from betting.queries.pools import list_open_entries, list_pool_keys
from payments.models import Transfer
from payments.queries.audit import list_ledger_faults
from project.kit import clock
from project.kit.models import OutboxChange
from tests.betting.desk import available, revenue, selection_of
from tests.betting.pools import held_by, make_pool, stake
from tests.betting.test_pools import three_in_a_pool
from tests.payments.books import issuance, move, wallet_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("queue")]

People = tuple[User, User, User]


@pytest.fixture
def people(ada: User, ben: User, cleo: User) -> People:
    return ada, ben, cleo


def order(minute: int) -> Order:
    return Order("Wrong field", clock.now() + timedelta(minutes=minute))


def whole(pool: BettingPool) -> dict[str, Any]:
    return {"market_id": pool.market_id, "starts_at": None, "ends_at": None}


def of_ticket(user: User) -> dict[str, datetime]:
    bought = PoolEntry.objects.get(user=user).placed_at
    return {"starts_at": bought, "ends_at": bought + timedelta(microseconds=1)}


def wins(pool: BettingPool, outcome: str, minute: int) -> None:
    selections = Selection.objects.filter(market_id=pool.market_id)
    grades = {one.id: WON if one.outcome == outcome else LOST for one in selections}
    set_results(market_id=pool.market_id, grades=grades, order=order(minute))


def wallets(people: People) -> tuple[int, ...]:
    return tuple(available(person) for person in people)


def shown(pool: BettingPool) -> list[tuple[int, int]]:
    totals = PoolTotal.objects.filter(pool=pool).order_by("selection__sort")
    return list(totals.values_list("stake_minor", "entry_count"))


def tickets() -> list[str]:
    return list(PoolEntry.objects.order_by("id").values_list("status", flat=True))


def test_a_void_ticket_never_was_in_the_pool() -> None:
    field = [PoolTicket("1", "A", 1_000), PoolTicket("2", "A", 2_000, is_void=True), PoolTicket("3", "B", 3_000)]

    divided = settle_pool(field, PoolResult(frozenset("A")), takeout_basis_points=1_000)
    assert (divided.gross_minor, divided.takeout_minor) == (4_000, 400)
    assert [(one.outcome, one.payout_minor) for one in divided.tickets] == [
        ("won", 3_600),
        ("refunded", 2_000),
        ("lost", 0),
    ]
    waiting = settle_pool(field, None, takeout_basis_points=1_000)
    assert (waiting.outcome, waiting.gross_minor, waiting.takeout_minor) == ("open", 4_000, 0)
    assert [(one.outcome, one.payout_minor) for one in waiting.tickets] == [
        ("open", 0),
        ("refunded", 2_000),
        ("open", 0),
    ]


def test_a_market_that_is_void_pays_its_pools_back_whole(people: People) -> None:
    event, pool = three_in_a_pool(*people)
    set_cancel_window(**whole(pool), order=order(1))

    assert settle_pools_of_event(event_id=event.pk) == 1
    assert settle_due_pools() == 0

    pool.refresh_from_db()
    assert (pool.status, pool.takeout_minor, pool.gross_minor, held_by(pool)) == ("settled", 0, 0, 0)
    assert (wallets(people), revenue(), tickets()) == ((100_000,) * 3, 0, ["refunded"] * 3)
    wins(pool, "home", 2)
    settle_due_pools()
    assert (wallets(people), revenue()) == ((100_000,) * 3, 0)
    with pytest.raises(PoolClosed):
        stake(people[0], pool, selection_of(event, "1x2", "home"), "1.00")
    assert list_ledger_faults() == []


def test_a_void_that_is_undone_puts_the_stakes_back_and_opens_the_pool(people: People) -> None:
    _, pool = three_in_a_pool(*people)
    before = (wallets(people), shown(pool), [key.value for key in list_pool_keys(pool.id)])
    set_cancel_window(**whole(pool), order=order(1))
    settle_due_pools()
    undo_cancel_window(**whole(pool), order=order(2))

    assert settle_due_pools() == 1
    assert settle_due_pools() == 0

    pool.refresh_from_db()
    assert (pool.status, pool.settled_at, held_by(pool), tickets()) == ("open", None, 9_000, ["open"] * 3)
    assert (wallets(people), shown(pool), [key.value for key in list_pool_keys(pool.id)]) == before
    wins(pool, "home", 3)
    assert settle_due_pools() == 1
    assert wallets(people) == (99_000 + 2_700, 98_000 + 5_400, 94_000)
    assert (held_by(pool), revenue()) == (0, 900)
    assert list_ledger_faults() == []


def test_tickets_of_a_window_get_their_stakes_back_at_once_and_count_in_no_dividend(people: People) -> None:
    """Ben's twenty on home are void: ada shares what she and cleo staked, 70.00 less ten percent."""
    ada, ben, _ = people
    event, pool = three_in_a_pool(*people)
    window: dict[str, Any] = {"market_id": pool.market_id} | of_ticket(ben)
    set_cancel_window(**window, order=order(1))
    changes = OutboxChange.objects.count()

    assert settle_due_pools() == 1
    pool.refresh_from_db()
    assert (pool.status, pool.gross_minor, pool.entry_count, held_by(pool)) == ("open", 7_000, 2, 7_000)
    assert (wallets(people), tickets()) == ((99_000, 100_000, 94_000), ["open", "refunded", "open"])
    assert shown(pool) == [(1_000, 1), (0, 0), (6_000, 1)]
    told = list(OutboxChange.objects.order_by("id")[changes:].values_list("stream", "payload__type"))
    assert told == [(f"user:{ben.id}", "pool.tickets"), (f"user:{ben.id}", "wallet.changed")]
    assert (list_open_entries(ben.id), len(list_open_entries(ada.id))) == ([], 1)

    # The window was over: the pool goes on.
    stake(ben, pool, selection_of(event, "1x2", "away"), "10.00")
    wins(pool, "home", 2)
    assert settle_due_pools() == 1
    assert wallets(people) == (99_000 + 7_200, 99_000, 94_000)
    undo_cancel_window(**window, order=order(3))
    assert settle_due_pools() == 1
    # 100.00 less ten percent on thirty: 3.00 each.
    assert wallets(people) == (99_000 + 3_000, 97_000 + 6_000, 94_000)
    assert (held_by(pool), revenue()) == (0, 1_000)
    assert list_ledger_faults() == []


def test_results_that_are_taken_back_open_the_pool_again(people: People) -> None:
    _, pool = three_in_a_pool(*people)
    wins(pool, "home", 1)
    settle_due_pools()
    roll_back_results(market_id=pool.market_id, order=order(2))

    assert settle_due_pools() == 1

    pool.refresh_from_db()
    assert (pool.status, pool.takeout_minor, tickets()) == ("open", 0, ["open"] * 3)
    assert (wallets(people), held_by(pool), revenue()) == ((99_000, 98_000, 94_000), 9_000, 0)
    assert list_ledger_faults() == []


def test_a_window_without_tickets_moves_nothing(people: People) -> None:
    _, pool = three_in_a_pool(*people)
    ends_at = PoolEntry.objects.order_by("id")[0].placed_at
    before = (wallets(people), Transfer.objects.count(), shown(pool), tickets())
    set_cancel_window(market_id=pool.market_id, starts_at=None, ends_at=ends_at, order=order(1))

    assert settle_pool_by_results(pool_id=pool.id) is False
    assert settle_due_pools() == 0

    pool.refresh_from_db()
    assert (pool.status, pool.settlement_no) == ("open", 0)
    assert (wallets(people), Transfer.objects.count(), shown(pool), tickets()) == before


def test_who_spent_what_a_void_gave_back_owes_it_when_it_is_undone(people: People) -> None:
    """As with a corrected result: the wallet is below zero until there is money again."""
    ada, *_ = people
    _, pool = three_in_a_pool(*people)
    set_cancel_window(**whole(pool), order=order(1))
    settle_due_pools()
    move(wallet_of(ada.id), issuance(), 100_000, "spent")
    undo_cancel_window(**whole(pool), order=order(2))

    assert settle_due_pools() == 1

    assert (available(ada), held_by(pool)) == (-1_000, 9_000)
    assert list_ledger_faults() == []


def test_who_heard_of_a_void_holds_what_a_fresh_look_shows(people: People) -> None:
    """Tickets in two pools, the newest in the one whose older tickets come and go."""
    ada, *_ = people
    event, pool = three_in_a_pool(*people)
    other = make_pool(None, event)
    stake(ada, other, selection_of(event, "1x2", "away"), "3.00")
    stake(ada, pool, selection_of(event, "1x2", "draw"), "4.00")
    image: dict[str, Any] = {"open_pool_entries": fresh_entries(ada)}
    seen = OutboxChange.objects.order_by("-id")[0].id
    first = PoolEntry.objects.filter(user=ada).order_by("id")[0].placed_at
    of_first = {"starts_at": first, "ends_at": first + timedelta(microseconds=1)}
    windows = [{"market_id": pool.market_id} | of_first, whole(pool)]
    moves = [(set_cancel_window, 0), (undo_cancel_window, 0), (set_cancel_window, 1), (undo_cancel_window, 1)]

    for minute, (change_window, which) in enumerate(moves):
        change_window(**windows[which], order=order(minute))
        settle_due_pools()
        for change in OutboxChange.objects.filter(stream=f"user:{ada.id}").order_by("id"):
            if change.payload["type"].startswith("pool.") and change.id > seen:
                image = apply_change(image, change.payload)
        seen = OutboxChange.objects.order_by("-id")[0].id
        assert image["open_pool_entries"] == fresh_entries(ada)

    assert [entry["stake"] for entry in image["open_pool_entries"]] == ["4.00", "3.00", "10.00"]


def fresh_entries(user: User) -> list[dict[str, Any]]:
    return [entry.to_json() for entry in list_open_entries(user.id)]
