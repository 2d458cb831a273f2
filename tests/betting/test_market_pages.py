"""What is published about markets beside their prices: rules, limits, what others pay, and how prices moved."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.test import Client

from betting.actions.fold_exposure import fold_exposure
from betting.actions.reprice_event import reprice_event
from betting.core.catalogue import KINDS
from betting.models import ExposureDelta, Selection
from betting.queries.acceptance import published_delay_ms
from sports.actions.odds import record_odds
from tests.betting.desk import goal, make_live_priced_event, make_priced_event, selection_of, tick

pytestmark = pytest.mark.django_db


def get(client: Client, path: str, status: int = 200) -> Any:
    response = client.get(path)
    assert response.status_code == status, response.content
    return response.json()


def test_every_kind_publishes_its_rules_limits_and_delay(client: Client) -> None:
    reply = get(client, "/api/market-rules")

    kinds = {kind["id"]: kind for kind in reply["kinds"]}
    assert set(kinds) == {f"{sport}/{name}" for sport, of_sport in KINDS.items() for name in of_sport}
    result = kinds["football/1x2"]
    assert result["rules"][0] == "Who is ahead at full time, or a draw."
    assert result["limits"] == [
        {
            "currency": "PLY",
            "min_stake": "0.10",
            "max_stake": "500.00",
            "max_payout": "50000.00",
            "max_liability": "200000.00",
        }
    ]
    assert kinds["football/correct_score"]["limits"][0]["max_stake"] == "100.00"
    assert (kinds["tennis/match_winner"]["name"], kinds["basketball/match_winner"]["name"]) == (
        "Match winner",
        "Winner",
    )
    assert kinds["tennis/match_winner"]["rules"] != kinds["basketball/match_winner"]["rules"]
    assert reply["each_way"] == [
        {"runners_min": 5, "places": 2, "fraction": "1/4"},
        {"runners_min": 8, "places": 3, "fraction": "1/5"},
        {"runners_min": 12, "places": 3, "fraction": "1/4"},
        {"runners_min": 16, "places": 4, "fraction": "1/4"},
    ]


def test_every_kind_says_what_becomes_of_bets_when_an_event_is_put_off() -> None:
    for kind in (kind for kinds in KINDS.values() for kind in kinds.values()):
        assert sum("put off" in rule for rule in kind.rules) == 1, kind.name
        assert any("void" in rule for rule in kind.rules), kind.name


def test_rules_of_one_sport_and_of_none(client: Client) -> None:
    assert {kind["sport"] for kind in get(client, "/api/market-rules?sport=tennis")["kinds"]} == {"tennis"}
    assert get(client, "/api/market-rules?sport=chess")["kinds"] == []
    get(client, "/api/market-rules?sport=DROP%20TABLE", 422)


def test_every_market_names_its_rules(client: Client) -> None:
    event = make_priced_event()

    markets = get(client, f"/api/events/{event.pk}/markets")["markets"]

    known = {kind["id"] for kind in get(client, "/api/market-rules")["kinds"]}
    assert {market["rules"] for market in markets} <= known
    assert {market["each_way"] for market in markets} == {None}


def test_outside_odds_stand_beside_ours_with_the_best_marked(client: Client) -> None:
    event = make_priced_event()
    record_odds(event_id=event.pk, source="northbook", odds={"1x2": {"home": 9000, "draw": 1010, "away": 3000}})
    record_odds(event_id=event.pk, source="southbook", odds={"1x2": {"home": 9000}})

    reply = get(client, f"/api/events/{event.pk}/outside-odds")

    result, *others = reply["markets"]
    assert (result["key"], result["name"]) == ("1x2", "Full-time result")
    assert [market["key"] for market in others] == ["over_under;total=2.5"]
    home, draw, _ = result["outcomes"]
    ours = selection_of(event, "1x2", "home")
    assert (home["outcome"], home["name"], home["selection_id"]) == ("home", "Aldrowmere Rovers", str(ours.id))
    assert [(price["source"], price["odds"], price["is_best"]) for price in home["prices"]] == [
        ("northbook", "9.00", True),
        ("southbook", "9.00", True),
        ("prematch", "2.10", False),
    ]
    assert home["is_ours_best"] is False
    assert all(0 <= price["age_s"] <= 60 for price in home["prices"])
    assert draw["prices"][-1] == draw["prices"][-1] | {"source": "northbook", "is_best": False}


def test_ours_can_be_the_best(client: Client) -> None:
    event = make_priced_event(odds={"1x2": {"home": 2100, "draw": 3400, "away": 3600}})
    record_odds(event_id=event.pk, source="prematch", odds={"1x2": {"home": 1010}})

    home = get(client, f"/api/events/{event.pk}/outside-odds")["markets"][0]["outcomes"][0]

    assert (home["is_ours_best"], home["prices"][0]["is_best"]) == (True, False)


def test_in_play_a_price_of_before_the_start_is_not_the_best(client: Client) -> None:
    event = make_live_priced_event()
    record_odds(event_id=event.pk, source="prematch", odds={"1x2": {"home": 90_000}})
    record_odds(event_id=event.pk, source="northbook", odds={"1x2": {"home": 80_000}})

    home = get(client, f"/api/events/{event.pk}/outside-odds")["markets"][0]["outcomes"][0]

    assert home["is_ours_best"] is False
    assert [(price["source"], price["is_best"]) for price in home["prices"]] == [
        ("prematch", False),
        ("northbook", True),
    ]


def test_an_event_nobody_else_prices_and_one_that_does_not_exist(client: Client) -> None:
    event = make_priced_event(odds={})

    assert get(client, f"/api/events/{event.pk}/outside-odds")["markets"] == []
    get(client, f"/api/events/{uuid4()}/outside-odds", 404)
    get(client, f"/api/events/{uuid4()}/price-charts", 404)


def test_charts_of_all_charted_markets_show_first_and_current_price(client: Client) -> None:
    event = make_live_priced_event()
    before = selection_of(event, "1x2", "home")
    tick(event, 30)
    goal(event, "home", 31)

    charts = {chart["key"]: chart for chart in get(client, f"/api/events/{event.pk}/price-charts")["charts"]}

    charted = {name for name, kind in KINDS["football"].items() if kind.is_charted}
    assert {key.partition(";")[0] for key in charts} == charted
    home = charts["1x2"]["selections"][0]
    now = selection_of(event, "1x2", "home")
    assert before.initial_odds_milli is not None and now.odds_milli is not None
    assert home["initial_odds"] == f"{before.initial_odds_milli / 1000:.2f}"
    assert home["odds"] == f"{now.odds_milli / 1000:.2f}"
    points = [point for point in charts["1x2"]["points"] if point["selection_id"] == str(now.id)]
    assert points[0]["odds"] == home["initial_odds"]
    assert points[-1]["odds"] == home["odds"]
    assert [point["minute"] for point in points] == sorted(point["minute"] for point in points)


def test_stakes_press_on_the_price_a_step_with_every_repricing() -> None:
    event = make_priced_event()
    home = selection_of(event, "1x2", "home")
    assert home.odds_milli is not None
    ExposureDelta.objects.create(
        market_id=home.market_id, selection=home, currency="PLY", stake_minor=10_000_000, payout_minor=25_000_000
    )
    fold_exposure()

    odds = []
    for _ in range(3):
        reprice_event(event_id=event.pk)
        odds.append(Selection.objects.get(id=home.id).odds_milli or 0)

    assert home.odds_milli > odds[0] > odds[1] > odds[2]
    assert Selection.objects.get(id=home.id).pressure == pytest.approx(0.03)
    other = selection_of(event, "over_under;total=2.5", "over")
    assert other.pressure == 0.0


def test_the_page_of_markets_is_the_catalogue_s() -> None:
    call_command("document_markets", check=True)


@pytest.mark.parametrize(
    ("is_delayed", "match_s", "goal_ms", "game_ms"),
    [(True, 105 * 60, 8_000, 6_000), (True, 21 * 60, 1_600, 1_200), (True, 86_400, 8_000, 6_000), (False, 360, 0, 0)],
)
def test_the_delay_published_is_the_one_that_bets_wait(
    client: Client, settings: Any, is_delayed: bool, match_s: int, goal_ms: int, game_ms: int
) -> None:
    settings.BET_DELAY, settings.MATCH_SECONDS = is_delayed, match_s

    delays = {kind["id"]: kind["delay_ms"] for kind in get(client, "/api/market-rules")["kinds"]}

    assert (delays["football/next_goal"], delays["tennis/game_winner"]) == (goal_ms, game_ms)
    assert published_delay_ms("football", "next_goal") == goal_ms
    assert published_delay_ms("tennis", "game_winner") == game_ms
