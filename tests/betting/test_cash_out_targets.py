"""Cashing out by itself: a target is set, reached once, and taken exactly once."""

import pytest
from django.test import Client

from accounts.models import User
from betting import tasks
from betting.actions.cash_out import quote_cash_out, take_cash_out, take_cash_out_target
from betting.actions.set_results import Order, set_results
from betting.core.grading import LOST, VOID
from betting.models import BetSlip, CashOut, CashOutQuote, Selection
from betting.schemas.cash_outs import QuoteCashOutCommand
from project.kit import clock
from project.kit.money import format_minor
from project.kit.reactions import drain_reactions
from realtime.models import Notification
from sports.actions import advance_clock
from tests.betting.desk import available, bet, broker, fund, goal, make_live_priced_event, new_key, selection_of, tick
from tests.betting.slips import Pick, write_slip

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(ada: User) -> Selection:
    fund(ada)
    return selection_of(make_live_priced_event(), "1x2", "home")


def put(user: User, slip_id: object, target: str | None) -> tuple[int, dict[str, object]]:
    client = Client()
    client.force_login(user)
    path = f"/api/slips/{slip_id}/cash-out/target"
    response = client.put(path, {"target": target}, content_type="application/json")
    return response.status_code, response.json()


def test_a_target_is_set_changed_and_taken_back(ada: User, home: Selection) -> None:
    slip = bet(ada, home, "10.00")

    assert put(ada, slip.id, "15.00")[1]["cash_out_target"] == "15.00"
    assert put(ada, slip.id, "16.50")[1]["cash_out_target"] == "16.50"
    assert put(ada, slip.id, None)[1]["cash_out_target"] is None


def test_a_target_out_of_reach_is_refused(ada: User, home: Selection) -> None:
    slip = bet(ada, home, "10.00")

    for target in ("0.00", "999999.00", "1e3"):
        assert put(ada, slip.id, target)[0] == 422
    assert BetSlip.objects.get(id=slip.id).cash_out_target_minor is None


def test_a_target_is_no_more_than_the_price_of_1_01_would_bring(ada: User, home: Selection) -> None:
    slip = bet(ada, home, "10.00")
    assert home.odds_milli is not None
    highest_minor = 1_000 * home.odds_milli * 95 // 101_000  # 10.00 x odds / 1.01 x 0.95

    status, problem = put(ada, slip.id, format_minor(highest_minor + 1, "PLY"))

    assert status == 422
    assert f"A target lies above 0 and is no more than {format_minor(highest_minor, 'PLY')}" in str(problem["errors"])
    assert put(ada, slip.id, format_minor(highest_minor, "PLY"))[0] == 200


def test_legs_that_are_void_or_lost_leave_less_to_aim_at(ada: User, home: Selection) -> None:
    void, lost = (selection_of(make_live_priced_event(), "1x2", "home") for _ in range(2))
    double = write_slip(ada, [Pick(home, 3_000), Pick(void, 4_000)], bet_type="accumulator")
    two_singles = write_slip(
        ada, [Pick(home, 3_000), Pick(lost, 4_000)], bet_type="system", stake_minor=2_000, sizes=[1]
    )
    for selection, grade in ((void, VOID), (lost, LOST)):
        set_results(market_id=selection.market_id, grades={selection.id: grade}, order=Order("Official", clock.now()))

    for slip in (double, two_singles):
        assert put(ada, slip.id, "28.22")[0] == 422  # 10.00 x 3.00 / 1.01 x 0.95 = 28.2178...
        assert put(ada, slip.id, "28.21")[0] == 200


def test_after_a_part_was_taken_the_target_is_one_that_the_rest_can_reach(ada: User, home: Selection) -> None:
    slip = bet(ada, home, "10.00")
    BetSlip.objects.filter(id=slip.id).update(remaining_stake_minor=400, cashed_out_minor=500)
    assert home.odds_milli is not None
    rest_minor = 400 * home.odds_milli * 95 // 101_000

    assert put(ada, slip.id, format_minor(rest_minor + 1, "PLY"))[0] == 422
    assert put(ada, slip.id, format_minor(rest_minor, "PLY"))[0] == 200


@pytest.mark.parametrize(("target", "left"), [("12.00", None), ("4.00", "4.00")])
def test_a_target_that_the_rest_cannot_reach_goes_with_the_part_that_was_taken(
    ada: User, home: Selection, target: str, left: str | None
) -> None:
    slip = bet(ada, home, "10.00")
    put(ada, slip.id, target)

    quoted = quote_cash_out(slip=BetSlip.objects.get(id=slip.id), command=QuoteCashOutCommand(stake="5.00"))
    taken = take_cash_out(quote=CashOutQuote.objects.get(id=quoted.id), key=new_key())

    assert (taken.slip.remaining_stake, taken.slip.cash_out_target) == ("5.00", left)


@pytest.mark.django_db(transaction=True)
def test_a_repricing_that_reaches_it_cashes_out_once(
    ada: User, home: Selection, monkeypatch: pytest.MonkeyPatch
) -> None:
    slip = bet(ada, home, "10.00")
    put(ada, slip.id, "12.00")
    before = available(ada)
    event = home.market.event

    with broker(monkeypatch) as queue:
        tasks.reprice_event(str(event.pk))
        queue.run()
        assert CashOut.objects.count() == 0
        goal(event, "home", 70)
        advance_clock(event_id=event.pk, minute=80)
        tasks.reprice_event(str(event.pk))
        queue.run()

    cash_out = CashOut.objects.get()
    row = BetSlip.objects.get(id=slip.id)
    assert cash_out.kind == "automatic"
    assert cash_out.paid_minor >= 1_200
    assert (row.status, row.cash_out_target_minor, row.cashed_out_minor) == ("cashed_out", None, cash_out.paid_minor)
    assert available(ada) == before + cash_out.paid_minor
    assert take_cash_out_target(slip_id=slip.id) is False
    assert CashOut.objects.count() == 1
    drain_reactions()
    drain_reactions()
    paid = f"{cash_out.paid_minor // 100}.{cash_out.paid_minor % 100:02d}"
    [told] = Notification.objects.filter(user=ada)
    assert (told.title, told.link) == (f"Your slip was cashed out: {paid} returned", f"/bets/{slip.id}")


def test_the_sweep_finds_what_no_hint_was_heard_for(ada: User, home: Selection) -> None:
    slip, waiting = bet(ada, home, "10.00"), bet(ada, home, "20.00")
    put(ada, slip.id, "5.00")
    put(ada, waiting.id, "39.00")
    tick(home.market.event, 2)

    tasks.sweep_cash_out_targets()
    tasks.sweep_cash_out_targets()

    assert [row.slip_id for row in CashOut.objects.all()] == [slip.id]
    assert BetSlip.objects.get(id=waiting.id).status == "accepted"
