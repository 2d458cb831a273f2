"""Achievements: earned by what happened, once, told on one's own stream, and seen by whom it may be."""

from functools import partial

import pytest
from django.test import Client

from accounts.models import Profile, User
from betting.events import PersonPayout, PersonSlips, PoolSettled, SlipsSettled
from community.actions.achievements import award
from community.core.achievements import ACHIEVEMENTS, SettledSlip, earned_by_slip
from community.models import UserAchievement
from community.reactions import award_for_pools, award_for_slips
from project.kit.ids import new_id
from project.kit.models import OutboxChange
from tests.betting.desk import bet, fund, make_live_priced_event, selection_of
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


def test_a_pool_earns_its_winners_alone(ada: User, ben: User, cleo: User) -> None:
    people = [
        PersonPayout(user_id=ada.id, stake_minor=100, payout_minor=300),
        PersonPayout(user_id=ben.id, stake_minor=100, payout_minor=0),
        PersonPayout(user_id=cleo.id, stake_minor=100, payout_minor=100),
    ]

    award_for_pools([PoolSettled(pool_id=new_id(), settlement_no=1, is_cancelled=False, actor_id=None, people=people)])

    assert [kinds_of(one) for one in (ada, ben, cleo)] == [{"pool_winner"}, set(), set()]


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
