"""Pools from the first stake to the last correction: what each person gets, what the house keeps, what is refused."""

from datetime import timedelta

import pytest

from accounts.models import User
from betting.actions.customer_limits import set_stake_factors
from betting.actions.grade_event import grade_event
from betting.actions.market_status import resume_market, suspend_market
from betting.actions.pools.house_pools import open_house_pools
from betting.actions.pools.open_pool import join_pool
from betting.actions.pools.settle_pool import cancel_pool, settle_pool_by_results
from betting.actions.pools.sweep_pools import close_due_pools, settle_due_pools
from betting.actions.set_results import Order, set_results
from betting.actions.stops import resume_event, set_switch, suspend_event
from betting.core.grading import VOID, Grade
from betting.errors import PoolClosed, PoolNotOffered, StakeAboveMax, StakeBelowMin
from betting.models import BettingPool, PoolEntry, PoolMember, PoolTotal
from betting.queries.pools import get_pool_page, list_pool_keys
from payments.queries.audit import list_ledger_faults
from project.kit import clock
from project.kit.errors import IdempotencyKeyReused, InsufficientFunds, NotFound
from sports.actions import reschedule_event, start_event
from sports.actions.results import correct_result
from sports.models import Event
from tests.betting.desk import available, fund, make_priced_event, new_key, revenue, selection_of
from tests.betting.pools import held_by, make_pool, stake
from tests.sports.matches import end_match, score_goal

pytestmark = pytest.mark.django_db


def play(event: Event, *sides: str) -> None:
    """From kick-off to the graded result."""
    start_event(event_id=event.pk)
    for minute, side in enumerate(sides, start=1):
        score_goal(event, side, minute=minute)  # type: ignore[arg-type]  # home or away
    end_match(event)
    grade_event(event_id=event.pk)


def three_in_a_pool(ada: User, ben: User, cleo: User) -> tuple[Event, BettingPool]:
    """30.00 on home, 10.00 of them ada's and 20.00 ben's; 60.00 of cleo's on away."""
    event = make_priced_event()
    for person in (ada, ben, cleo):
        fund(person)
    pool = make_pool(ada, event)
    stake(ada, pool, selection_of(event, "1x2", "home"), "10.00")
    stake(ben, pool, selection_of(event, "1x2", "home"), "20.00")
    stake(cleo, pool, selection_of(event, "1x2", "away"), "60.00")
    return event, pool


def test_a_stake_moves_into_the_pool_and_shows_in_its_totals(ada: User, ben: User, cleo: User) -> None:
    _, pool = three_in_a_pool(ada, ben, cleo)

    pool.refresh_from_db()
    totals = PoolTotal.objects.filter(pool=pool).order_by("selection__sort").values_list("stake_minor", "entry_count")
    assert (pool.gross_minor, pool.entry_count) == (9_000, 3)
    assert list(totals) == [(3_000, 2), (0, 0), (6_000, 1)]
    assert (available(ada), available(ben), available(cleo)) == (99_000, 98_000, 94_000)
    assert held_by(pool) == 9_000
    assert list_ledger_faults() == []


def test_the_winners_share_the_pool_by_stake_after_the_takeout(ada: User, ben: User, cleo: User) -> None:
    event, pool = three_in_a_pool(ada, ben, cleo)
    play(event, "home")

    assert settle_pool_by_results(pool_id=pool.id) is True

    pool.refresh_from_db()
    assert (pool.status, pool.takeout_minor, pool.breakage_minor, pool.top_up_minor) == ("settled", 900, 0, 0)
    assert (available(ada), available(ben), available(cleo)) == (99_000 + 2_700, 98_000 + 5_400, 94_000)
    assert (held_by(pool), revenue()) == (0, 900)
    assert list_ledger_faults() == []


def test_settling_again_moves_nothing(ada: User, ben: User, cleo: User) -> None:
    event, pool = three_in_a_pool(ada, ben, cleo)
    play(event, "home")
    settle_pool_by_results(pool_id=pool.id)
    before = (available(ada), available(ben), available(cleo), revenue())

    assert settle_pool_by_results(pool_id=pool.id) is False
    assert settle_due_pools() == 0

    pool.refresh_from_db()
    assert pool.settlement_no == 1
    assert (available(ada), available(ben), available(cleo), revenue()) == before


def test_a_corrected_result_moves_only_the_difference(ada: User, ben: User, cleo: User) -> None:
    event, pool = three_in_a_pool(ada, ben, cleo)
    play(event, "home")
    settle_pool_by_results(pool_id=pool.id)

    correct_result(event_id=event.pk, home_goals=0, away_goals=1, reason="Own goal given to the wrong side")
    grade_event(event_id=event.pk)
    assert settle_due_pools() == 1

    pool.refresh_from_db()
    assert (pool.settlement_no, pool.takeout_minor) == (2, 900)
    assert (available(ada), available(ben), available(cleo)) == (99_000, 98_000, 94_000 + 8_100)
    assert (held_by(pool), revenue()) == (0, 900)
    assert list_ledger_faults() == []


