"""`async for event in subscription`: the state as it is now, then everything once; bounded, however slow the loop."""

import asyncio
import gc
import weakref
from collections.abc import Mapping
from typing import Any

import pytest
from conftest import Stage, turn
from fake_server import PROBLEM, Visit, conflated_update, sequenced_update, subscribed
from touchline_client import ChangeEvent, Client, Closed, EntriesEvent, Entry, ImageEvent, Subscription, TopicRefused
from touchline_client.iteration import BEHIND_MAX, EventIterator
from touchline_client.topic import AnyEvent

LOG, PRICES = "user:1", "lobby:prices"


def count(image: Mapping[str, Any], change: Any) -> dict[str, Any]:
    return {"seen": [*image["seen"], change["n"]]}


async def join(stage: Stage, topic: str = LOG) -> tuple[Client, Visit, Subscription[Any, AnyEvent]]:
    client, visit = await stage.start()
    asking = asyncio.create_task(client.subscribe(topic, reduce=count))
    await visit.next("subscribe")
    if topic == LOG:
        await visit.say(subscribed(visit, topic, "sequenced", pos="x:0", image={"seen": []}))
    else:
        await visit.say(subscribed(visit, topic, "conflated", pos="v:1", image={"entries": [["a", 1, {"n": 1}]]}))
    return client, visit, await asking


def change(number: int) -> ChangeEvent[Any]:
    return ChangeEvent({"seq": number, "type": "test.counted", "n": number}, number)


async def test_begins_with_the_present_state_and_goes_on_with_every_change(stage: Stage) -> None:
    client, visit, topic = await join(stage)
    await visit.say(sequenced_update(LOG, "x", [1]))
    await client.ping()
    events = aiter(topic)
    await visit.say(sequenced_update(LOG, "x", [2, 3]), sequenced_update(LOG, "x", [3, 4]))

    assert [await anext(events) for _ in range(4)] == [ImageEvent({"seen": [1]}), change(2), change(3), change(4)]


async def test_two_loops_hear_the_same_and_a_later_one_begins_later(stage: Stage) -> None:
    client, visit, topic = await join(stage)
    early = aiter(topic)
    await visit.say(sequenced_update(LOG, "x", [1]))
    await client.ping()
    late = aiter(topic)
    await visit.say(sequenced_update(LOG, "x", [2]))

    assert [await anext(early) for _ in range(3)] == [ImageEvent({"seen": []}), change(1), change(2)]
    assert [await anext(late) for _ in range(2)] == [ImageEvent({"seen": [1]}), change(2)]


async def test_a_resync_brings_an_image_that_voids_what_was_not_seen_yet(stage: Stage) -> None:
    client, visit, topic = await join(stage)
    events = aiter(topic)
    await visit.say(
        sequenced_update(LOG, "x", [1]),
        {"op": "resync", "topic": LOG, "reason": "history_lost"},
        {"op": "subscribed", "topic": LOG, "lane": "sequenced", "pos": "y:5", "image": {"seen": [5]}},
        sequenced_update(LOG, "y", [6]),
    )
    await client.ping()

    assert [await anext(events) for _ in range(2)] == [ImageEvent({"seen": [5]}), change(6)]


async def test_a_loop_goes_on_across_connections_without_a_word(stage: Stage) -> None:
    client, visit, topic = await join(stage)
    events = aiter(topic)
    await anext(events)
    visit.cut()
    await stage.lost(1)
    second = await stage.come_back(client)
    await second.next("subscribe")
    await second.say(subscribed(second, LOG, "sequenced", pos="x:1", resumed=True), sequenced_update(LOG, "x", [1]))

    assert await anext(events) == change(1)


async def test_a_slow_loop_gets_the_newest_value_of_each_key(stage: Stage) -> None:
    client, visit, prices = await join(stage, PRICES)
    events = aiter(prices)
    for number in range(2, 50):
        await visit.say(
            conflated_update(PRICES, ["a", number, {"n": number}], ["b", number, None if number % 2 else {}])
        )
    await client.ping()
    assert await anext(events) == EntriesEvent([Entry("a", 1, {"n": 1})], replace=True)
    assert await anext(events) == EntriesEvent([Entry("a", 49, {"n": 49}), Entry("b", 49, None)], replace=False)
    await visit.say(conflated_update(PRICES, ["a", 50, {"n": 50}]))

    assert await anext(events) == EntriesEvent([Entry("a", 50, {"n": 50})], replace=False)


