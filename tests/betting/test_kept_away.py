"""Who may not act, suspended or kept away by themselves: what waits, stakes, suggestions, pools, strategies, gifts."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.actions.exclusions import exclude_self
from accounts.actions.exclusions import take_time_out as keep_away
from accounts.actions.people import reinstate_person, suspend_person
from accounts.errors import SelfExcluded, TimedOut
from accounts.models import GamblingLimit, User
from betting.actions.cash_out import set_cash_out_target, take_cash_out_target
from betting.actions.judge_delayed import judge_due_slips
from betting.actions.own_rules import confirm_own_raise
from betting.actions.place_slip import place_batch
from betting.actions.pools.open_pool import join_pool
from betting.actions.slip_requests import request_of
from betting.models import (
    BetSlip,
    BetSlipGenerationLog,
    BettingStrategy,
    BettingStrategyEvaluation,
    DeskRecord,
    FreeBet,
    PaperRun,
    PoolMember,
)
from betting.schemas.cash_outs import CashOutTargetCommand
from betting.schemas.own_rules import ConfirmRaise
from payments.queries.audit import list_ledger_faults
from project.kit import clock
from project.kit.errors import AppError, Forbidden, ValidationFailed
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
from tests.betting.strategies.feeds import rules_document
from tests.betting.strategies.test_strategy_api import call, new_strategy
from tests.betting.test_free_bets import grant
from tests.betting.test_own_rules import set_limit
from tests.betting.test_suggestions import ask, make_told_event

pytestmark = pytest.mark.django_db

KEPT_AWAY = [
    pytest.param(lambda user: keep_away(user_id=user.id, length="24_hours"), TimedOut, id="timed out"),
    pytest.param(lambda user: exclude_self(user_id=user.id, length="6_months"), SelfExcluded, id="self-excluded"),
]


def suspend(user: User, by: User) -> None:
    suspend_person(user_id=user.id, actor_id=by.id, reason="Fraud")


def test_who_is_suspended_meanwhile_gets_what_waits_back_and_others_do_not(
    ada: User, ben: User, mod: User, true_delays: None
) -> None:
    funds = fund(ada), fund(ben)
    home = selection_of(make_live_priced_event(), "1x2", "home")
    [token] = grant(mod, ada, amount_minor=500)
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
    [token] = grant(mod, ada, amount_minor=500)
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


@pytest.mark.parametrize(("keep", "error"), KEPT_AWAY)
def test_who_keeps_away_is_suggested_nothing_and_becomes_no_member(
    ada: User, ben: User, keep: Callable[[User], object], error: type[AppError]
) -> None:
    event = make_told_event()
    pool, joined = (make_pool(ben, event, is_private=True) for _ in range(2))
    join_pool(user_id=ada.id, pool_id=joined.id, join_code=joined.join_code)
    keep(ada)

    assert ask(ada, status=403)["code"] == error.code
    with pytest.raises(error):
        join_pool(user_id=ada.id, pool_id=pool.id, join_code=pool.join_code)
    assert call(ada, "POST", f"/pools/{pool.id}/join", {"join_code": "WRONG"}, status=404)["code"] == "not_found"

    assert BetSlipGenerationLog.objects.count() == 0
    assert list(PoolMember.objects.filter(user=ada).values_list("pool_id", flat=True)) == [joined.id]
    assert join_pool(user_id=ada.id, pool_id=joined.id, join_code="").pool.id == joined.id


def test_who_excluded_themselves_only_takes_their_strategies_back(ada: User) -> None:
    made = call(ada, "POST", "/strategies", new_strategy(visibility="public"), status=201)
    path = f"/strategies/{made['id']}"
    call(ada, "PUT", f"{path}/paper", {"is_on": True}, status=200)
    exclude_self(user_id=ada.id, length="6_months")

    rules = {"rules": rules_document(bank="500.00")}
    for method, address, body in (
        ("POST", "/strategies", new_strategy(name="Another")),
        ("POST", f"{path}/versions", rules),
        ("POST", f"{path}/evaluations", {"kind": "recorded"}),
        ("PUT", f"{path}/paper", {"is_on": True}),
        ("PATCH", path, {"name": "Join me", "visibility": "private"}),
        ("PATCH", path, {"visibility": "public"}),
    ):
        assert call(ada, method, address, body, status=403)["code"] == "self_excluded", (method, address)

    strategy = BettingStrategy.objects.get()
    assert (strategy.name, strategy.visibility, strategy.versions.count()) == ("Plan", "public", 1)
    assert BettingStrategyEvaluation.objects.filter(paper_run=None).count() == 0
    call(ada, "PUT", f"{path}/paper", {"is_on": False}, status=200)
    assert PaperRun.objects.filter(stopped_at=None).count() == 0
    assert call(ada, "PATCH", path, {"visibility": "private"}, status=200)["visibility"] == "private"
    call(ada, "DELETE", path, status=204)


def test_nothing_is_given_to_who_excluded_themselves(ada: User, ben: User, mod: User) -> None:
    exclude_self(user_id=ada.id, length="6_months")

    with pytest.raises(ValidationFailed, match=r"nothing is given to them: ada$"):
        grant(mod, ada, ben)

    assert (FreeBet.objects.count(), DeskRecord.objects.count()) == (0, 0)
    assert len(grant(mod, ben)) == 1


def test_who_excluded_themselves_lowers_limits_and_raises_none(ada: User) -> None:
    fund(ada)
    set_limit(ada, "20.00")
    set_limit(ada, "50.00")
    exclude_self(user_id=ada.id, length="6_months")
    waiting = GamblingLimit.objects.values("amount_minor", "asked_minor").get()

    for raised in ("60.00", None):
        with pytest.raises(SelfExcluded):
            set_limit(ada, raised)
    with clock.frozen(clock.now() + timedelta(days=2)), pytest.raises(SelfExcluded):
        name = {"currency": "PLY", "kind": "stake", "period": "day"}
        confirm_own_raise(user_id=ada.id, command=ConfirmRaise.model_validate(name), key=new_key())

    assert GamblingLimit.objects.values("amount_minor", "asked_minor").get() == waiting
    set_limit(ada, "5.00")
    assert GamblingLimit.objects.values_list("amount_minor", "asked_minor").get() == (500, None)
