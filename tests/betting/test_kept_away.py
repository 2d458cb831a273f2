"""Who may not act, suspended or kept away by themselves: what waits, stakes, suggestions, pools, strategies, gifts."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.actions.people import reinstate_person, suspend_person
from accounts.models import User
from betting.actions.cash_out import set_cash_out_target, take_cash_out_target
from betting.actions.free_bets import grant_free_bets
from betting.actions.judge_delayed import judge_due_slips
from betting.actions.place_slip import place_batch
from betting.actions.slip_requests import request_of
from betting.models import (
    BetSlip,
    FreeBet,
)
from betting.schemas.cash_outs import CashOutTargetCommand
from payments.queries.audit import list_ledger_faults
from project.kit import clock
from project.kit.errors import Forbidden
from tests.betting.desk import (
    available,
    bet,
    command_for,
    everything,
    fund,
    make_live_priced_event,
    make_priced_event,
    new_key,
    open_stakes,
    selection_of,
)
from tests.betting.pools import held_by, make_pool, stake

pytestmark = pytest.mark.django_db


def suspend(user: User, by: User) -> None:
    suspend_person(user_id=user.id, actor_id=by.id, reason="Fraud")


def give(by: User, *people: User) -> list[FreeBet]:
    names = [person.username for person in people]
    return grant_free_bets(
        usernames=names, amount_minor=500, currency="PLY", days=7, reason="Gift", actor_id=by.id, grant_key=new_key()
    )


def test_who_is_suspended_meanwhile_gets_what_waits_back_and_others_do_not(
    ada: User, ben: User, mod: User, settings: Any
) -> None:
    settings.BET_DELAY = True
    settings.MATCH_SECONDS = 105 * 60
    funds = fund(ada), fund(ben)
    home = selection_of(make_live_priced_event(), "1x2", "home")
    [token] = give(mod, ada)
    for user, changes in ((ada, {}), (ada, {"stake": "5.00", "free_bet_id": str(token.id)}), (ben, {})):
        assert bet(user, home, **changes).status == "pending_delay"

    suspend(ada, mod)
    with clock.frozen(clock.now() + timedelta(seconds=6)):
        assert judge_due_slips() == 3

    verdicts = list(BetSlip.objects.order_by("placed_at", "id").values_list("status", "rejection"))
    barred = ("rejected", {"code": "forbidden", "detail": {}})
    assert verdicts == [barred, barred, ("accepted", None)]
    token.refresh_from_db()
    assert token.status == "available"
    assert (available(ada), available(ben), open_stakes()) == (funds[0], funds[1] - 1_000, 1_000)
    assert list_ledger_faults() == []


def test_a_slip_of_a_suspended_person_is_refused_wherever_it_was_on_its_way(ada: User, ben: User, mod: User) -> None:
    """Known callers and open sockets remember people for a moment: the transaction does not."""
    funds = fund(ada)
    fund(ben)
    home = selection_of(make_priced_event(), "1x2", "home")
    pool = make_pool(None, home.market.event)
    [token] = give(mod, ada)
    suspend(ada, mod)

    answers = place_batch([request_of(user.id, command_for(home), new_key()) for user in (ada, ben)])
    before = everything(ada)
    for act in (
        lambda: bet(ada, home, "5.00", free_bet_id=str(token.id)),
        lambda: stake(ada, pool, home, "5.00"),
    ):
        with pytest.raises(Forbidden):
            act()

    assert [isinstance(answer, Forbidden) for answer in answers] == [True, False]
    assert (everything(ada), available(ada)) == (before, funds)
    assert (list(BetSlip.objects.values_list("user_id", flat=True)), held_by(pool)) == ([ben.id], 0)
    reinstate_person(user_id=ada.id, actor_id=mod.id, reason="It was somebody else")
    assert bet(ada, home).status == "accepted"


def test_what_stands_of_a_suspended_person_goes_on_with_its_target(ada: User, mod: User) -> None:
    funds = fund(ada)
    slip = bet(ada, selection_of(make_priced_event(), "1x2", "home"))
    set_cash_out_target(slip_id=slip.id, command=CashOutTargetCommand(target="1.00"))
    suspend(ada, mod)

    assert take_cash_out_target(slip_id=slip.id)

    row = BetSlip.objects.get()
    assert (row.status, available(ada)) == ("cashed_out", funds - 1_000 + row.cashed_out_minor)