def test_a_loop_too_far_behind_gets_the_state_as_a_whole() -> None:
    seen: list[int] = []
    log: EventIterator[AnyEvent] = EventIterator(lambda: ImageEvent(list(seen)), set())
    for number in range(BEHIND_MAX + 10):
        seen.append(number)
        log.push([change(number)])
        assert len(log._events) <= BEHIND_MAX
    values: EventIterator[AnyEvent] = EventIterator(lambda: EntriesEvent([], replace=True), set())
    for number in range(BEHIND_MAX + 10):
        values.push([EntriesEvent([Entry(f"k{number}", 1, {})], replace=False)])
        assert len(values._newer) <= BEHIND_MAX

    assert log._events[0] == ImageEvent(list(range(BEHIND_MAX)))
    assert [event.seq for event in log._events if event.kind == "change"] == list(range(BEHIND_MAX, BEHIND_MAX + 10))
    assert values._events[0] == EntriesEvent([], replace=True)
    assert len(values._newer) == 9


async def test_a_loop_ends_with_its_subscription_after_what_came_before(stage: Stage) -> None:
    client, visit, topic = await join(stage)
    events = aiter(topic)
    await visit.say(sequenced_update(LOG, "x", [1]))
    await client.ping()
    topic.end()

    assert [event async for event in events] == [ImageEvent({"seen": []}), change(1)]
    assert [event.kind async for event in topic] == ["image"]


async def test_a_loop_fails_where_the_topic_is_taken_away_and_another_may_begin_when_it_is_back(stage: Stage) -> None:
    client, visit, topic = await join(stage)
    events = aiter(topic)
    await visit.say({"op": "error", **PROBLEM, "topic": LOG})
    await client.ping()
    for each in (events, aiter(topic)):
        assert (await anext(each)).kind == "image"
        with pytest.raises(TopicRefused):
            await anext(each)
    visit.cut()
    await stage.lost(1)
    second = await stage.come_back(client)
    await second.next("subscribe")
    await second.say(subscribed(second, LOG, "sequenced", pos="x:0", resumed=True), sequenced_update(LOG, "x", [1]))
    await client.ping()

    assert await anext(aiter(topic)) == ImageEvent({"seen": [1]})
    with pytest.raises(TopicRefused):
        await anext(events)


async def test_a_loop_fails_where_the_server_ends_the_connection_for_good(stage: Stage) -> None:
    _, visit, topic = await join(stage)

    async def read_all() -> None:
        async for _ in topic:
            pass

    reading = asyncio.create_task(read_all())
    await turn()
    await visit.leave(4423)
    with pytest.raises(Closed) as closed:
        await reading

    assert closed.value.code == 4423


async def test_a_loop_that_was_left_is_forgotten_and_one_that_waits_is_not(stage: Stage) -> None:
    client, visit, topic = await join(stage)
    seen: list[str] = []

    async def read_one() -> None:
        async for event in topic:
            seen.append(event.kind)
            break

    async def read_all() -> None:
        async for event in topic:
            seen.append(event.kind)  # noqa: PERF401  # one by one

    await read_one()
    reading = weakref.ref(asyncio.ensure_future(read_all()))
    await turn()
    gc.collect()
    assert (len(topic._iterators), len(topic._busy_iterators)) == (1, 1)
    await visit.say(sequenced_update(LOG, "x", [1]))
    await client.ping()
    await turn()

    assert seen == ["image", "image", "change"]
    assert reading() is not None


async def test_until_waits_for_a_state(stage: Stage) -> None:
    _, visit, topic = await join(stage)
    waiting = asyncio.create_task(topic.until(lambda each: each.image == {"seen": [1, 2]}))
    await turn()
    await visit.say(sequenced_update(LOG, "x", [1]), sequenced_update(LOG, "x", [2]))
    await waiting
    with pytest.raises(TimeoutError):
        await topic.until(lambda each: False, timeout=0.001)
