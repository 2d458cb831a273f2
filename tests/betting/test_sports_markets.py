"""Books of tennis, basketball and outright events: what opens, how it is called, and how it is graded at the end."""

import pytest

from accounts.models import User
from betting.actions.reprice_event import reprice_event
from betting.actions.settle_event import settle_event
from betting.core.grading import Grade, grade_market
from betting.models import BetSlip, Market, Selection
from betting.queries.markets import list_lobby_prices
from sports.actions import confirm_result, record_incident
from sports.actions.endings import give_up
from sports.models import Event
from sports.queries.results import get_final_result
from tests.betting.desk import bet, fund, selection_of
from tests.sports.other_events import make_basketball, make_outright, make_tennis, started

pytestmark = pytest.mark.django_db


def names_of(event: Event) -> dict[str, str]:
    return dict(Market.objects.filter(event_id=event.pk).order_by("sort").values_list("key", "name"))


def win_games(event: Event, side: str, games: int) -> None:
    for _ in range(games):
        record_incident(event_id=event.pk, incident_type="game", side=side, minute=0)  # type: ignore[arg-type]  # a side


def chances(event: Event, key: str) -> float:
    rows = Selection.objects.filter(market__event_id=event.pk, market__key=key).values_list("probability", flat=True)
    return sum(chance or 0.0 for chance in rows)


def test_a_tennis_match_opens_its_markets_around_what_is_expected() -> None:
    event = make_tennis()

    reprice_event(event_id=event.pk)

    names = names_of(event)
    assert names["match_winner"] == "Match winner"
    assert names["set_winner;set=1"] == "Set 1 winner"
    assert names["game_winner;game=1;set=1"] == "Set 1, game 1 winner"
    assert names["set_score"] == "Set score"
    assert [name for name in names.values() if name.startswith("Total games")]
    assert [name for name in names.values() if name.startswith("Game handicap")]
    assert selection_of(event, "set_score", "0-2").name == "Benna Brandvik 2-0"
    assert Market.objects.filter(event_id=event.pk).exclude(sport="tennis").count() == 0
    for key in names:
        assert chances(event, key) == pytest.approx(1.0, abs=1e-6), key


def test_games_and_sets_open_and_close_as_they_are_played() -> None:
    event = started(make_tennis())
    reprice_event(event_id=event.pk)

    win_games(event, "home", 6)
    reprice_event(event_id=event.pk)

    statuses = dict(Market.objects.filter(event_id=event.pk).values_list("key", "status"))
    assert statuses["set_winner;set=1"] == statuses["game_winner;game=1;set=1"] == "inactive"
    assert statuses["set_winner;set=2"] == statuses["match_winner"] == "active"


def test_a_retirement_pays_the_winner_of_the_match_and_returns_the_rest(ada: User) -> None:
    fund(ada)
    event = make_tennis()
    reprice_event(event_id=event.pk)
    away, total = selection_of(event, "match_winner", "away"), selection_of(event, "set_score", "2-0")
    won, void = bet(ada, away), bet(ada, total)
    started(event)
    win_games(event, "home", 6)

    give_up(event_id=event.pk, side="home")
    settle_event(event_id=event.pk)

    assert BetSlip.objects.get(id=won.id).status == "won"
    assert BetSlip.objects.get(id=void.id).status == "void"


def test_a_basketball_game_has_points_lines_and_quarters() -> None:
    event = make_basketball()

    reprice_event(event_id=event.pk)

    names = names_of(event)
    assert names["match_winner"] == "Winner"
    assert names["quarter_result;quarter=1"] == "Quarter 1 result"
    lines = [key for key in names if key.startswith("points_handicap")]
    assert len(lines) >= 3
    home = selection_of(event, lines[0], "home")
    assert home.name.startswith("Brundheim Comets ")
    for key in names:
        assert chances(event, key) == pytest.approx(1.0, abs=1e-6), key


def test_an_outright_event_has_a_winner_each_way_and_top_finishes() -> None:
    event = make_outright(8, is_even=True)

    reprice_event(event_id=event.pk)

    market = Market.objects.get(event_id=event.pk, key="outright_winner")
    assert (market.each_way_places, market.each_way_numerator, market.each_way_denominator) == (3, 1, 5)
    assert selection_of(event, "outright_winner", "p3").name == "Rider 3"
    assert chances(event, "outright_winner") == pytest.approx(1.0, abs=1e-6)
    assert names_of(event)["top_finish;places=3"] == "Top 3 finish"
    assert chances(event, "top_finish;places=3") == pytest.approx(3.0, abs=1e-6)
    for market_of in Market.objects.filter(event_id=event.pk).exclude(key="outright_winner"):
        assert market_of.each_way_places is None


def test_a_small_field_has_no_each_way() -> None:
    event = make_outright(4)

    reprice_event(event_id=event.pk)

    assert Market.objects.get(event_id=event.pk, key="outright_winner").each_way_places is None


def test_a_tie_for_a_paid_place_is_graded_as_a_dead_heat() -> None:
    event = started(make_outright(8, is_even=True))
    reprice_event(event_id=event.pk)

    record_incident(event_id=event.pk, incident_type="finish", minute=0, places=(1, 2, 3, 3, 5, 6, 7, 8))
    confirm_result(event_id=event.pk)
    facts = get_final_result(event.pk).facts
    market = Market.objects.get(event_id=event.pk, key="outright_winner")
    grades = grade_market("outright_winner", {}, ["p1", "p4"], facts, places=market.each_way_places or 0)

    assert grades["p1"] == Grade("won", place_result="won")
    assert grades["p4"] == Grade("lost", place_result="won", place_dead_heat_places=1, place_dead_heat_tied=2)
    top = grade_market("top_finish", {"places": "3"}, ["p3"], facts)
    assert top["p3"] == Grade("won", dead_heat_places=1, dead_heat_tied=2)


def test_the_lobby_shows_who_wins_in_every_sport() -> None:
    events = [make_tennis(), make_basketball(), make_outright(8)]
    for event in events:
        reprice_event(event_id=event.pk)

    shown = {price.event_id: price for price in list_lobby_prices()}

    assert [len(shown[event.pk].selections) for event in events] == [2, 2, 8]
    assert all(one.odds for event in events for one in shown[event.pk].selections[:2])
