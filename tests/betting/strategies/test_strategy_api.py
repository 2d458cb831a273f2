"""Strategies over HTTP: who may see and change them, versions that stay, rankings, errors as problems."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import User
from betting.models import BettingStrategy, BettingStrategyVersion, PaperRun
from tests.betting.desk import new_key
from tests.betting.strategies.desk import make_strategy
from tests.betting.strategies.feeds import rules_document
from tests.people import make_person

pytestmark = pytest.mark.django_db


def client_of(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def call(user: User | None, method: str, path: str, body: object = None, *, status: int, key: str | None = "") -> Any:
    headers = {} if key is None else {"Idempotency-Key": key or new_key()}
    data = None if body is None else json.dumps(body)
    response = client_of(user).generic(
        method, f"/api{path}", data or b"", content_type="application/json", headers=headers
    )
    assert response.status_code == status, response.content
    return response.json() if response.content else None


def new_strategy(**changes: Any) -> dict[str, Any]:
    return {"name": "Plan", "rules": rules_document()} | changes


def test_a_strategy_is_made_once_for_each_key(ada: User) -> None:
    key = new_key()

    made = call(ada, "POST", "/strategies", new_strategy(), status=201, key=key)
    again = call(ada, "POST", "/strategies", new_strategy(), status=201, key=key)

    assert again == made
    assert (made["name"], made["visibility"], made["version"], made["is_mine"]) == ("Plan", "private", 1, True)
    assert made["rules"]["staking"] == {"plan": "flat", "amount": "10.00"}
    assert (made["rank"], made["rating"], made["is_on_paper"]) == (None, {"average": None, "count": 0}, False)
    assert BettingStrategy.objects.count() == 1
    problem = call(ada, "POST", "/strategies", new_strategy(name="Other"), status=422, key=key)
    assert problem["code"] == "idempotency_key_reused"
    assert BettingStrategy.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (new_strategy(name=""), "/name"),
        (new_strategy(name="a\x00b"), None),
        (new_strategy(rules={"version": 1}), "/rules/bank"),
        (new_strategy(rules=rules_document(when={"kind": "compare"})), "/rules/when/compare/fact"),
        (new_strategy(surprise=1), "/surprise"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_made(ada: User, body: Any, pointer: str | None) -> None:
    problem = call(ada, "POST", "/strategies", body, status=400 if pointer is None else 422)

    if pointer is not None:
        assert pointer in [error["pointer"] for error in problem["errors"]]
    assert BettingStrategy.objects.count() == 0


def test_names_are_once_for_each_owner(ada: User, ben: User) -> None:
    call(ada, "POST", "/strategies", new_strategy(), status=201)
    call(ben, "POST", "/strategies", new_strategy(), status=201)

    problem = call(ada, "POST", "/strategies", new_strategy(), status=409)

    assert problem["code"] == "already_exists"
    assert BettingStrategy.objects.filter(owner=ada).count() == 1


def paths(strategy: BettingStrategy) -> dict[str, tuple[str, str, Any]]:
    """Every door of one strategy: method, path, body."""
    base = f"/strategies/{strategy.id}"
    return {
        "read": ("GET", base, None),
        "versions": ("GET", f"{base}/versions", None),
        "evaluations": ("GET", f"{base}/evaluations", None),
        "paper": ("GET", f"{base}/paper", None),
        "bets": ("GET", f"{base}/paper/bets", None),
        "rename": ("PATCH", base, {"name": "New"}),
        "rules": ("POST", f"{base}/versions", {"rules": rules_document(bank="50.00")}),
        "evaluate": ("POST", f"{base}/evaluations", {"kind": "seasons"}),
        "switch": ("PUT", f"{base}/paper", {"is_on": True}),
        "archive": ("DELETE", base, None),
    }


READS = ("read", "versions", "evaluations", "paper", "bets")
WRITES = {"rename": 200, "rules": 201, "evaluate": 202, "switch": 200, "archive": 204}


def test_a_private_strategy_is_its_owners_alone(ada: User, ben: User, cleo: User, mod: User) -> None:
    strategy = make_strategy(ada)
    doors = paths(strategy)

    for other in (ben, cleo, mod, make_person("boss", "ADMIN")):
        for method, path, body in doors.values():
            assert call(other, method, path, body, status=404)["code"] == "not_found"
    for name in READS:
        assert call(None, *doors[name], status=404)["code"] == "not_found"
    for name in WRITES:
        assert call(None, *doors[name], status=401)["code"] == "not_authenticated"
    untouched = BettingStrategy.objects.get()
    assert (untouched.name, untouched.is_archived, untouched.versions.count()) == ("Plan", False, 1)
    assert PaperRun.objects.count() == 0
    for name in READS:
        call(ada, *doors[name], status=200)
    for name, status in WRITES.items():
        call(ada, *doors[name], status=status)


def test_a_public_strategy_is_read_by_everybody_and_changed_by_its_owner(
    ada: User, ben: User, cleo: User, mod: User
) -> None:
    strategy = make_strategy(ada, visibility="public")
    doors = paths(strategy)

    for other in (ben, cleo, mod, None):
        for name in READS:
            call(other, *doors[name], status=200)
        for name in WRITES:
            call(other, *doors[name], status=404 if other else 401)
    assert BettingStrategy.objects.get().name == "Plan"


def test_publishing_and_archiving_move_it_between_lists(ada: User, ben: User) -> None:
    strategy = make_strategy(ada)

    def seen(user: User | None, query: str = "") -> list[str]:
        return [row["name"] for row in call(user, "GET", f"/strategies{query}", status=200)["items"]]

    assert (seen(ben), seen(ada), seen(ada, "?scope=mine")) == ([], [], ["Plan"])
    call(ada, "PATCH", f"/strategies/{strategy.id}", {"visibility": "public", "description": "Why"}, status=200)
    assert (seen(None), seen(ben, "?owner=ADA"), seen(ben, "?scope=mine")) == (["Plan"], ["Plan"], [])
    call(ada, "PUT", f"/strategies/{strategy.id}/paper", {"is_on": True}, status=200)
    call(ada, "DELETE", f"/strategies/{strategy.id}", status=204)
    assert (seen(None), seen(ada, "?scope=mine")) == ([], [])
    call(ada, "GET", f"/strategies/{strategy.id}", status=404)
    assert PaperRun.objects.get().stopped_at is not None
    call(None, "GET", "/strategies?scope=mine", status=401)


def test_versions_stay_and_the_rank_goes_with_the_rules(ada: User) -> None:
    strategy = make_strategy(ada, visibility="public")
    BettingStrategy.objects.update(rank_basis="seasons", rank_bets=40, rank_roi=1, rank_roi_low=1)
    path = f"/strategies/{strategy.id}/versions"

    same = call(ada, "POST", path, {"rules": rules_document()}, status=201)
    assert same["version"] == 1
    assert BettingStrategy.objects.get().rank_bets == 40
    second = call(ada, "POST", path, {"rules": rules_document(bank="50.00")}, status=201)

    assert second["version"] == 2
    page = call(None, "GET", path, status=200)["items"]
    assert [(row["version"], row["rules"]["bank"]) for row in page] == [(2, "50.00"), (1, "100.00")]
    assert call(None, "GET", f"/strategies/{strategy.id}", status=200)["rules"]["bank"] == "50.00"
    assert (BettingStrategy.objects.get().rank_bets, BettingStrategy.objects.get().rank_roi) == (0, None)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        BettingStrategyVersion.objects.update(rules={})


def test_rankings_hold_what_can_be_ranked(ada: User) -> None:
    for name, low in (("best", 20_000), ("worse", -50_000), ("untried", None)):
        strategy = make_strategy(ada, name, "public")
        if low is not None:
            BettingStrategy.objects.filter(id=strategy.id).update(
                rank_basis="seasons", rank_bets=100, rank_roi=low + 1, rank_roi_low=low, rank_closing_line=-low
            )

    def names(query: str) -> list[str]:
        return [row["name"] for row in call(None, "GET", f"/strategies?{query}", status=200)["items"]]

    assert names("sort=return") == ["best", "worse"]
    assert names("sort=closing_line") == ["worse", "best"]
    assert names("sort=rating") == []
    assert names("sort=newest") == ["untried", "worse", "best"]
    assert names("sort=return&min_bets=101") == []
    first = call(None, "GET", "/strategies?sort=return&limit=1", status=200)
    after = call(None, "GET", f"/strategies?sort=return&limit=1&cursor={first['next_cursor']}", status=200)
    assert [row["name"] for row in first["items"] + after["items"]] == ["best", "worse"]
    rank = first["items"][0]["rank"]
    assert rank == {"basis": "seasons", "bets": 100, "roi": 0.020001, "roi_low": 0.02, "closing_line_value": -0.02}


@pytest.mark.parametrize("query", ["sort=worst", "limit=0", "min_bets=-1", "scope=all"])
def test_unknown_wishes_are_refused(query: str) -> None:
    assert call(None, "GET", f"/strategies?{query}", status=422)["code"] == "validation_error"


def test_the_language_explains_itself(ada: User) -> None:
    language = call(None, "GET", "/strategies/language", status=200)

    assert language["version"] == 1
    assert {"name": "edge", "kind": "ratio"}.items() <= language["facts"][16].items()
    assert language["rules_schema"]["title"] == "Rules"
    for example in language["examples"]:
        checked = call(ada, "POST", "/strategies/check", {"rules": example}, status=200, key=None)
        assert checked["rules"] == example
    call(None, "POST", "/strategies/check", {"rules": {}}, status=422, key=None)
    assert BettingStrategy.objects.count() == 0


def test_unknown_strategies_are_not_found(ada: User) -> None:
    call(ada, "GET", f"/strategies/{uuid4()}", status=404)
    call(ada, "GET", "/strategies/nonsense", status=404)
