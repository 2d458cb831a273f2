"""Pools over HTTP and on their topic: who sees what, and what a page hears."""

import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from betting.models import BettingPool
from betting.queries.pools import list_pool_keys, tally_pools
from betting.streams import POOL
from payments.queries.audit import list_ledger_faults
from project.kit.callers import ANONYMOUS
from project.kit.topics import Tally
from tests.betting.desk import available, fund, listening, make_priced_event, new_key, selection_of
from tests.betting.pools import held_by, make_pool, stake
from tests.people import caller_of

pytestmark = pytest.mark.django_db


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def post(client: Client, path: str, body: object, status: int) -> Any:
    response = client.post(
        path, json.dumps(body), content_type="application/json", headers={"Idempotency-Key": new_key()}
    )
    assert response.status_code == status, response.content
    return response.json()


def test_a_pool_is_opened_joined_and_staked_in(ada: User, ben: User) -> None:
    event = make_priced_event()
    home = selection_of(event, "1x2", "home")
    fund(ben)

    page = post(logged_in(ada), "/api/pools", {"name": "Derby day", "market_id": str(home.market_id)}, 201)
    path = f"/api/pools/{page['pool']['id']}"
    entry = post(logged_in(ben), f"{path}/entries", {"selection_id": str(home.id), "stake": "25.00"}, 201)
    read = logged_in(ben).get(path).json()

    assert page["creator"] == "ada"
    assert (entry["stake"], entry["status"], entry["payout"]) == ("25.00", "open", None)
    assert (read["pool"]["gross"], read["pool"]["entries"], read["pool"]["members"]) == ("25.00", 1, 2)
    assert (read["totals"][0]["stake"], read["totals"][0]["dividend"]) == ("25.00", "1.00")
    assert read["my_entries"] == [entry]
    assert "10 % takeout" in read["rules"][0]


def test_lists_show_public_pools_to_all_and_private_ones_to_members(ada: User, ben: User, client: Client) -> None:
    event = make_priced_event()
    public = make_pool(ada, event, name="Public pool")
    private = make_pool(ada, event, name="Private pool", is_private=True)

    def names(reader: Client, scope: str = "open") -> list[str]:
        return [pool["name"] for pool in reader.get(f"/api/pools?scope={scope}").json()["items"]]

    assert names(logged_in(ada)) == ["Private pool", "Public pool"]
    assert names(logged_in(ada), "mine") == ["Private pool", "Public pool"]
    assert names(logged_in(ben)) == names(client) == ["Public pool"]
    assert names(logged_in(ben), "mine") == []
    assert client.get("/api/pools?scope=mine").status_code == 401
    assert logged_in(ben).get(f"/api/pools/{private.id}").status_code == 404
    assert client.get(f"/api/pools/{public.id}").json()["join_code"] is None
    assert logged_in(ada).get(f"/api/pools/{private.id}").json()["join_code"] == private.join_code


@pytest.mark.parametrize("is_private", [False, True])
def test_the_four_people_at_a_pools_gates(
    ada: User, ben: User, cleo: User, mod: User, client: Client, is_private: bool
) -> None:
    event = make_priced_event()
    home = selection_of(event, "1x2", "home")
    pool = make_pool(ada, event, is_private=is_private)
    for person in (ada, ben, cleo, mod):
        fund(person)
    post(logged_in(ben), f"/api/pools/{pool.id}/join", {"join_code": pool.join_code}, 200)
    body = {"selection_id": str(home.id), "stake": "5.00"}
    stranger = 404 if is_private else 201

    answers = [
        logged_in(person).post(
            f"/api/pools/{pool.id}/entries",
            json.dumps(body),
            content_type="application/json",
            headers={"Idempotency-Key": new_key()},
        )
        for person in (ada, ben, cleo, mod)
    ]

    assert [answer.status_code for answer in answers] == [201, 201, stranger, stranger]
    assert post(client, f"/api/pools/{pool.id}/entries", body, 401)["code"] == "not_authenticated"
    seen = [POOL.may_subscribe(caller_of(person), {"pool_id": str(pool.id)}) for person in (ada, ben, cleo, mod)]
    assert seen == [True, True, not is_private, not is_private]
    assert POOL.may_subscribe(ANONYMOUS, {"pool_id": str(pool.id)}) is not is_private
    assert post(logged_in(ben), f"/api/pools/{pool.id}/cancel", {}, 403)["code"] == "forbidden"
    assert post(logged_in(ada), f"/api/pools/{pool.id}/cancel", {}, 409)["reason"] == "others_staked"


def test_calling_off_twice_is_once(ada: User) -> None:
    event = make_priced_event()
    funds = fund(ada)
    pool = make_pool(ada, event)
    stake(ada, pool, selection_of(event, "1x2", "home"), "5.00")
    assert available(ada) == funds - 500

    first, again = (post(logged_in(ada), f"/api/pools/{pool.id}/cancel", {}, 200) for _ in range(2))

    assert (first["pool"]["status"], again) == ("cancelled", first)
    assert (available(ada), held_by(pool), list_ledger_faults()) == (funds, 0, [])


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"stake": "5.00"}, 422, "validation_error"),
        ({"selection_id": "x", "stake": "5.00"}, 422, "validation_error"),
        ({"selection_id": "{home}", "stake": 5}, 422, "validation_error"),
        ({"selection_id": "{home}", "stake": "-5"}, 422, "validation_error"),
        ({"selection_id": "{home}", "stake": "0.50"}, 422, "stake_below_min"),
        ({"selection_id": "{other}", "stake": "5.00"}, 404, "not_found"),
    ],
)
def test_bad_stakes_get_the_error_contract_and_move_nothing(
    ada: User, body: dict[str, Any], status: int, code: str
) -> None:
    event = make_priced_event()
    fund(ada)
    pool = make_pool(ada, event)
    names = {
        "{home}": str(selection_of(event, "1x2", "home").id),
        "{other}": str(selection_of(event, "both_to_score", "yes").id),
    }

    answer = post(
        logged_in(ada), f"/api/pools/{pool.id}/entries", {k: names.get(v, v) for k, v in body.items()}, status
    )

    assert answer["code"] == code
    assert (available(ada), BettingPool.objects.get().gross_minor) == (100_000, 0)


@pytest.mark.django_db(transaction=True)
def test_a_stake_is_told_on_the_pools_topic_and_makes_the_next_image(ada: User) -> None:
    event = make_priced_event()
    fund(ada)
    pool = make_pool(ada, event)
    topic = POOL.name_for(pool_id=pool.id)
    before = {one.key: one.version for one in list_pool_keys(pool.id)}

    with listening(topic) as ear:
        stake(ada, pool, selection_of(event, "1x2", "draw"), "40.00")
        (message,) = ear.hear()

    image = list_pool_keys(pool.id)
    assert [[one.key, one.version, one.value] for one in image] == message["k"]
    assert all(one.version > before[one.key] for one in image)
    assert tally_pools([{"pool_id": str(pool.id)}]) == [Tally(4, sum(one.version for one in image))]


@pytest.mark.parametrize("closes_at", ["2026-11-29T15:00:00", "2026-11-29", 1_800_000_000, "0001-01-01T00:00:00Z"])
def test_a_pool_closes_at_an_instant_or_is_not_opened(ada: User, closes_at: Any) -> None:
    market = selection_of(make_priced_event(), "1x2", "home").market
    body = {"name": "Saturday pool", "market_id": str(market.id), "closes_at": closes_at}

    assert post(logged_in(ada), "/api/pools", body, 422)["code"] == "validation_error"

    assert BettingPool.objects.count() == 0
