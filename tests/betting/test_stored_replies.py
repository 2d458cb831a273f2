"""What a slip is answered, what is kept under its key and told to its person, and what one reads of it afterwards.

The first is written by hand for the hot path, the last is built from the rows: they are one document.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from betting.actions.free_bets import grant_free_bets
from betting.actions.judge_delayed import judge_due_slips
from betting.actions.place_slip import Placed, place_batch
from betting.actions.slip_requests import request_of
from betting.models import Market, Selection
from betting.schemas.slips import PlaceSlipCommand, SlipLegReply, SlipReply
from payments.queries.wallets import get_wallet, shape_wallet
from project.kit import clock
from project.kit.models import IdempotentReply, OutboxChange
from project.kit.money import format_milli
from project.kit.streams import note_listeners
from sports.models import Event
from tests.betting.desk import fund, make_live_priced_event, make_priced_event, new_key, selection_of

pytestmark = pytest.mark.django_db

AWKWARD = 'Ærø "B" \\ 1908\t\u2028 王'

# Name, legs, and what the command says beside them.
KINDS: list[tuple[str, int, dict[str, Any]]] = [
    ("single", 1, {}),
    ("single each-way", 1, {"is_each_way": True, "stake": "3.33"}),
    ("single at any price", 1, {"price_policy": "any"}),
    ("accumulator", 4, {"bet_type": "accumulator", "price_policy": "better"}),
    ("accumulator each-way", 2, {"bet_type": "accumulator", "is_each_way": True}),
    ("trixie", 3, {"bet_type": "trixie"}),
    ("patent, each line its stake", 3, {"bet_type": "patent", "stake": "0.50", "stake_kind": "line"}),
    ("yankee", 4, {"bet_type": "yankee", "stake": "7.01"}),
    ("lucky 15 each-way", 4, {"bet_type": "lucky15", "is_each_way": True}),
    ("system", 4, {"bet_type": "system", "line_sizes": [3, 2]}),
    ("system with a banker", 4, {"bet_type": "system", "line_sizes": [1, 2], "bankers": 1, "stake": "9.99"}),
]


class Book:
    """Matches to bet on, their names as awkward as names can be."""

    def __init__(self) -> None:
        self.selections = [
            selection_of(make_priced_event(), "1x2", outcome) for outcome in ("home", "draw", "away", "home")
        ]
        Event.objects.update(name=AWKWARD)
        Market.objects.update(name=AWKWARD[:20], each_way_places=2, each_way_numerator=1, each_way_denominator=8)
        Selection.objects.update(name=AWKWARD[::-1])


def command_on(selections: Sequence[Selection], *, bankers: int = 0, **changes: Any) -> PlaceSlipCommand:
    legs = [
        {"selection_id": str(one.id), "odds": format_milli(one.odds_milli or 0), "is_banker": place < bankers}
        for place, one in enumerate(selections)
    ]
    return PlaceSlipCommand.model_validate({"stake": "10.00", "currency": "PLY", "legs": legs} | changes)


def place(user: User, command: PlaceSlipCommand, key: str) -> str:
    """The answer to a slip, as it is sent."""
    [placed] = place_batch([request_of(user.id, command, key)])
    assert isinstance(placed, Placed)
    return placed.reply


def check_answer(user: User, text: str, key: str) -> dict[str, Any]:
    """One document everywhere: byte for byte what its schema writes, kept and told with the wallet it left."""
    document: dict[str, Any] = json.loads(text)
    assert list(document) == list(SlipReply.model_fields)
    assert {tuple(leg) for leg in document["legs"]} == {tuple(SlipLegReply.model_fields)}
    assert SlipReply.model_validate_json(text, strict=True).model_dump_json() == text
    assert IdempotentReply.objects.get(owner_id=user.id, key=key).reply == document
    told = OutboxChange.objects.filter(stream=f"user:{user.id}", payload__type="slip.placed").order_by("-seq")
    wallet = None if document["is_free_bet"] else shape_wallet(get_wallet(user.id, "PLY")).to_json()
    assert told[0].payload == {"type": "slip.placed", "slip": document, "wallet": wallet}
    return document


def read(user: User, document: Mapping[str, Any]) -> Any:
    client = Client()
    client.force_login(user)
    found = client.get(f"/api/slips/{document['id']}").json()
    assert client.get("/api/slips").json()["items"][0] == found
    return found


def test_every_kind_of_slip_is_read_as_it_was_answered(ada: User) -> None:
    fund(ada)
    note_listeners([f"user:{ada.id}"])
    book = Book()
    for name, legs, changes in KINDS:
        key = new_key()

        text = place(ada, command_on(book.selections[:legs], **changes), key)

        document = check_answer(ada, text, key)
        assert document["status"] == "accepted", name
        assert [leg["event_name"] for leg in document["legs"]] == [AWKWARD] * legs
        assert document["is_each_way"] is changes.get("is_each_way", False)
        assert read(ada, document) == document, name


@pytest.mark.parametrize("legs", [1, 3])
def test_a_slip_on_a_free_bet_is_read_as_it_was_answered(ada: User, mod: User, legs: int) -> None:
    fund(ada)
    note_listeners([f"user:{ada.id}"])
    book = Book()
    [token] = grant_free_bets(
        actor_id=mod.id, usernames=["ada"], currency="PLY", amount_minor=1_000, days=7, reason="Hello", grant_key="one"
    )
    bet_type = "single" if legs == 1 else "trixie"

    text = place(ada, command_on(book.selections[:legs], bet_type=bet_type, free_bet_id=str(token.id)), "one")

    document = check_answer(ada, text, "one")
    assert (document["is_free_bet"], document["stake"]) == (True, "10.00")
    assert read(ada, document) == document


@pytest.mark.parametrize("is_price_moved", [False, True])
def test_a_delayed_slip_is_read_as_it_was_answered_until_it_is_judged(
    ada: User, settings: Any, is_price_moved: bool
) -> None:
    settings.BET_DELAY, settings.MATCH_SECONDS = True, 105 * 60
    fund(ada)
    note_listeners([f"user:{ada.id}"])
    home = selection_of(make_live_priced_event(), "1x2", "home")
    assert home.odds_milli is not None

    text = place(ada, command_on([home]), "one")

    document = check_answer(ada, text, "one")
    assert (document["status"], document["due_at"] > document["placed_at"]) == ("pending_delay", True)
    assert read(ada, document) == document
    if is_price_moved:
        Selection.objects.filter(id=home.id).update(odds_milli=home.odds_milli - 100)
    with clock.frozen(clock.now() + timedelta(seconds=6)):
        assert judge_due_slips() == 1
    judged: dict[str, Any] = {"status": "accepted", "due_at": None}
    if is_price_moved:
        moved = [{"selection_id": str(home.id), "current": format_milli(home.odds_milli - 100)}]
        judged = {
            "status": "rejected",
            "due_at": None,
            "rejection": {"code": "odds_changed", "detail": {"legs": moved}},
        }
    assert read(ada, document) == document | judged
    assert json.loads(place(ada, command_on([home]), "one")) == document
