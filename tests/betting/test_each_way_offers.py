"""Who may still bet each way: before the start, in a field that is large enough for the places; what stands, stands."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.test import TestCase

from accounts.models import User
from betting.actions.held_prices import hold_price, release_price
from betting.actions.quote_slip import quote_slip
from betting.actions.reprice_event import reprice_event
from betting.actions.set_results import Order, set_results
from betting.actions.settle_event import settle_event
from betting.core.each_way import place_margin
from betting.core.grading.grade import VOID
from betting.models import BetSlip, Selection
from betting.queries.acceptance import Wanted, read_facts
from betting.queries.markets import get_markets_reply
from project.kit import clock
from project.kit.errors import ValidationFailed
from sports.actions import confirm_result, record_incident, resume_betting
from sports.models import Event
from tests.betting.desk import bet, command_for, everything, fund, listening, prices_topic, selection_of
from tests.sports.other_events import make_outright, started

pytestmark = pytest.mark.django_db

REFUSED = ("/legs/0", "each_way_not_offered")
TERMS = {"places": 3, "fraction": "1/5"}


@pytest.fixture
def race() -> Event:
    """Eight equal riders, three places: the odds of six leave a margin on them, those of five do not."""
    event = make_outright(8, is_even=True)
    reprice_event(event_id=event.pk)
    return event


def withdraw(event: Event, *numbers: int) -> None:
    for number in numbers:
        record_incident(event_id=event.pk, incident_type="withdrawal", number=number, minute=0)
    reprice_event(event_id=event.pk)
    resume_betting(event_id=event.pk)
    reprice_event(event_id=event.pk)


def shown_terms(event: Event) -> Any:
    [market] = [one for one in get_markets_reply(event.pk).markets if one.key == "outright_winner"]
    return market.each_way.model_dump() if market.each_way else None


def keys_told_of(event: Event, act: Callable[[], object]) -> list[tuple[str, int, Any]]:
    """What the topic of its prices hears of it: keys, versions and values."""
    with listening(prices_topic(event.pk)) as ear:
        with TestCase.captureOnCommitCallbacks(execute=True):
            act()
        return [tuple(keyed) for message in ear.hear() for keyed in message["k"]]


def told_of(event: Event, act: Callable[[], object]) -> dict[str, Any]:
    """The same, by key."""
    return {key: value for key, _, value in keys_told_of(event, act)}


def told_terms(event: Event, act: Callable[[], object]) -> list[tuple[int, Any]]:
    """The versions and each-way terms that the topic hears of the market of the winner."""
    told = keys_told_of(event, act)
    key = f"m:{selection_of(event, 'outright_winner', 'p1').market_id}"
    return [(version, value["each_way"]) for one, version, value in told if one == key]


def refusal_of(act: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(ValidationFailed) as refused:
        act()
    errors: Any = refused.value.extra["errors"]
    return errors[0]["pointer"], errors[0]["code"]


def test_a_field_that_lost_too_many_takes_no_more_each_way_bets(race: Event, ada: User) -> None:
    fund(ada)
    bet(ada, selection_of(race, "outright_winner", "p2"), is_each_way=True)
    assert shown_terms(race) == TERMS

    told = told_of(race, lambda: withdraw(race, 6, 7, 8))

    favourite = selection_of(race, "outright_winner", "p1")
    before = everything(ada)
    assert refusal_of(lambda: bet(ada, favourite, is_each_way=True)) == REFUSED
    quote = quote_slip(user_id=ada.id, command=command_for(favourite, is_each_way=True))
    assert quote.rejection is not None and quote.rejection.detail["errors"][0]["code"] == "each_way_not_offered"
    assert everything(ada) == before
    assert shown_terms(race) is told[f"m:{favourite.market_id}"]["each_way"] is None
    assert bet(ada, favourite).status == "accepted"


def test_a_market_that_opens_says_once_what_places_it_pays() -> None:
    """Clients keep the first of two values of one version: a page that is open then has no other."""
    event = make_outright(8, is_even=True)

    assert told_terms(event, lambda: reprice_event(event_id=event.pk)) == [(1, TERMS)]


def test_a_version_of_a_market_has_one_value_in_play_too(race: Event, mod: User) -> None:
    """Seven at 7.00 and one at 100.00 leave 7.7 %, six and two leave nothing."""
    started(race)
    reprice_event(event_id=race.pk)
    long, longer = (selection_of(race, "outright_winner", outcome).id for outcome in ("p7", "p8"))

    def hold(selection_id: UUID) -> list[tuple[int, Any]]:
        return told_terms(
            race, lambda: hold_price(actor_id=mod.id, selection_id=selection_id, odds_milli=100_000, reason="No news")
        )

    assert hold(long) == []
    version = version_of(race)
    assert hold(longer) == [(version + 1, None)]
    assert shown_terms(race) is None
    released = told_terms(race, lambda: release_price(actor_id=mod.id, selection_id=longer, reason="It leads"))
    assert released == [(version + 2, TERMS)]
    market = selection_of(race, "outright_winner", "p1").market
    assert (market.version, version_of(race), shown_terms(race)) == (version + 2, version + 2, TERMS)


def version_of(event: Event) -> int:
    return get_markets_reply(event.pk).version


def test_a_field_that_is_still_large_enough_goes_on(race: Event, ada: User) -> None:
    fund(ada)
    withdraw(race, 7, 8)

    assert shown_terms(race) == TERMS
    assert bet(ada, selection_of(race, "outright_winner", "p1"), is_each_way=True).status == "accepted"


def test_runners_that_the_desk_has_voided_are_none_of_the_field(race: Event) -> None:
    gone = [selection_of(race, "outright_winner", outcome) for outcome in ("p6", "p7", "p8")]
    grades = {selection.id: VOID for selection in gone}
    order = Order("Do not start", clock.now())

    told = told_of(race, lambda: set_results(market_id=gone[0].market_id, grades=grades, order=order))

    assert told[f"m:{gone[0].market_id}"]["each_way"] is shown_terms(race) is None


def test_the_database_finds_the_margin_that_the_core_does(race: Event, ada: User) -> None:
    withdraw(race, 3)
    favourite = selection_of(race, "outright_winner", "p1")
    Selection.objects.filter(id=favourite.id).update(odds_milli=1_270)
    odds = list(Selection.objects.filter(market_id=favourite.market_id).values_list("odds_milli", flat=True))

    wanted = Wanted([str(favourite.id)], [str(ada.id)], ["PLY"], ["key"], [])
    market = read_facts(wanted, now=clock.now, is_locking=False).selections[str(favourite.id)].market.facts

    assert odds.count(None) == 1
    assert market.each_way is not None
    assert market.place_margin == pytest.approx(place_margin(odds, market.each_way), abs=1e-12)


def test_nobody_bets_on_places_once_the_race_is_on(race: Event, ada: User) -> None:
    """Near the end, who is third for certain stands at long odds to win: a quarter of them would be a gift."""
    fund(ada)
    started(race)
    reprice_event(event_id=race.pk)
    favourite = selection_of(race, "outright_winner", "p1")
    before = everything(ada)

    assert refusal_of(lambda: bet(ada, favourite, is_each_way=True)) == REFUSED

    assert everything(ada) == before
    assert bet(ada, favourite).status == "accepted"


def test_a_bet_keeps_the_places_it_was_made_with(race: Event, ada: User) -> None:
    fund(ada)
    third = bet(ada, selection_of(race, "outright_winner", "p3"), is_each_way=True)
    withdraw(race, 6, 7, 8)
    started(race)
    record_incident(event_id=race.pk, incident_type="finish", minute=0, places=(1, 2, 3, 4, 5, 0, 0, 0))
    confirm_result(event_id=race.pk)

    settle_event(event_id=race.pk)

    slip = BetSlip.objects.get(id=third.id)
    assert (third.odds, slip.status, slip.payout_minor) == ("7.00", "won", 1_100)  # 5.00 at 1 + 6.00 / 5
