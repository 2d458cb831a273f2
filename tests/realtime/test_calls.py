"""The same command through the socket and over HTTP: one handler, one answer, one idempotency."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client as Browser
from touchline_client import CallRefused
from touchline_client.testing import Client

from accounts.models import User
from community.actions.conversations import start_conversation
from project.kit.ids import new_id
from project.kit.money import format_minor
from realtime.commands import CALLS
from tests.betting.desk import available, command_for, fund, make_priced_event, selection_of
from tests.realtime.processes import ChildProcess

OpenClient = Callable[..., Client]


def slip_body(**changes: Any) -> dict[str, Any]:
    body: dict[str, Any] = command_for(selection_of(make_priced_event(), "1x2", "home")).model_dump(mode="json")
    return body | changes


def over_http(user: User, path: str, body: dict[str, Any], key: str) -> Any:
    browser = Browser()
    browser.force_login(user)
    return browser.post(path, body, content_type="application/json", headers={"Idempotency-Key": key})


def without_request(problem: dict[str, Any]) -> dict[str, Any]:
    """A problem less the members that only a request has."""
    return {name: value for name, value in problem.items() if name not in {"instance", "request_id"}}


async def test_a_slip_placed_through_the_socket_moves_the_wallet_and_is_heard(
    open_client: OpenClient, ada: User, relay: ChildProcess
) -> None:
    funds = fund(ada)
    body = slip_body()
    async with open_client(ada) as client:
        topic = await client.subscribe(f"user:{ada.id}")
        slip = await client.call("place_slip", body, key="one")
        await topic.until(lambda each: len(each.changes) >= 1)

    assert slip["stake"] == "10.00"
    assert available(ada) == funds - 1_000
    assert [change["type"] for change in topic.changes] == ["slip.placed"]
    assert topic.sequenced.image["open_slips"][0]["id"] == slip["id"]
    assert [wallet["available"] for wallet in topic.sequenced.image["wallets"] if wallet["currency"] == "PLY"] == [
        format_minor(funds - 1_000, "PLY")
    ]


async def test_one_key_answers_the_same_through_both_doors(open_client: OpenClient, ada: User) -> None:
    funds = fund(ada)
    body = slip_body()
    async with open_client(ada) as client:
        first = await client.call("place_slip", body, key="one")
        again = await client.call("place_slip", body, key="one")
        reply = over_http(ada, "/api/slips", body, "one")

    assert (reply.status_code, reply.json()) == (201, first)
    assert again == first
    assert available(ada) == funds - 1_000


CASES: list[tuple[str, dict[str, Any], str]] = [
    ("no money", {"stake": "1001.00"}, "one"),
    ("no number", {"stake": 10}, "one"),
    ("no stake", {"stake": "0.00"}, "one"),
    ("unknown member", {"bonus": True}, "one"),
    ("unknown currency", {"currency": "XXX"}, "one"),
    ("no legs", {"legs": []}, "one"),
    ("unknown selection", {"legs": [{"selection_id": "00000000-0000-0000-0000-000000000000", "odds": "2.00"}]}, "one"),
    ("unusable key", {}, "é"),
]


@pytest.mark.parametrize(("changes", "key"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
async def test_refusals_are_the_same_through_both_doors(
    open_client: OpenClient, ada: User, changes: dict[str, Any], key: str
) -> None:
    funds = fund(ada)
    body = slip_body(**changes)
    async with open_client(ada) as client:
        with pytest.raises(CallRefused) as refused:
            await client.call("place_slip", body, key=key)
    reply = over_http(ada, "/api/slips", body, key.encode().decode("latin1"))

    assert dict(refused.value.problem) == without_request(reply.json())
    assert refused.value.problem["status"] == reply.status_code
    assert available(ada) == funds


async def test_a_call_without_its_key_is_refused(open_client: OpenClient, ada: User) -> None:
    async with open_client(ada) as client:
        with pytest.raises(CallRefused) as refused:
            await client.ask({"op": "call", "name": "place_slip", "args": slip_body()})

    assert refused.value.code == "idempotency_key_required"


async def test_a_visitor_calls_nothing(open_client: OpenClient) -> None:
    message = {"conversation_id": str(new_id()), "body": "x"}
    arguments = {"place_slip": slip_body(), "send_message": message, "mark_read": {**message, "seq": 1}}
    del arguments["mark_read"]["body"]
    arguments["cash_out"] = {"quote_id": str(new_id())}
    async with open_client() as client:
        for name in CALLS:
            with pytest.raises(CallRefused) as refused:
                await client.call(name, arguments[name], key="one")
            assert refused.value.code == "not_authenticated"


async def test_an_unknown_call_is_refused(open_client: OpenClient, ada: User) -> None:
    async with open_client(ada) as client:
        for name in ("grant_funds", "__class__", "place_slip "):
            with pytest.raises(CallRefused) as refused:
                await client.call(name, {})
            assert (refused.value.code, refused.value.problem["status"]) == ("unknown_call", 404)


async def test_people_talk_over_their_sockets(
    open_client: OpenClient, ada: User, ben: User, cleo: User, relay: ChildProcess
) -> None:
    conversation = start_conversation(starter_id=ada.id, other_id=ben.id)
    arguments = {"conversation_id": str(conversation.id), "body": "well played"}
    async with open_client(ada) as at_ada, open_client(ben) as at_ben, open_client(cleo) as at_cleo:
        heard = await at_ben.subscribe(f"user:{ben.id}")
        message = await at_ada.call("send_message", arguments, key="one")
        await heard.until(lambda each: each.changes != [], timeout=20)
        read = await at_ben.call("mark_read", {"conversation_id": str(conversation.id), "seq": message["seq"]})
        with pytest.raises(CallRefused) as refused:
            await at_cleo.call("send_message", arguments, key="two")

    assert heard.changes[0]["message"]["body"] == "well played"
    assert read == {"unread": 0, "conversation_unread": 0}
    assert refused.value.code == "not_found"


async def test_calls_of_one_socket_run_beside_each_other_up_to_a_limit(open_client: OpenClient, ada: User) -> None:
    funds = fund(ada)
    body = slip_body(stake="1.00")
    async with open_client(ada) as client:
        frame = {"op": "call", "name": "place_slip", "args": body}
        calls = [client.ask(frame | {"key": f"k{number}"}) for number in range(12)]
        answers = await asyncio.gather(*calls, return_exceptions=True)
        assert (await client.call("place_slip", body, key="last"))["stake"] == "1.00"

    placed = [answer for answer in answers if isinstance(answer, dict)]
    refused = [answer.code for answer in answers if isinstance(answer, CallRefused)]
    assert len(placed) >= 8
    assert refused == ["rate_limited"] * (12 - len(placed))
    assert available(ada) == funds - 100 * (len(placed) + 1)
