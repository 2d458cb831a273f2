"""A person's own limits and exclusions where stakes are taken: what counts, is refused, and is judged again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.errors import ExclusionNotLonger, RaiseNotDue, SelfExcluded, TimedOut
from accounts.models import ActivityLog, Exclusion, GamblingLimit, GamblingLimitChange, User, UserConsent
from betting.actions.cash_out import quote_cash_out, take_cash_out
from betting.actions.free_bets import grant_free_bets
from betting.actions.judge_delayed import judge_due_slips
from betting.actions.own_rules import choose_own_limit, confirm_own_raise, exclude_self, take_time_out
from betting.actions.place_slip import place_batch
from betting.actions.pools.enter_pool import enter_pool
from betting.actions.quote_slip import quote_slip
from betting.actions.slip_requests import request_of
from betting.errors import OwnLimitExceeded, StakeAboveMax
from betting.models import BetSlip, CashOutQuote, FreeBet, PoolEntry, Selection
from betting.queries.safer_play import describe_safer_play
from betting.schemas.cash_outs import QuoteCashOutCommand
from betting.schemas.own_rules import ChooseLimit, ConfirmRaise, ExcludeSelf, TakeTimeOut
from betting.schemas.pools import EnterPoolCommand
from project.kit import clock
from project.kit.errors import AppError, IdempotencyKeyReused, InsufficientFunds, NotFound
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
from tests.betting.pools import make_pool, stake
from tests.betting.slips import Pick, write_slip


@pytest.fixture
def home(ada: User) -> Selection:
    fund(ada)
    return selection_of(make_priced_event(), "1x2", "home")


def set_limit(user: User, amount: str | None, kind: str = "stake", period: str = "day") -> None:
    document = {"currency": "PLY", "kind": kind, "period": period, "amount": amount}
    choose_own_limit(user_id=user.id, command=ChooseLimit.model_validate(document))


def refused(error: type[AppError], user: User, act: Callable[[], object]) -> dict[str, Any]:
    """The fields of the refusal; nothing has moved."""
    before = everything(user)
    with pytest.raises(error) as caught:
        act()
    assert everything(user) == before
    return {key: value for key, value in caught.value.extra.items() if key != "resets_at"}


def past_slip(user: User, home: Selection, age: timedelta, **changes: Any) -> BetSlip:
    """A slip of 10.00 that was placed so long ago, with these columns changed."""
    slip = write_slip(user, [Pick(home, 2_000)], placed_at=clock.now() - age)
    if changes:
        BetSlip.objects.filter(id=slip.id).update(**changes)
    return slip


def settled(payout_minor: int, **changes: Any) -> dict[str, Any]:
    return {"payout_minor": payout_minor, "settled_at": clock.now(), "settlement_no": 1} | changes


SHORT_EXCLUSION = (
    "INSERT INTO accounts_exclusion (id, user_id, kind, starts_at, ends_at)"
    " SELECT gen_random_uuid(), user_id, kind, now(), now() + interval '180 days' FROM accounts_exclusion"
)
HOUR = timedelta(hours=1)
COUNTED: list[tuple[str, timedelta, Callable[[], dict[str, Any]], int, int]] = [
    # what, how old, with which columns; towards stakes and losses of a day
    ("running", HOUR, dict, 1_000, 1_000),
    ("lost", HOUR, lambda: settled(0, status="lost"), 1_000, 1_000),
    ("won", HOUR, lambda: settled(2_600, status="won"), 1_000, -1_600),
    ("half back", HOUR, lambda: settled(500, status="partial"), 1_000, 500),
    ("void", HOUR, lambda: settled(1_000, status="void"), 0, 0),
    ("cashed out", HOUR, lambda: {"status": "cashed_out", "cashed_out_minor": 700}, 1_000, 300),
    ("rejected", HOUR, lambda: {"status": "rejected", "rejection": {"code": "x"}}, 0, 0),
    ("waiting", HOUR, lambda: {"status": "pending_delay"}, 1_000, 1_000),
    ("a minute within", timedelta(hours=23, minutes=59), dict, 1_000, 1_000),
    ("a minute too old", timedelta(hours=24, minutes=1), dict, 0, 0),
]


@pytest.mark.django_db
def test_what_counts_towards_stakes_and_losses(ada: User, home: Selection) -> None:
    set_limit(ada, "5.00")
    set_limit(ada, "5.00", "loss")
    for what, age, columns, stakes, losses in COUNTED:
        with transaction.atomic():
            past_slip(ada, home, age, **columns())
            rules = {one.kind: one for one in describe_safer_play(ada.id, "PLY").limits}
            assert (rules["stake"].counted, rules["loss"].counted) == (f"{stakes / 100:.2f}", f"{losses / 100:.2f}"), (
                what
            )
            BetSlip.objects.filter(user=ada).update(placed_at=clock.now() - timedelta(days=60))


@pytest.mark.django_db
@pytest.mark.parametrize(("period", "days"), [("day", 1), ("week", 7), ("month", 30)])
def test_a_window_rolls_and_says_when_it_makes_room(ada: User, home: Selection, period: str, days: int) -> None:
    set_limit(ada, "20.00", period=period)
    oldest = past_slip(ada, home, timedelta(days=days) - HOUR)
    past_slip(ada, home, timedelta(days=days) + HOUR)

    [shown] = describe_safer_play(ada.id, "PLY").limits
    fields = refused(OwnLimitExceeded, ada, lambda: bet(ada, home, "10.01"))

    assert fields == {"kind": "stake", "period": period, "limit": "20.00", "remaining": "10.00"}
    assert (shown.counted, shown.remaining, shown.raise_asked) == ("10.00", "10.00", None)
    assert shown.resets_at is not None
    assert abs(shown.resets_at - oldest.placed_at - timedelta(days=days)) < timedelta(milliseconds=1)
    bet(ada, home, "10.00")
    assert refused(OwnLimitExceeded, ada, lambda: bet(ada, home, "0.10"))["remaining"] == "0.00"


@pytest.mark.django_db
def test_slips_of_a_batch_know_what_those_before_them_took(ada: User, ben: User, home: Selection) -> None:
    fund(ben)
    set_limit(ada, "25.00")
    asked = [
        request_of(user.id, command_for(home, amount), new_key())
        for user, amount in ((ada, "10.00"), (ben, "50.00"), (ada, "16.00"), (ada, "15.00"), (ada, "0.10"))
    ]

    answers = place_batch(asked)

    refusals = {place: answer for place, answer in enumerate(answers) if isinstance(answer, AppError)}
    assert list(refusals) == [2, 4]
    assert [refusal.extra["remaining"] for refusal in refusals.values()] == ["15.00", "0.00"]
    assert sorted(BetSlip.objects.values_list("stake_minor", flat=True)) == [1_000, 1_500, 5_000]


@pytest.mark.django_db
def test_a_quote_asks_the_own_rules_too(ada: User, home: Selection) -> None:
    set_limit(ada, "5.00")

    quote = quote_slip(user_id=ada.id, command=command_for(home, "10.00"))
    assert quote.rejection is not None
    assert quote.stakes is not None
    assert (quote.rejection.code, quote.rejection.detail["remaining"]) == ("limit_exceeded", "5.00")
    assert (quote.stakes.max, quote.stakes.reason) == ("5.00", "own_limit")
    assert quote_slip(user_id=None, command=command_for(home, "10.00")).is_accepted

    take_time_out(user_id=ada.id, command=TakeTimeOut(length="7_days"), key=new_key())
    rejection = quote_slip(user_id=ada.id, command=command_for(home, "5.00")).rejection
    assert rejection is not None
    assert rejection.code == "timed_out"


@pytest.mark.django_db
def test_tickets_and_slips_share_a_limit(ada: User, home: Selection) -> None:
    pool = make_pool(None, home.market.event)
    set_limit(ada, "25.00")
    stake(ada, pool, home, "10.00")

    fields = refused(OwnLimitExceeded, ada, lambda: bet(ada, home, "15.01"))
    assert fields["remaining"] == "15.00"
    bet(ada, home, "10.00")
    above = refused(StakeAboveMax, ada, lambda: stake(ada, pool, home, "500.01"))
    assert above == {"max_stake": "5.00", "reason": "own_limit"}
    fields = refused(OwnLimitExceeded, ada, lambda: stake(ada, pool, home, "6.00"))
    assert fields["remaining"] == "5.00"
    assert PoolEntry.objects.count() == 1
    stake(ada, pool, home, "5.00")


@pytest.mark.django_db
def test_who_keeps_away_stakes_nowhere_and_takes_out_what_runs(ada: User, mod: User, home: Selection) -> None:
    pool = make_pool(None, home.market.event)
    running = bet(ada, home)
    grant_free_bets(
        usernames=["ada"], amount_minor=500, currency="PLY", days=7, reason="Gift", actor_id=mod.id, grant_key="k"
    )
    token = FreeBet.objects.get()
    ticket = EnterPoolCommand.model_validate({"selection_id": str(home.id), "stake": "5.00"})

    taken = take_time_out(user_id=ada.id, command=TakeTimeOut(length="24_hours"), key="out")

    for act in (
        lambda: bet(ada, home),
        lambda: bet(ada, home, "5.00", free_bet_id=str(token.id)),
        lambda: enter_pool(user_id=ada.id, pool_id=pool.id, command=ticket, key=new_key()),
    ):
        assert refused(TimedOut, ada, act) == {"ends_at": taken.to_json()["ends_at"]}
    offer = quote_cash_out(slip=BetSlip.objects.get(id=running.id), command=QuoteCashOutCommand(stake=None))
    take_cash_out(quote=CashOutQuote.objects.get(id=offer.id), key=new_key())


@pytest.mark.django_db
def test_a_self_exclusion_is_on_record_and_ends_marketing(ada: User, home: Selection) -> None:
    command = ExcludeSelf(length="6_months")

    taken = exclude_self(user_id=ada.id, command=command, key="once")

    assert exclude_self(user_id=ada.id, command=command, key="once").to_json() == taken.to_json()
    with pytest.raises(IdempotencyKeyReused):
        exclude_self(user_id=ada.id, command=ExcludeSelf(length="1_year"), key="once")
    assert refused(SelfExcluded, ada, lambda: bet(ada, home)) == {"ends_at": taken.to_json()["ends_at"]}
    row = Exclusion.objects.get()
    assert (row.kind, row.ends_at - row.starts_at >= timedelta(days=181)) == ("self_exclusion", True)
    assert UserConsent.objects.filter(user=ada, consent_type="marketing").latest("created_at").given is False
    entry = ActivityLog.objects.filter(user=ada, action="self_excluded").get()
    assert (entry.resource_id, entry.actor_id) == (str(row.id), ada.id)


@pytest.mark.django_db
def test_what_holds_gets_longer_and_never_shorter(ada: User) -> None:
    fund(ada)
    out = take_time_out(user_id=ada.id, command=TakeTimeOut(length="7_days"), key=new_key())
    for length in ("24_hours", "7_days"):
        with pytest.raises(ExclusionNotLonger), clock.frozen(out.ends_at - timedelta(days=7)):
            take_time_out(user_id=ada.id, command=TakeTimeOut(length=length), key=new_key())
    take_time_out(user_id=ada.id, command=TakeTimeOut(length="30_days"), key=new_key())

    year = exclude_self(user_id=ada.id, command=ExcludeSelf(length="1_year"), key=new_key())
    with pytest.raises(ExclusionNotLonger) as caught:
        exclude_self(user_id=ada.id, command=ExcludeSelf(length="6_months"), key=new_key())
    assert caught.value.extra == {"ends_at": year.to_json()["ends_at"]}
    with pytest.raises(ExclusionNotLonger):
        take_time_out(user_id=ada.id, command=TakeTimeOut(length="6_weeks"), key=new_key())
    longer = exclude_self(user_id=ada.id, command=ExcludeSelf(length="5_years"), key=new_key())
    shown = describe_safer_play(ada.id, "PLY").exclusion
    assert shown is not None
    assert (shown.kind, shown.ends_at) == ("self_exclusion", longer.ends_at)
    assert Exclusion.objects.count() == 4


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_exclusion SET ends_at = now()",
        "DELETE FROM accounts_exclusion",
        "UPDATE accounts_gamblinglimitchange SET amount_minor = 0",
        "UPDATE accounts_gamblinglimit SET amount_minor = -1",
        "UPDATE accounts_gamblinglimit SET asked_minor = 1",
        "UPDATE accounts_gamblinglimit SET asked_at = now(), asked_minor = amount_minor",
        SHORT_EXCLUSION,
    ],
)
def test_the_database_itself_keeps_the_rules(ada: User, statement: str) -> None:
    set_limit(ada, "5.00")
    exclude_self(user_id=ada.id, command=ExcludeSelf(length="6_months"), key=new_key())

    with pytest.raises(Exception, match=r"append-only|violates check") as caught, transaction.atomic():
        connection.cursor().execute(statement)
    assert isinstance(caught.value, IntegrityError) or "append-only" in str(caught.value)


@pytest.mark.django_db
def test_a_raise_needs_a_day_and_a_second_word(ada: User, home: Selection) -> None:
    set_limit(ada, "10.00")
    set_limit(ada, "50.00")
    command = ConfirmRaise.model_validate({"currency": "PLY", "kind": "stake", "period": "day"})
    asked = GamblingLimit.objects.get()
    assert (asked.amount_minor, asked.asked_minor) == (1_000, 5_000)
    assert asked.asked_at is not None
    due = asked.asked_at + timedelta(hours=24)

    assert refused(OwnLimitExceeded, ada, lambda: bet(ada, home, "20.00"))["limit"] == "10.00"
    with clock.frozen(due - timedelta(seconds=1)), pytest.raises(RaiseNotDue):
        confirm_own_raise(user_id=ada.id, command=command, key="raise")
    with clock.frozen(due):
        reply = confirm_own_raise(user_id=ada.id, command=command, key="raise")
        assert confirm_own_raise(user_id=ada.id, command=command, key="raise") == reply
        assert reply.amount == "50.00"
        with pytest.raises(NotFound):
            confirm_own_raise(user_id=ada.id, command=command, key=new_key())
    bet(ada, home, "20.00")
    assert list(GamblingLimitChange.objects.order_by("id").values_list("step", "amount_minor")) == [
        ("set", 1_000),
        ("raise_asked", 5_000),
        ("raise_confirmed", 5_000),
    ]
    assert ActivityLog.objects.filter(user=ada, action="limit_changed").count() == 3


@pytest.mark.django_db
def test_a_limit_goes_the_same_way_and_what_lapsed_is_not_confirmed(ada: User) -> None:
    set_limit(ada, "10.00")
    set_limit(ada, None)
    command = ConfirmRaise.model_validate({"currency": "PLY", "kind": "stake", "period": "day"})
    now = clock.now()

    with clock.frozen(now + timedelta(days=9)), pytest.raises(NotFound):
        confirm_own_raise(user_id=ada.id, command=command, key=new_key())
    with clock.frozen(now + timedelta(days=7)):
        assert confirm_own_raise(user_id=ada.id, command=command, key=new_key()).amount is None
    assert GamblingLimit.objects.count() == 0


@pytest.fixture
def in_play(ada: User, true_delays: None) -> Selection:
    """Two bets of 10.00 on it wait for five seconds, within a limit of exactly that."""
    fund(ada)
    set_limit(ada, "20.00")
    selection = selection_of(make_live_priced_event(), "1x2", "home")
    for _ in range(2):
        bet(ada, selection)
    return selection


def judged() -> list[tuple[str, str | None]]:
    """Status and code of what waited, in the order in which it was placed."""
    with clock.frozen(clock.now() + timedelta(seconds=6)):
        judge_due_slips()
    return [
        (slip.status, slip.rejection["code"] if slip.rejection else None)
        for slip in BetSlip.objects.order_by("placed_at", "id")
    ]


@pytest.mark.django_db
def test_what_waits_counts_and_is_not_counted_against_itself(ada: User, in_play: Selection) -> None:
    assert refused(OwnLimitExceeded, ada, lambda: bet(ada, in_play, "0.10"))["remaining"] == "0.00"
    assert judged() == [("accepted", None)] * 2
    assert refused(OwnLimitExceeded, ada, lambda: bet(ada, in_play, "0.10"))["remaining"] == "0.00"


@pytest.mark.django_db
def test_a_limit_lowered_meanwhile_rejects_what_does_not_fit_any_more(ada: User, in_play: Selection) -> None:
    set_limit(ada, "15.00")

    assert judged() == [("accepted", None), ("rejected", "limit_exceeded")]
    assert (available(ada), open_stakes()) == (100_000 - 1_000, 1_000)
    slip = BetSlip.objects.get(status="rejected")
    assert slip.rejection is not None
    assert slip.rejection["detail"]["remaining"] == "5.00"


@pytest.mark.django_db
def test_who_keeps_away_meanwhile_gets_what_waits_back(ada: User, in_play: Selection) -> None:
    take_time_out(user_id=ada.id, command=TakeTimeOut(length="24_hours"), key=new_key())
    exclude_self(user_id=ada.id, command=ExcludeSelf(length="6_months"), key=new_key())

    assert judged() == [("rejected", "self_excluded")] * 2
    assert (available(ada), open_stakes()) == (100_000, 0)


@pytest.mark.django_db
def test_the_net_position_leaves_out_what_runs(ada: User, home: Selection) -> None:
    past_slip(ada, home, HOUR)
    past_slip(ada, home, HOUR, **settled(0, status="lost"))
    past_slip(ada, home, HOUR, **settled(2_600, status="won"))
    past_slip(ada, home, HOUR, cashed_out_minor=300, remaining_stake_minor=500)
    past_slip(ada, home, timedelta(days=366), **settled(9_000, status="won"))
    stake(ada, make_pool(None, home.market.event), home, "5.00")

    position = describe_safer_play(ada.id, "PLY").net_position

    assert (position.staked, position.returned, position.running, position.net) == ("45.00", "29.00", "20.00", "4.00")


@pytest.mark.django_db
def test_limits_leave_funds_the_last_word(ada: User, home: Selection) -> None:
    set_limit(ada, "2000.00")
    for _ in range(2):
        bet(ada, home, "500.00")

    refused(InsufficientFunds, ada, lambda: bet(ada, home, "1.00"))