def test_nobody_on_the_winner_gets_every_stake_back(ada: User, ben: User, cleo: User) -> None:
    event, pool = three_in_a_pool(ada, ben, cleo)
    play(event)

    settle_pool_by_results(pool_id=pool.id)

    assert (available(ada), available(ben), available(cleo)) == (100_000, 100_000, 100_000)
    assert (held_by(pool), revenue()) == (0, 0)
    assert set(PoolEntry.objects.values_list("status", flat=True)) == {"refunded"}


def test_dividends_are_those_of_what_is_not_scratched_and_in_the_end_of_those_who_won(
    ada: User, ben: User, cleo: User
) -> None:
    event, pool = three_in_a_pool(ada, ben, cleo)
    home, draw, away = (selection_of(event, "1x2", outcome) for outcome in ("home", "draw", "away"))
    stake(ada, pool, draw, "10.00")
    order = Order("Did not start", clock.now())

    def shown() -> list[str | None]:
        page = get_pool_page(pool.id, None).totals
        by_topic = [keyed.value["dividend"] for keyed in list_pool_keys(pool.id)[1:] if keyed.value]
        assert by_topic == [total.dividend for total in page]
        return by_topic

    assert shown() == ["3.00", "9.00", "1.50"]
    pool.refresh_from_db()
    version = pool.version
    set_results(market_id=pool.market_id, grades={draw.id: VOID}, order=order)
    assert settle_due_pools() == 0
    pool.refresh_from_db()
    assert (shown(), pool.version, pool.status) == (["2.70", None, "1.35"], version + 1, "open")

    tied = Grade("won", dead_heat_tied=2)
    set_results(market_id=pool.market_id, grades={home.id: tied, away.id: tied}, order=order)
    assert settle_due_pools() == 1
    # 81.00 are left, 40.50 for each of the two; the house tops the second up to the stakes.
    assert shown() == ["1.35", None, "1.00"]
    assert (available(ada), available(ben), available(cleo)) == (98_000 + 1_350 + 1_000, 98_000 + 2_700, 100_000)


def test_a_pool_called_off_pays_everybody_back_and_takes_no_more(ada: User, ben: User, cleo: User) -> None:
    event, pool = three_in_a_pool(ada, ben, cleo)

    cancel_pool(pool_id=pool.id, actor_id=ada.id, reason="The wrong match")

    assert (available(ada), available(ben), available(cleo), held_by(pool)) == (100_000, 100_000, 100_000, 0)
    with pytest.raises(PoolClosed):
        stake(ada, pool, selection_of(event, "1x2", "home"), "1.00")
    with pytest.raises(PoolClosed):
        cancel_pool(pool_id=pool.id, actor_id=ada.id, reason="again")
    play(event, "home")
    assert settle_pool_by_results(pool_id=pool.id) is False
    assert available(ada) == 100_000


def test_its_opener_cannot_take_a_pool_back_once_others_are_in(ada: User, ben: User, cleo: User) -> None:
    _, pool = three_in_a_pool(ada, ben, cleo)

    with pytest.raises(PoolClosed):
        cancel_pool(pool_id=pool.id, actor_id=ada.id, reason="losing", only_own=True)

    pool.refresh_from_db()
    assert (pool.status, held_by(pool)) == ("open", 9_000)


def test_the_same_key_buys_one_ticket(ada: User) -> None:
    event = make_priced_event()
    fund(ada)
    pool = make_pool(ada, event)
    home, away = selection_of(event, "1x2", "home"), selection_of(event, "1x2", "away")
    key = new_key()

    first = stake(ada, pool, home, "5.00", key=key)
    second = stake(ada, pool, home, "5.00", key=key)

    assert first.to_json() == second.to_json()
    with pytest.raises(IdempotencyKeyReused):
        stake(ada, pool, away, "5.00", key=key)
    assert (available(ada), held_by(pool), PoolEntry.objects.count()) == (99_500, 500, 1)


@pytest.mark.parametrize(
    ("amount", "refusal"),
    [("0.99", StakeBelowMin), ("500.01", StakeAboveMax), ("499.00", InsufficientFunds)],
)
def test_a_refused_stake_moves_nothing(ada: User, ben: User, amount: str, refusal: type[Exception]) -> None:
    event = make_priced_event()
    fund(ada)
    home = selection_of(event, "1x2", "home")
    pool = make_pool(ada, event)
    stake(ada, pool, home, "450.00")
    stake(ada, pool, home, "100.00")

    with pytest.raises(refusal):
        stake(ada, pool, home, amount)

    pool.refresh_from_db()
    assert (available(ada), held_by(pool), pool.gross_minor, pool.version) == (45_000, 55_000, 55_000, 3)


