"""Bets in play wait: their stake is held, they are judged at the end, and nothing of them is lost on the way."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from accounts.models import User
from betting.actions.judge_delayed import judge_due_slips
from betting.actions.market_status import resume_market
from betting.actions.reprice_event import reprice_event
from betting.actions.set_results import Order, roll_back_results, set_results
from betting.core.grading.grade import LOST, WON
from betting.events import SlipsAccepted
from betting.models import BetLeg, BetSlip, ExposureDelta, Market, Selection
from payments.models import Transfer
from payments.queries.audit import list_ledger_faults
from payments.queries.wallets import get_wallet
from project.kit import clock
from project.kit.models import OutboxChange, RecordedEvent
from sports.actions import record_incident, resume_betting
from tests.betting.desk import (
    available,
    bet,
    fund,
    goal,
    make_live_priced_event,
    make_priced_event,
    new_key,
    open_stakes,
    selection_of,
    tick,
)
from tests.sports.matches import end_match

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("true_delays")]


@contextmanager
def later() -> Iterator[None]:
    with clock.frozen(clock.now() + timedelta(seconds=6)):
        yield


def held(user: User) -> int:
    return get_wallet(user.id, "PLY").held_minor


def judge() -> int:
    with later():
        return judge_due_slips()


def newest_change(user: User, change_type: str) -> dict[str, Any]:
    changes = OutboxChange.objects.filter(stream=f"user:{user.id}", payload__type=change_type).order_by("-id")
    payload: dict[str, Any] = changes[0].payload
    return payload


def assert_refunded(user: User, funds: int, code: str, **detail: object) -> None:
    slip = BetSlip.objects.get()
    assert slip.rejection is not None
    assert (slip.status, slip.rejection["code"], slip.due_at) == ("rejected", code, None)
    assert slip.rejection["detail"].items() >= detail.items()
    assert (available(user), held(user), open_stakes()) == (funds, 0, 0)
    assert ExposureDelta.objects.count() == 0
    assert RecordedEvent.objects.filter(type=SlipsAccepted.TYPE).count() == 0
    change = newest_change(user, "slip.rejected")
    assert change["slip"]["status"] == "rejected"
    assert change["slip"]["rejection"]["code"] == code
    assert newest_change(user, "wallet.changed")["wallet"]["held"] == "0.00"
    assert list_ledger_faults() == []


def test_a_bet_in_play_waits_with_its_stake_held_and_then_stands(ada: User) -> None:
    funds = fund(ada)
    home = selection_of(make_live_priced_event(), "1x2", "home")

    reply = bet(ada, home)

    assert reply.due_at is not None
    assert (reply.status, reply.due_at - reply.placed_at) == ("pending_delay", timedelta(seconds=5))
    assert (available(ada), held(ada), open_stakes()) == (funds - 1_000, 1_000, 0)
    assert ExposureDelta.objects.count() == 0
    assert judge_due_slips() == 0
    assert judge() == 1
    slip = BetSlip.objects.get()
    assert (slip.status, slip.due_at, slip.accepted_at is not None) == ("accepted", None, True)
    assert (available(ada), held(ada), open_stakes()) == (funds - 1_000, 0, 1_000)
    assert ExposureDelta.objects.count() == 1
    assert [transfer.kind for transfer in Transfer.objects.filter(ref=str(slip.id)).order_by("id")] == [
        "stake_held",
        "stake",
    ]
    assert newest_change(ada, "slip.accepted")["slip"]["status"] == "accepted"
    assert RecordedEvent.objects.filter(type=SlipsAccepted.TYPE).count() == 1
    assert judge() == 0
    assert list_ledger_faults() == []


def test_before_kick_off_nothing_waits(ada: User) -> None:
    fund(ada)

    assert bet(ada, selection_of(make_priced_event(), "1x2", "home")).status == "accepted"


def test_a_replay_during_the_delay_and_after_it_answers_the_same(ada: User) -> None:
    fund(ada)
    home = selection_of(make_live_priced_event(), "1x2", "home")
    first = bet(ada, home, key="again")

    assert bet(ada, home, key="again") == first
    judge()
    assert bet(ada, home, key="again") == first
    assert BetSlip.objects.count() == 1


def test_the_price_is_judged_at_the_end(ada: User) -> None:
    funds = fund(ada)
    event = make_live_priced_event()
    home = selection_of(event, "1x2", "home")
    bet(ada, home)
    move_price(home.id, 1.2)

    assert judge() == 1

    assert_refunded(ada, funds, "odds_changed")


def test_a_better_price_at_the_end_is_struck_under_better(ada: User) -> None:
    fund(ada)
    home = selection_of(make_live_priced_event(), "1x2", "home")
    bet(ada, home, price_policy="better")
    raised = move_price(home.id, 1.2)

    judge()

    slip = BetSlip.objects.get()
    assert (slip.status, slip.odds_milli, slip.potential_win_minor) == ("accepted", raised, raised)
    assert BetLeg.objects.get().odds_milli == raised


def move_price(selection_id: UUID, factor: float) -> int:
    selection = Selection.objects.get(id=selection_id)
    assert selection.odds_milli is not None
    selection.odds_milli = round(selection.odds_milli * factor)
    selection.save(update_fields=["odds_milli"])
    return selection.odds_milli


def test_a_stop_within_the_delay_kills_the_slip_though_betting_is_open_again(ada: User) -> None:
    funds = fund(ada)
    event = make_live_priced_event()
    bet(ada, selection_of(event, "1x2", "home"), price_policy="any")

    goal(event, "home", 2)

    assert judge() == 1
    assert_refunded(ada, funds, "market_suspended", reason="stopped_meanwhile")


def test_a_stop_that_lasts_kills_it_too(ada: User) -> None:
    funds = fund(ada)
    event = make_live_priced_event()
    bet(ada, selection_of(event, "1x2", "home"), price_policy="any")
    record_incident(event_id=event.pk, incident_type="goal", side="home", minute=2)

    judge()

    assert_refunded(ada, funds, "market_suspended")


def test_the_desk_s_stop_of_the_market_kills_it(ada: User) -> None:
    funds = fund(ada)
    home = selection_of(make_live_priced_event(), "1x2", "home")
    bet(ada, home)
    Market.objects.filter(id=home.market_id).update(stop_count=1)

    judge()

    assert_refunded(ada, funds, "market_suspended", reason="stopped_meanwhile")


def test_a_result_within_the_delay_rejects_it(ada: User) -> None:
    funds = fund(ada)
    event = make_live_priced_event()
    bet(ada, selection_of(event, "1x2", "home"), price_policy="any")
    end_match(event)
    resume_betting(event_id=event.pk)
    reprice_event(event_id=event.pk)

    judge()

    assert_refunded(ada, funds, "market_suspended")


def test_a_result_within_the_delay_rejects_it_though_it_is_gone_and_the_market_open_again(
    ada: User, trader: User
) -> None:
    funds = fund(ada)
    event = make_live_priced_event()
    home = selection_of(event, "1x2", "home")
    bet(ada, home, price_policy="any")

    grades = {one.id: WON if one == home else LOST for one in home.market.selections.all()}
    set_results(market_id=home.market_id, grades=grades, order=Order("By mistake", clock.now()))
    roll_back_results(market_id=home.market_id, order=Order("Taken back", clock.now()))
    resume_market(actor_id=trader.id, market_id=home.market_id, reason="Open again")
    tick(event, 2)

    judge()

    assert_refunded(ada, funds, "market_suspended", reason="stopped_meanwhile")


def test_many_due_at_once_are_each_judged_once(ada: User, ben: User) -> None:
    for person in (ada, ben):
        fund(person)
    home = selection_of(make_live_priced_event(), "1x2", "home")
    for _ in range(3):
        bet(ada, home, "1.00", key=new_key())
        bet(ben, home, "2.00", key=new_key())

    assert judge() == 6

    assert (held(ada), held(ben), open_stakes()) == (0, 0, 900)
    assert list_ledger_faults() == []
