"""The trading desk's stop: what it changes, who hears of it, and when it is refused."""

import pytest

from accounts.models import User
from betting.actions.market_status import resume_market, suspend_market
from betting.actions.settle_event import settle_event
from betting.actions.stops import suspend_event
from betting.events import MarketStatusChanged
from betting.models import EventBook, Market
from project.kit.errors import NotFound, VersionConflict
from project.kit.ids import new_id
from project.kit.models import RecordedEvent
from tests.betting.desk import goal, make_live_priced_event, selection_of, tick
from tests.sports.matches import end_match

pytestmark = pytest.mark.django_db


def test_a_stop_and_its_end_move_the_book_on_and_are_on_record(mod: User) -> None:
    event = make_live_priced_event()
    market = selection_of(event, "1x2", "home").market
    version = EventBook.objects.get(event_id=event.pk).version

    stopped = suspend_market(actor_id=mod.id, market_id=market.id, reason="Strange bets")
    assert (stopped.status, stopped.version) == ("suspended", version + 1)
    opened = resume_market(actor_id=mod.id, market_id=market.id, reason="Looked into")
    assert (opened.status, opened.version) == ("active", version + 2)

    facts = [row.payload for row in RecordedEvent.objects.filter(type=MarketStatusChanged.TYPE).order_by("id")]
    assert [(fact["status_before"], fact["status_after"], fact["reason"]) for fact in facts] == [
        ("active", "suspended", "Strange bets"),
        ("suspended", "active", "Looked into"),
    ]
    assert {fact["actor_id"] for fact in facts} == {str(mod.id)}


def test_prices_go_on_moving_behind_the_stop(mod: User) -> None:
    event = make_live_priced_event()
    before = selection_of(event, "1x2", "home")
    suspend_market(actor_id=mod.id, market_id=before.market_id, reason="Strange bets")

    tick(event, 60)

    after = selection_of(event, "1x2", "home")
    assert after.market.status == "suspended"
    assert after.odds_milli != before.odds_milli


@pytest.mark.parametrize("status", ["suspended", "inactive", "settled"])
def test_only_an_open_market_can_be_stopped(mod: User, status: str) -> None:
    event = make_live_priced_event()
    market = selection_of(event, "over_under;total=0.5", "over").market
    if status == "suspended":
        suspend_market(actor_id=mod.id, market_id=market.id, reason="First")
    elif status == "inactive":
        goal(event, "home", 10)
    else:
        end_match(event)
        settle_event(event_id=event.pk)

    with pytest.raises(VersionConflict, match=status):
        suspend_market(actor_id=mod.id, market_id=market.id, reason="Again")

    assert Market.objects.get(id=market.id).status == status


def test_a_market_that_is_stopped_with_its_event_says_so(mod: User) -> None:
    event = make_live_priced_event()
    market = selection_of(event, "1x2", "home").market
    suspend_event(actor_id=mod.id, event_id=event.pk, reason="No picture")
    before = Market.objects.get(id=market.id)

    with pytest.raises(VersionConflict, match="open itself: its event, its sport or all betting is stopped"):
        resume_market(actor_id=mod.id, market_id=market.id, reason="Let go")

    after = Market.objects.get(id=market.id)
    assert (after.status, after.shown_status, after.version) == ("active", "suspended", before.version)


def test_only_a_stopped_market_can_be_opened(mod: User) -> None:
    market = selection_of(make_live_priced_event(), "1x2", "home").market

    with pytest.raises(VersionConflict, match="active"):
        resume_market(actor_id=mod.id, market_id=market.id, reason="Why not")
    with pytest.raises(NotFound):
        suspend_market(actor_id=mod.id, market_id=new_id(), reason="Nothing there")