def test_no_stake_after_the_start_by_the_servers_clock(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    event = make_priced_event()
    fund(ada)
    pool = make_pool(ada, event)
    later = event.start_time + timedelta(milliseconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)

    with pytest.raises(PoolClosed):
        stake(ada, pool, selection_of(event, "1x2", "home"), "5.00")

    assert (available(ada), held_by(pool)) == (100_000, 0)
    assert close_due_pools() == 1
    pool.refresh_from_db()
    assert pool.status == "closed"
    assert close_due_pools() == 0


def test_a_pool_ends_with_the_start_that_was_brought_forward(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    event = make_priced_event()
    fund(ada)
    pool = make_pool(ada, event)
    sooner = event.start_time - timedelta(minutes=1)
    reschedule_event(event_id=event.pk, start_time=sooner)
    monkeypatch.setattr(clock, "now", lambda: sooner)

    with pytest.raises(PoolClosed):
        stake(ada, pool, selection_of(event, "1x2", "home"), "5.00")

    assert (available(ada), held_by(pool)) == (100_000, 0)
    assert get_pool_page(pool.id, ada.id).pool.closes_at == sooner
    assert close_due_pools() == 1
    pool.refresh_from_db()
    assert pool.status == "closed"


def test_what_the_desk_stops_takes_no_stakes(ada: User, mod: User) -> None:
    event = make_priced_event()
    fund(ada)
    home = selection_of(event, "1x2", "home")
    pool = make_pool(ada, event)

    def refused() -> str:
        with pytest.raises(PoolClosed) as refusal:
            stake(ada, pool, home, "1.00")
        return str(refusal.value.extra["reason"])

    for scope in ("all", "sport:football"):
        set_switch(actor_id=mod.id, scope=scope, is_stopped=True, reason="Kill switch")
        assert refused() == "stopped"
        set_switch(actor_id=mod.id, scope=scope, is_stopped=False, reason="On again")
    suspend_event(actor_id=mod.id, event_id=event.pk, reason="No picture")
    assert refused() == "stopped"
    resume_event(actor_id=mod.id, event_id=event.pk, reason="Picture")
    suspend_market(actor_id=mod.id, market_id=home.market_id, reason="Strange bets")
    assert refused() == "stopped"
    assert (available(ada), held_by(pool), PoolEntry.objects.count()) == (100_000, 0, 0)

    resume_market(actor_id=mod.id, market_id=home.market_id, reason="Looked into")
    stake(ada, pool, home, "1.00")
    assert (available(ada), held_by(pool)) == (99_900, 100)


@pytest.mark.parametrize(("factor_milli", "highest"), [(0, "0.00"), (1, "0.00"), (100, "50.00")])
def test_a_stake_factor_scales_the_highest_stake(ada: User, mod: User, factor_milli: int, highest: str) -> None:
    event = make_priced_event()
    fund(ada)
    home = selection_of(event, "1x2", "home")
    pool = make_pool(ada, event)
    set_stake_factors(actor_id=mod.id, usernames=["ada"], stake_factor_milli=factor_milli, reason="Arbitrage")

    with pytest.raises(StakeAboveMax) as refusal:
        stake(ada, pool, home, "50.01")

    assert refusal.value.extra == {"max_stake": highest, "reason": "limit"}
    assert (available(ada), held_by(pool)) == (100_000, 0)
    if highest != "0.00":
        stake(ada, pool, home, highest)
        assert held_by(pool) == 5_000


def test_only_markets_with_one_winner_of_events_to_come_have_pools(ada: User) -> None:
    event = make_priced_event()
    over = selection_of(event, "over_under;total=2.5", "over").market

    with pytest.raises(PoolNotOffered):
        make_pool(ada, event, market_id=str(over.id))
    start_event(event_id=event.pk)
    with pytest.raises(PoolNotOffered):
        make_pool(ada, event)

    assert BettingPool.objects.count() == 0


def test_a_private_pool_opens_to_its_code_alone(ada: User, ben: User, cleo: User) -> None:
    event = make_priced_event()
    pool = make_pool(ada, event, is_private=True)

    with pytest.raises(NotFound):
        join_pool(user_id=cleo.id, pool_id=pool.id, join_code="WRONG234")
    page = join_pool(user_id=ben.id, pool_id=pool.id, join_code=pool.join_code.lower())
    join_pool(user_id=ben.id, pool_id=pool.id, join_code="")

    assert page.is_member is True
    members = PoolMember.objects.filter(pool=pool).order_by("user__username")
    assert list(members.values_list("user__username", flat=True)) == ["ada", "ben"]


def test_the_house_opens_one_pool_for_each_of_the_next_events() -> None:
    event = make_priced_event()

    assert open_house_pools() == 1
    assert open_house_pools() == 0

    (pool,) = BettingPool.objects.all()
    assert (pool.creator_id, pool.event_id, pool.closes_at, pool.takeout_basis_points) == (
        None,
        event.pk,
        event.start_time,
        1_000,
    )
