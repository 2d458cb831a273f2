"""Asking for topics: together, again where that helps, and what becomes of those that are refused."""

import asyncio
from typing import Any

import pytest
from conftest import Stage, state_of
from fake_server import PROBLEM, Frame, Visit, subscribed
from touchline_client import Client, Closed, TopicRefused, TopicStanding, topics


async def say_image(visit: Visit, topic: str) -> None:
    await visit.say(subscribed(visit, topic, "conflated", pos="v:1", image={"entries": []}))


def refusal(visit: Visit, topic: str, **members: Any) -> Frame:
    return {"op": "error", **PROBLEM, "ref": visit.of("subscribe")[-1]["id"], "topic": topic, **members}


async def test_topics_asked_for_in_the_same_turn_travel_together_and_frames_stay_small(stage: Stage) -> None:
    client, visit = await stage.start()
    names = [f"event:{number}:prices" for number in range(44)]
    asking = [asyncio.create_task(client.subscribe(name, fields=["x" * 60] * 10)) for name in names]
    frames = [await visit.next("subscribe") for _ in range(4)]
    await client.ping()
    for task in asking:
        task.cancel()

    assert [request["topic"] for frame in frames for request in frame["topics"]] == names
    assert [len(frame["topics"]) for frame in frames] == [11, 11, 11, 11]  # by their bytes; twenty by their number


async def test_what_is_asked_for_while_offline_is_asked_with_the_welcome(stage: Stage) -> None:
    client = stage.open()
    asking_scores = asyncio.create_task(client.subscribe("lobby:scores"))
    asking_prices = asyncio.create_task(client.subscribe(topics.lobby_prices()))
    visit = await stage.welcome(client)
    assert state_of(client) == "connecting"
    for topic in ("lobby:scores", "lobby:prices"):
        await say_image(visit, topic)
    scores, prices = await asking_scores, await asking_prices

    assert [frame["topics"] for frame in visit.of("subscribe")] == [
        [{"topic": "lobby:scores"}, {"topic": "lobby:prices"}]
    ]
    assert (scores.topic, prices.topic, state_of(client)) == ("lobby:scores", "lobby:prices", "live")


async def test_a_newcomer_does_not_make_the_rest_old(stage: Stage) -> None:
    client, visit = await stage.start()
    asking = asyncio.create_task(client.subscribe("lobby:scores"))
    await visit.next("subscribe")
    assert state_of(client) == "live"
    visit.cut()
    await stage.lost(1)
    await stage.come_back(client)
    asking.cancel()

    assert state_of(client) == "resyncing", "asked for before this connection"


async def test_a_refused_topic_refuses_none_of_its_neighbours(stage: Stage) -> None:
    client, visit = await stage.start()
    asking = [asyncio.create_task(client.subscribe(name)) for name in ("nonsense", "lobby:prices")]
    await visit.next("subscribe")
    await visit.say(refusal(visit, "nonsense", code="not_found", status=404, detail="There is no such topic"))
    await say_image(visit, "lobby:prices")

    refused, heard = await asyncio.gather(*asking, return_exceptions=True)
    assert isinstance(refused, TopicRefused)
    assert (refused.topic, refused.code, refused.status) == ("nonsense", "not_found", 404)
    assert (str(refused), refused.is_retryable, refused.retry_after_ms) == ("There is no such topic", False, None)
    assert not isinstance(heard, BaseException)
    assert (heard.is_current, state_of(client)) == (True, "live")
    again = asyncio.create_task(client.subscribe("nonsense"))
    await visit.next("subscribe")
    again.cancel()


async def test_a_request_refused_as_a_whole_refuses_all_its_topics(stage: Stage) -> None:
    client, visit = await stage.start()
    asking = [asyncio.create_task(client.subscribe(name)) for name in ("a", "b")]
    frame = await visit.next("subscribe")
    await visit.say({"op": "error", **PROBLEM, "code": "validation_error", "ref": frame["id"]})

    failures = await asyncio.gather(*asking, return_exceptions=True)
    assert [(type(each), getattr(each, "code", "")) for each in failures] == [(TopicRefused, "validation_error")] * 2


async def test_a_refusal_that_passes_is_followed_by_another_attempt_after_the_wait_it_names(stage: Stage) -> None:
    client, visit = await stage.start()
    asking = asyncio.create_task(client.subscribe("lobby:prices"))
    await visit.next("subscribe")
    await visit.say(refusal(visit, "lobby:prices", code="rate_limited", retryable=True, retry_after_ms=3_000))
    await client.ping()
    await stage.clock.advance(2.9)
    await stage.clock.advance(0.05)
    assert len(visit.of("subscribe")) == 1
    await stage.clock.advance(1)
    await visit.next("subscribe")
    await say_image(visit, "lobby:prices")

    assert (await asking).is_current


async def test_a_topic_that_is_taken_away_is_asked_for_on_the_next_connection(stage: Stage) -> None:
    client, first = await stage.start()
    standings: list[TopicStanding] = []
    client.on("topic", standings.append)
    asking = asyncio.create_task(client.subscribe("lobby:prices"))
    await first.next("subscribe")
    await say_image(first, "lobby:prices")
    prices = await asking
    await first.say({"op": "error", **PROBLEM, "topic": "lobby:prices"})
    await client.ping()
    assert (prices.standing, prices.is_current, state_of(client)) == ("refused", False, "live")
    first.cut()
    await stage.lost(1)
    second = await stage.come_back(client)
    await second.next("subscribe")
    await say_image(second, "lobby:prices")
    await client.ping()

    assert [each.standing for each in standings] == ["current", "refused", "awaited", "current"]
    assert prices.is_current


async def test_an_ended_topic_is_left_and_may_be_heard_again(stage: Stage) -> None:
    client, visit = await stage.start()
    for _ in range(2):
        asking = asyncio.create_task(client.subscribe("lobby:prices"))
        await visit.next("subscribe")
        await say_image(visit, "lobby:prices")
        prices = await asking
        with pytest.raises(ValueError, match="lobby:prices is heard already"):
            await client.subscribe(topics.lobby_prices())
        prices.end()
        prices.end()
        assert (await visit.next("unsubscribe"))["topics"] == ["lobby:prices"]
        with pytest.raises(Closed):
            await prices.until(lambda each: False)


async def test_who_waits_for_a_topic_hears_that_the_client_ended(stage: Stage) -> None:
    client, visit = await stage.start()
    asking = asyncio.create_task(client.subscribe("lobby:prices"))
    await visit.next("subscribe")
    await visit.leave(4423)

    with pytest.raises(Closed) as closed:
        await asking
    assert closed.value.code == 4423


async def test_a_client_that_was_not_opened_hears_nothing() -> None:
    with pytest.raises(Closed):
        await Client("ws://127.0.0.1:1/").subscribe("lobby:prices")


def test_topics_have_the_names_of_the_protocol() -> None:
    assert str(topics.event_prices("1")) == "event:1:prices"
    assert topics.thread_live("t").name == "thread:t:live"
    assert (topics.user("u").name, topics.lobby_scores().name) == ("user:u", "lobby:scores")
