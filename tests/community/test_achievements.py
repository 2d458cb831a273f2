"""Achievements: earned by what happened, once, told on one's own stream, and seen by whom it may be."""

from functools import partial

import pytest
from django.test import Client

from accounts.models import Profile, User
from betting.actions.cash_out import quote_cash_out, take_cash_out
from betting.actions.grade_event import grade_event
from betting.actions.pools.settle_pool import cancel_pool, settle_pool_by_results
from betting.events import PersonSlips, PoolSettled, SlipCashedOut, SlipsSettled
from betting.models import BetSlip, CashOutQuote
from betting.schemas.cash_outs import QuoteCashOutCommand
from community.actions.achievements import award
from community.core.achievements import ACHIEVEMENTS, SettledSlip, earned_by_slip
from community.models import UserAchievement
from community.reactions import award_for_cash_outs, award_for_pools, award_for_slips
from project.kit.models import OutboxChange
from sports.actions import start_event
from tests.betting.desk import bet, fund, make_live_priced_event, make_priced_event, new_key, selection_of
from tests.betting.pools import make_pool, stake
from tests.betting.test_place_slip_races import at_once
from tests.sports.matches import end_match, score_goal

pytestmark = pytest.mark.django_db


def kinds_of(user: User) -> set[str]:
    return set(UserAchievement.objects.filter(user=user).values_list("achievement_type", flat=True))


def test_what_a_slip_earns_depends_on_how_it_ended() -> None:
    assert earned_by_slip(SettledSlip("lost", "single", 2_000), settled_slips=1) == ["first_slip_settled"]
    assert earned_by_slip(SettledSlip("won", "single", 10_000), settled_slips=20) == [
        "first_slip_settled",
        "twenty_settled",
        "first_win",
        "long_shot",
    ]
    assert earned_by_slip(SettledSlip("won", "accumulator", 90_000), settled_slips=1) == [
        "first_slip_settled",
        "first_win",
        "first_accumulator_won",
    ]
    assert earned_by_slip(SettledSlip("won", "yankee", None), settled_slips=1)[-1] == "full_cover_won"
    assert earned_by_slip(SettledSlip("partial", "yankee", None), settled_slips=1) == ["first_slip_settled"]


def test_a_settled_slip_earns_once_whatever_is_told_twice(ada: User) -> None:
    from betting.actions.settle_event import settle_event

    event = make_live_priced_event()
    fund(ada)
    slip = bet(ada, selection_of(event, "1x2", "home"))
    score_goal(event, "home", minute=3)
    end_match(event)
    settle_event(event_id=event.pk)
    told = SlipsSettled(event_id=event.pk, people=[PersonSlips(user_id=ada.id, slip_ids=[slip.id])])

    award_for_slips([told])
    award_for_slips([told, told])

    assert kinds_of(ada) == {"first_slip_settled", "first_win"}
    changes = OutboxChange.objects.filter(stream=f"user:{ada.id}", payload__type="achievement.earned")
    assert [change.payload["achievement"]["title"] for change in changes.order_by("seq")] == [
        "Off the mark",
        "First win",
    ]


def test_a_slip_that_is_cashed_out_to_the_end_is_a_settled_one(ada: User) -> None:
    fund(ada)
    home = selection_of(make_live_priced_event(), "1x2", "home")
    for number in range(20):
        slip = bet(ada, home)
        BetSlip.objects.filter(id=slip.id).update(status="lost" if number < 18 else "accepted")
    kept, ended = BetSlip.objects.filter(status="accepted").order_by("placed_at")

    def cash_out(slip: BetSlip, stake: str | None) -> None:
        quoted = quote_cash_out(slip=slip, command=QuoteCashOutCommand(stake=stake))
        taken = take_cash_out(quote=CashOutQuote.objects.get(id=quoted.id), key=new_key())
        cash_outs = [
            SlipCashedOut(slip_id=slip.id, user_id=ada.id, cash_out_id=taken.cash_out.id, kind=taken.cash_out.kind)
        ]
        award_for_cash_outs(cash_outs * 2)

    cash_out(kept, "5.00")
    assert kinds_of(ada) == set()
    cash_out(ended, None)
    assert kinds_of(ada) == {"first_slip_settled"}  # the nineteenth
    kept.refresh_from_db()
    cash_out(kept, None)
    assert kinds_of(ada) == {"first_slip_settled", "twenty_settled"}


def test_a_pool_earns_its_winners_alone(ada: User, ben: User, cleo: User) -> None:
    """Ada wins less than she lost on the other side; nobody wins in the pool that is called off."""
    for person in (ada, ben, cleo):
        fund(person)
    event = make_priced_event()
    home, away = selection_of(event, "1x2", "home"), selection_of(event, "1x2", "away")
    pool, refunded = make_pool(None, event), make_pool(None, make_priced_event())
    stake(ada, pool, home, "5.00")
    stake(ada, pool, away, "20.00")
    stake(ben, pool, away, "5.00")
    stake(cleo, refunded, selection_of(refunded.event, "1x2", "home"), "5.00")
    start_event(event_id=event.pk)
    score_goal(event, "home", minute=3)
    end_match(event)
    grade_event(event_id=event.pk)
    settle_pool_by_results(pool_id=pool.id)
    cancel_pool(pool_id=refunded.id, actor_id=ada.id, reason="No match")

    award_for_pools(
        [
            PoolSettled(pool_id=one.id, settlement_no=1, is_cancelled=one == refunded, actor_id=None, people=[])
            for one in (pool, refunded)
        ]
    )

    assert [kinds_of(one) for one in (ada, ben, cleo)] == [{"pool_winner"}, set(), set()]


def test_a_place_at_long_odds_is_no_long_shot() -> None:
    placed = SettledSlip("won", "single", 21_000, is_each_way=True)

    assert earned_by_slip(placed, settled_slips=1) == ["first_slip_settled", "first_win"]


@pytest.mark.django_db(transaction=True)
def test_the_same_achievement_at_once_is_earned_and_told_once(ada: User) -> None:
    answers = at_once([partial(award, {ada.id: {"first_win": {}}}) for _ in range(8)])

    assert sum(len(answer) for answer in answers if isinstance(answer, list)) == 1
    assert UserAchievement.objects.count() == 1
    assert OutboxChange.objects.filter(payload__type="achievement.earned").count() == 1


def test_people_see_their_own_and_those_of_whoever_is_not_private(ada: User, ben: User, client: Client) -> None:
    award({ada.id: {"first_win": {}}, ben.id: {"long_shot": {}}})
    Profile.objects.filter(user=ben).update(public_access=False)
    own = Client()
    own.force_login(ben)

    assert client.get("/api/me/achievements").status_code == 401
    assert [one["achievement_type"] for one in own.get("/api/me/achievements").json()] == ["long_shot"]
    assert [one["title"] for one in own.get("/api/people/ben/achievements").json()] == ["Long shot"]
    assert [one["title"] for one in client.get("/api/people/ADA/achievements").json()] == ["First win"]
    assert client.get("/api/people/ben/achievements").status_code == 404
    assert client.get("/api/people/nobody/achievements").status_code == 404


def test_every_achievement_has_words() -> None:
    assert all(one.title and one.description for one in ACHIEVEMENTS.values())
