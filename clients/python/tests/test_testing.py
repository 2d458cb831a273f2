"""The client for tests: says nothing of its own accord, remembers everything, sends anything."""

import asyncio

import pytest
from conftest import Stage, until
from fake_server import PROBLEM, FakeServer, sequenced_update, subscribed
from touchline_client import CallRefused, apply_change, topics
from touchline_client.testing import Client


async def test_remembers_what_it_hears_and_says_what_it_is_told(server: FakeServer, stage: Stage) -> None:
    client = Client(server.url, heartbeat_ms=500)
    client.open()
    visit = await server.visit()
    await visit.welcome()
    asking = asyncio.create_task(client.subscribe(topics.user("1")))
    asked = await visit.next("subscribe")
    await visit.say(subscribed(visit, "user:1", "sequenced", pos="x:0", image={"n": 0}))
    topic = await asking
    await visit.say(sequenced_update("user:1", "x", [1, 2]), {"op": "heartbeat", "t": 1}, {"op": "notice", "id": "n"})
    await topic.until(lambda each: len(each.changes) == 2)
    await client.send({"op": "fanfare"})
    for _ in range(2):
        await client.typing(topics.thread_live("t"))
    asking_anything = asyncio.create_task(client.ask({"op": "ping"}))
    assert (await visit.next("fanfare"), await asking_anything) == ({"op": "fanfare"}, {"t": 1_800_000_000_000})

    assert visit.of("typing") == [{"op": "typing", "topic": "thread:t:live"}] * 2
    assert (asked["id"], client.welcome["session"], client.connection_count) == (1, "s", 1)
    assert ([each["n"] for each in topic.changes], topic.image_count, len(topic.events)) == ([1, 2], 1, 3)
    assert (client.heartbeats, [each["id"] for each in client.notices], client.errors) == (1, ["n"], [])
    client.cut()
    await visit.wait_gone()
    await client.close()


async def test_a_refusal_of_what_was_asked_is_raised(server: FakeServer) -> None:
    client = Client(server.url, reconnect=False)
    client.open()
    visit = await server.visit()
    await visit.welcome()
    await until(lambda: client.connection_count == 1)
    calling = asyncio.create_task(client.ask({"op": "call", "name": "x", "args": {}}))
    await visit.say({"op": "error", **PROBLEM, "ref": (await visit.next("call"))["id"]})
    with pytest.raises(CallRefused):
        await calling
    leaving = asyncio.create_task(client.unsubscribe("user:1"))
    await visit.say({"op": "reply", "ref": (await visit.next("unsubscribe"))["id"], "ok": {}})
    await leaving
    await visit.say({"op": "bye", "code": 4503, "reconnect": True, "retry_ms": 10})

    assert await client.wait_closed(timeout=10) == 4503 == client.close_code
    assert client.bye is not None
    assert client.bye["retry_ms"] == 10
    assert [frame["code"] for frame in client.errors] == ["forbidden"]


def test_a_change_of_a_later_protocol_changes_nothing() -> None:
    assert apply_change({"n": 1}, {"seq": 1, "type": "comet.passed"}) == {"n": 1}
