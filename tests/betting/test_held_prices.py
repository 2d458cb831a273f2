"""A price that the desk holds: repricing leaves it alone, it is on record, and it goes back to the model at once."""

import pytest

from accounts.models import User
from betting.actions.held_prices import hold_price, release_price
from betting.actions.market_status import suspend_market
from betting.actions.settle_event import settle_event
from betting.models import DeskRecord, EventBook, PricePoint
from project.kit.errors import NotFound, ValidationFailed, VersionConflict
from project.kit.ids import new_id
from tests.betting.desk import bet, fund, goal, make_live_priced_event, selection_of, tick
from tests.sports.matches import end_match

pytestmark = pytest.mark.django_db


def test_a_held_price_is_offered_at_once_and_stays_through_time_and_goals(ada: User, mod: User) -> None:
    fund(ada)
    event = make_live_priced_event()
    home = selection_of(event, "1x2", "home")
    version = EventBook.objects.get(event_id=event.pk).version

    held = hold_price(actor_id=mod.id, selection_id=home.id, odds_milli=2_500, reason="Team news")

    assert (held.odds_milli, held.held_odds_milli, held.version) == (2_500, 2_500, version + 1)
    assert PricePoint.objects.filter(selection=held).latest("id").odds_milli == 2_500
    tick(event, 30)
    goal(event, "home", 40)
    now = selection_of(event, "1x2", "home")
    assert now.odds_milli == 2_500
    assert selection_of(event, "1x2", "away").odds_milli != selection_of(event, "1x2", "draw").odds_milli
    assert bet(ada, now).odds == "2.50"


def test_a_released_price_is_the_model_s_again_at_once(mod: User) -> None:
    event = make_live_priced_event()
    before = selection_of(event, "1x2", "home")
    hold_price(actor_id=mod.id, selection_id=before.id, odds_milli=2_500, reason="Team news")

    released = release_price(actor_id=mod.id, selection_id=before.id, reason="Over")

    assert (released.odds_milli, released.held_odds_milli) == (before.odds_milli, None)
    records = DeskRecord.objects.filter(subject=f"selection:{before.id}").order_by("id")
    assert [
        (one.change, one.before["held_odds_milli"], one.after["held_odds_milli"], one.reason) for one in records
    ] == [
        ("price_hold", None, 2_500, "Team news"),
        ("price_hold", 2_500, None, "Over"),
    ]


@pytest.mark.parametrize("odds_milli", [2_510, 1_000, 1_005, 600_000, 0])
def test_a_price_off_the_ladder_is_refused_and_moves_nothing(mod: User, odds_milli: int) -> None:
    event = make_live_priced_event()
    home = selection_of(event, "1x2", "home")

    with pytest.raises(ValidationFailed):
        hold_price(actor_id=mod.id, selection_id=home.id, odds_milli=odds_milli, reason="Wrong")

    now = selection_of(event, "1x2", "home")
    assert (now.odds_milli, now.held_odds_milli, now.version) == (home.odds_milli, None, home.version)
    assert not DeskRecord.objects.exists()


def test_what_is_not_held_cannot_be_released_and_what_is_settled_not_held(mod: User) -> None:
    event = make_live_priced_event()
    home = selection_of(event, "1x2", "home")
    with pytest.raises(VersionConflict):
        release_price(actor_id=mod.id, selection_id=home.id, reason="Nothing there")
    with pytest.raises(NotFound):
        hold_price(actor_id=mod.id, selection_id=new_id(), odds_milli=2_000, reason="Nobody's")
    end_match(event)
    settle_event(event_id=event.pk)

    with pytest.raises(VersionConflict):
        hold_price(actor_id=mod.id, selection_id=home.id, odds_milli=2_000, reason="Too late")

    assert selection_of(event, "1x2", "home").held_odds_milli is None


def test_a_suspended_market_takes_a_held_price_behind_the_stop(mod: User) -> None:
    event = make_live_priced_event()
    home = selection_of(event, "1x2", "home")
    suspend_market(actor_id=mod.id, market_id=home.market_id, reason="Looking")

    assert hold_price(actor_id=mod.id, selection_id=home.id, odds_milli=3_000, reason="New").odds_milli == 3_000


def test_an_outcome_that_has_become_impossible_ends_even_a_held_offer(mod: User) -> None:
    event = make_live_priced_event()
    nil = selection_of(event, "correct_score", "0-0")
    hold_price(actor_id=mod.id, selection_id=nil.id, odds_milli=9_000, reason="Rain")

    goal(event, "away", 20)

    assert selection_of(event, "correct_score", "0-0").odds_milli is None
