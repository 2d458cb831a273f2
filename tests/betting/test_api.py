"""Betting over HTTP: public prices, one's own slips, and errors as problems."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import User
from betting.actions.settle_event import settle_event
from project.kit.money import format_milli
from sports.models import Event
from tests.betting.desk import available, bet, fund, goal, make_live_priced_event, new_key, selection_of, tick
from tests.sports.matches import AWAY, HOME, end_match

pytestmark = pytest.mark.django_db


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def get(client: Client, path: str, status: int = 200) -> Any:
    response = client.get(path)
    assert response.status_code == status, response.content
    return response.json()


def post_slip(client: Client, body: object, *, key: str | None = "", status: int = 201) -> Any:
    headers = {} if key is None else {"Idempotency-Key": key or new_key()}
    response = client.post("/api/slips", json.dumps(body), content_type="application/json", headers=headers)
    assert response.status_code == status, response.content
    return response.json()


def body_for(event: Event, stake: str = "10.00") -> dict[str, Any]:
    home = selection_of(event, "1x2", "home")
    assert home.odds_milli is not None
    leg = {"selection_id": str(home.id), "odds": format_milli(home.odds_milli)}
    return {"stake": stake, "currency": "PLY", "price_policy": "none", "legs": [leg]}


def test_everyone_reads_the_markets_of_an_event(client: Client) -> None:
    event = make_live_priced_event()

    reply = get(client, f"/api/events/{event.pk}/markets")

    assert (reply["event_id"], reply["version"]) == (str(event.pk), 1)
    result = reply["markets"][0]
    assert (result["key"], result["type"], result["name"], result["group"], result["status"]) == (
        "1x2",
        "1x2",
        "Full-time result",
        "main",
        "active",
    )
    home = result["selections"][0]
    stored = selection_of(event, "1x2", "home")
    assert stored.odds_milli is not None and stored.initial_odds_milli is not None
    assert home == {
        "id": str(stored.id),
        "outcome": "home",
        "name": "Aldrowmere Rovers",
        "odds": format_milli(stored.odds_milli),
        "initial_odds": format_milli(stored.initial_odds_milli),
        "result": None,
    }
    line = next(market for market in reply["markets"] if market["key"] == "over_under;total=2.5")
    assert line["specifiers"] == {"total": "2.5"}


def test_words_are_read_in_any_case_and_pending_slips_are_the_open_ones(ada: User) -> None:
    fund(ada)
    event, client = make_live_priced_event(), logged_in(ada)
    body = body_for(event) | {"price_policy": "ANY", "bet_type": "Single", "stake_kind": "Total"}
    body["legs"][0]["price_policy"] = "Better"

    first = post_slip(client, body, key="once")
    lower = {name: value.lower() for name, value in body.items() if name not in ("legs", "currency")}
    again = post_slip(client, body | lower, key="once")

    assert (first["price_policy"], first["bet_type"], again) == ("any", "single", first)
    for status, found in (("Pending", 1), ("pending", 1), ("OPEN", 1), ("settled", 0)):
        assert len(get(client, f"/api/slips?status={status}")["items"]) == found
    end_match(event)
    settle_event(event_id=event.pk)
    assert get(client, "/api/slips?status=Pending")["items"] == []
    assert get(client, "/api/pools?scope=Open")["items"] == []
    assert get(client, "/api/slips?status=surprise", 422)["code"] == "validation_error"


@pytest.mark.parametrize(
    ("odds", "status"),
    [
        *((odds, 422) for odds in ("1", "1.0", "1.00", "1.000", "0.99", "01.50", "1000000")),
        *((odds, 201) for odds in ("1.001", "1.01", "1.1", "1.100", "2", "10", "999999.999")),
    ],
)
def test_a_price_that_was_seen_is_above_one(ada: User, odds: str, status: int) -> None:
    funds = fund(ada)
    body = body_for(make_live_priced_event()) | {"price_policy": "any"}
    body["legs"][0]["odds"] = odds

    answer = post_slip(logged_in(ada), body, status=status)

    assert available(ada) == funds - (1_000 if status == 201 else 0)
    if status == 422:
        assert (answer["code"], answer["errors"][0]["pointer"]) == ("validation_error", "/legs/0/odds")


def test_an_event_that_does_not_exist(client: Client) -> None:
    for path in ("markets", "dynamic-odds", f"price-history?market_id={uuid4()}"):
        assert get(client, f"/api/events/{uuid4()}/{path}", 404)["code"] == "not_found"
    assert get(client, "/api/events/nonsense/markets", 404)["code"] == "not_found"


def test_the_lobby_has_three_prices_for_each_open_event(client: Client) -> None:
    event = make_live_priced_event()

    [price] = get(client, "/api/prices/lobby")["prices"]

    assert price["event_id"] == str(event.pk)
    assert [one["outcome"] for one in price["selections"]] == ["home", "draw", "away"]


def test_price_history_is_that_of_one_market(client: Client) -> None:
    event = make_live_priced_event()
    market_id = selection_of(event, "1x2", "home").market_id
    goal(event, "home", 12)
    other = make_live_priced_event(home=AWAY, away=HOME)

    points = get(client, f"/api/events/{event.pk}/price-history?market_id={market_id}")["points"]

    assert len(points) >= 6
    assert points[-1]["minute"] == 12
    assert set(points[0]) == {"at", "minute", "selection_id", "odds", "probability"}
    assert get(client, f"/api/events/{other.pk}/price-history?market_id={market_id}", 404)["code"] == "not_found"
    assert get(client, f"/api/events/{event.pk}/price-history", 422)["code"] == "validation_error"


def test_dynamic_odds_are_our_first_and_current_price(client: Client) -> None:
    event = make_live_priced_event()
    tick(event, 70)

    odds = {row["bet_type"]: row for row in get(client, f"/api/events/{event.pk}/dynamic-odds")}

    home = selection_of(event, "1x2", "home")
    assert home.odds_milli is not None and home.initial_odds_milli is not None
    assert odds["1x2:home"]["initial_odds"] == format_milli(home.initial_odds_milli)
    assert odds["1x2:home"]["current_odds"] == format_milli(home.odds_milli)


def test_placing_answers_201_and_a_replay_the_same(ada: User) -> None:
    fund(ada)
    client, event = logged_in(ada), make_live_priced_event()
    body = body_for(event)

    first = post_slip(client, body, key="once")
    second = post_slip(client, body, key="once")

    assert first == second
    assert (first["status"], first["stake"], first["bet_type"], first["payout"]) == (
        "accepted",
        "10.00",
        "single",
        None,
    )
    assert available(ada) == 99_000


def test_refusals_are_problems_with_their_fields(ada: User) -> None:
    fund(ada)
    client, event = logged_in(ada), make_live_priced_event()
    body = body_for(event)

    assert post_slip(client, body, key=None, status=400)["code"] == "idempotency_key_required"
    assert post_slip(client, body, key="k" * 256, status=400)["code"] == "idempotency_key_invalid"
    nothing = client.post("/api/slips/none/cash-out", {"quote_id": str(uuid4())}, content_type="application/json")
    assert (nothing.status_code, nothing.json()["code"]) == (404, "not_found")
    assert post_slip(Client(), body, status=401)["code"] == "not_authenticated"
    above = post_slip(client, body_for(event, "500.01"), status=422)
    assert (above["code"], above["max_stake"], above["reason"]) == ("stake_above_max", "500.00", "limit")
    goal(event, "home", 10)
    moved = post_slip(client, body, status=409)
    current = selection_of(event, "1x2", "home").odds_milli
    assert current is not None
    assert (moved["code"], moved["legs"]) == (
        "odds_changed",
        [{"selection_id": body["legs"][0]["selection_id"], "current": format_milli(current)}],
    )
    assert available(ada) == 100_000


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"stake": 10}, "/stake"),
        ({"stake": "1e3"}, "/stake"),
        ({"legs": []}, "/legs"),
        ({"legs": [{"selection_id": "x", "odds": "2.00"}]}, "/legs/0/selection_id"),
        ({"legs": [{"selection_id": str(uuid4()), "odds": 2.0}]}, "/legs/0/odds"),
        ({"price_policy": "worse"}, "/price_policy"),
        ({"is_each_way": 0}, "/is_each_way"),
        ({"is_each_way": "true"}, "/is_each_way"),
        ({"is_each_way": None}, "/is_each_way"),
        ({"legs": [{"selection_id": str(uuid4()), "odds": "2.00", "is_banker": 1}]}, "/legs/0/is_banker"),
        ({"line_sizes": ["1"]}, "/line_sizes/0"),
        ({"line_sizes": [1.0]}, "/line_sizes/0"),
        ({"bonus": True}, "/bonus"),
    ],
)
def test_fields_that_are_wrong_are_named(ada: User, change: dict[str, Any], pointer: str) -> None:
    fund(ada)
    body = {"stake": "1.00", "currency": "PLY", "legs": [{"selection_id": str(uuid4()), "odds": "2.00"}]} | change

    problem = post_slip(logged_in(ada), body, status=422)

    assert problem["code"] == "validation_error"
    assert [error["pointer"] for error in problem["errors"]] == [pointer]


def test_slips_are_their_owner_s_alone(ada: User, ben: User, cleo: User, mod: User) -> None:
    fund(ada)
    event = make_live_priced_event()
    slip = bet(ada, selection_of(event, "1x2", "home"))
    path = f"/api/slips/{slip.id}"

    assert get(logged_in(ada), path)["id"] == str(slip.id)
    for stranger in (ben, cleo, mod):
        assert get(logged_in(stranger), path, 404)["code"] == "not_found"
        assert get(logged_in(stranger), "/api/slips")["items"] == []
    assert get(Client(), path, 401)["code"] == "not_authenticated"
    assert get(Client(), "/api/slips", 401)["code"] == "not_authenticated"


def test_slips_by_status_and_page(ada: User) -> None:
    fund(ada)
    settled_event, open_event = make_live_priced_event(), make_live_priced_event(home=AWAY, away=HOME)
    settled = bet(ada, selection_of(settled_event, "1x2", "draw"))
    end_match(settled_event)
    settle_event(event_id=settled_event.pk)
    placed = [str(bet(ada, selection_of(open_event, "1x2", "home"), "0.10").id) for _ in range(27)]
    client = logged_in(ada)

    first = get(client, "/api/slips?status=open")
    second = get(client, f"/api/slips?status=open&cursor={first['next_cursor']}")

    assert [slip["id"] for slip in first["items"] + second["items"]] == placed[::-1]
    assert second["next_cursor"] is None
    [won] = get(client, "/api/slips?status=settled")["items"]
    assert (won["id"], won["status"], won["legs"][0]["result"]) == (str(settled.id), "won", "won")
    assert won["payout"] == settled.potential_win
    assert get(client, "/api/slips?status=odd", 422)["code"] == "validation_error"
    assert get(client, "/api/slips?cursor=odd", 400)["code"] == "bad_request"
