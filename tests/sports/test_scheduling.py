"""Scheduling events and the outside odds that come with them."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from pytest_django.fixtures import DjangoAssertNumQueries

from project.kit import clock
from project.kit.errors import NotFound, ValidationFailed
from project.kit.models import RecordedEvent
from sports.access import get_event
from sports.actions import record_odds, reschedule_event, schedule_event
from sports.core.market_keys import InvalidMarketKey
from sports.errors import EventAlreadyStarted
from sports.models import BettingOdds, BettingOddsChange, Event, EventParticipant
from sports.queries.odds import get_prematch_odds, get_prematch_odds_of
from tests.sports.matches import ODDS, make_event, make_live_event
from tests.sports.other_events import make_tennis

pytestmark = pytest.mark.django_db


def test_event_comes_with_sides_state_and_prices() -> None:
    event = make_event()

    assert str(get_event(event.pk)) == "Aldrowmere Rovers v Cindlewick City"
    assert (event.status, event.live_state.version, event.live_state.phase) == ("scheduled", 1, "scheduled")
    assert sorted(event.participants.values_list("side", "team__short_name")) == [("away", "CIN"), ("home", "ALD")]
    assert get_prematch_odds(event.pk) == ODDS
    assert RecordedEvent.objects.filter(type="sports.event_scheduled").count() == 1


def test_unknown_team_or_competition_makes_no_event() -> None:
    event = make_event()
    known = event.teams.get(name="Aldrowmere Rovers").pk

    with pytest.raises(NotFound):
        schedule_event(
            competition_id=event.competition_id, home_team_id=known, away_team_id=uuid4(), start_time=clock.now()
        )
    with pytest.raises(NotFound):
        schedule_event(
            competition_id=event.competition_id, home_team_id=known, away_team_id=known, start_time=clock.now()
        )

    assert Event.objects.count() == 1


def test_price_of_no_market_makes_no_event() -> None:
    with pytest.raises(InvalidMarketKey):
        make_event(odds={"1x2": {"over": 2000}})

    assert Event.objects.count() == 0


def test_start_moves_until_kick_off() -> None:
    at = datetime(2030, 1, 1, 15, tzinfo=UTC)
    event = make_event(start_time=at)

    reschedule_event(event_id=event.pk, start_time=at + timedelta(hours=1))
    reschedule_event(event_id=event.pk, start_time=at + timedelta(hours=1))

    assert get_event(event.pk).start_time == at + timedelta(hours=1)
    assert RecordedEvent.objects.filter(type="sports.event_rescheduled").count() == 1
    live = make_live_event(start_time=at)
    with pytest.raises(EventAlreadyStarted):
        reschedule_event(event_id=live.pk, start_time=at + timedelta(hours=1))
    assert get_event(live.pk).start_time == at


def test_moved_prices_are_kept_twice_and_unmoved_ones_once() -> None:
    event = make_event()

    moved = record_odds(event_id=event.pk, source="prematch", odds={"1x2": {"home": 2000, "draw": 3400}})

    assert moved == 1
    assert get_prematch_odds(event.pk)["1x2"] == {"home": 2000, "draw": 3400, "away": 3600}
    assert BettingOdds.objects.count() == 5
    assert list(
        BettingOddsChange.objects.filter(outcome="home").order_by("id").values_list("value_milli", flat=True)
    ) == [2100, 2000]


def test_prices_of_many_events_are_one_statement(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    events = [make_event(), make_event(), make_event(odds={})]

    with django_assert_num_queries(1):
        odds = get_prematch_odds_of(event.pk for event in events)

    assert odds == {events[0].pk: ODDS, events[1].pk: ODDS}


def test_a_participant_is_a_team_or_a_player() -> None:
    event = make_event()

    with pytest.raises(IntegrityError), transaction.atomic():
        EventParticipant.objects.filter(event=event, side="home").update(team=None)


@pytest.mark.parametrize("best_of", [1, 2, 4, 7])
def test_tennis_over_another_number_of_sets_is_not_scheduled(best_of: int) -> None:
    with pytest.raises(ValidationFailed):
        make_tennis(best_of=best_of)

    assert Event.objects.count() == 0
    assert make_tennis(best_of=5).live_state.details["best_of"] == 5
