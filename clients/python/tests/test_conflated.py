"""A conflated topic: the newest value of each key, in whatever order they come."""

import asyncio
from typing import Any

from conftest import Stage
from fake_server import Visit, conflated_update, subscribed
from touchline_client import Client, Subscription, topics
from touchline_client.state import GONE_KEYS_MAX, ConflatedState

PRICES = "lobby:prices"


async def say_image(visit: Visit, *entries: list[Any], **members: Any) -> None:
    image = {"entries": list(entries)}
    await visit.say(subscribed(visit, PRICES, "conflated", pos="v:1", image=image, **members))


async def update(visit: Visit, *entries: list[Any]) -> None:
    await visit.say(conflated_update(PRICES, *entries))


async def join(stage: Stage, *entries: list[Any]) -> tuple[Client, Visit, Subscription[Any, Any]]:
    client, visit = await stage.start()
    asking = asyncio.create_task(client.subscribe(PRICES))
    await visit.next("subscribe")
    await say_image(visit, *entries)
    return client, visit, await asking


async def test_asks_for_its_pace_and_its_fields(stage: Stage) -> None:
    client, visit = await stage.start()
    fields = ["home_goals", "away_goals"]
    asking = asyncio.create_task(client.subscribe(topics.lobby_scores(), conflate_ms=250, fields=fields))
    asked = await visit.next("subscribe")
    asking.cancel()

    assert asked["topics"] == [{"topic": "lobby:scores", "conflate_ms": 250, "fields": fields}]


async def test_takes_newer_versions_only_in_whatever_order_they_come(stage: Stage) -> None:
    client, visit, prices = await join(stage, ["a", 3, {"odds": "2.00"}])
    await update(visit, ["a", 2, {"odds": "old"}], ["b", 1, {"odds": "3.00"}])
    await update(visit, ["a", 5, {"odds": "1.90"}])
    await update(visit, ["a", 4, {"odds": "late"}], ["a", 5, {"odds": "again"}])
    await client.ping()

    assert prices.image == {"a": {"odds": "1.90"}, "b": {"odds": "3.00"}}
    assert prices.conflated.entries == {"a": (5, {"odds": "1.90"}), "b": (1, {"odds": "3.00"})}


async def test_lets_a_key_go_at_null_and_what_was_older_does_not_bring_it_back(stage: Stage) -> None:
    client, visit, prices = await join(stage, ["a", 3, {}], ["b", 3, {}])
    await update(visit, ["a", 3, None], ["b", 2, None])
    await update(visit, ["a", 2, {"odds": "older"}])
    await client.ping()
    assert prices.image == {"b": {}}
    await update(visit, ["a", 3, {"odds": "back"}])
    await client.ping()

    assert prices.image == {"a": {"odds": "back"}, "b": {}}


def test_keys_that_are_gone_are_not_remembered_for_ever() -> None:
    state = ConflatedState()
    for number in range(GONE_KEYS_MAX + 5):
        state.merge([[f"k{number}", 1, {}], [f"k{number}", 2, None]])

    assert (state.entries, len(state._gone)) == ({}, GONE_KEYS_MAX)


async def test_a_segmented_image_replaces_the_old_one_whole_with_what_moved_meanwhile(stage: Stage) -> None:
    client, visit, prices = await join(stage, ["old", 1, {}])
    await say_image(visit, ["a", 1, {"n": 1}], segment=0, segments=3)
    await say_image(visit, ["b", 1, {"n": 1}], segment=1, segments=3)
    await update(visit, ["a", 2, {"n": 2}])
    await client.ping()
    assert prices.image == {"old": {}}
    await say_image(visit, ["c", 1, {"n": 1}], segment=2, segments=3)
    await client.ping()

    assert prices.image == {"a": {"n": 2}, "b": {"n": 1}, "c": {"n": 1}}
    assert prices.is_current


async def test_a_missing_segment_is_asked_for_again_after_a_wait(stage: Stage) -> None:
    client, visit, prices = await join(stage, ["old", 1, {}])
    await say_image(visit, ["a", 1, {}], segment=0, segments=3)
    await say_image(visit, ["c", 1, {}], segment=2, segments=3)
    await client.ping()
    assert not prices.is_current
    await stage.clock.advance(1)
    await visit.next("subscribe")
    await say_image(visit, ["a", 1, {}], ["b", 1, {}])
    await client.ping()

    assert (set(prices.image), prices.is_current) == ({"a", "b"}, True)


async def test_begins_with_a_fresh_image_on_every_connection(stage: Stage) -> None:
    client, first, prices = await join(stage, ["a", 5, {"n": 5}], ["b", 5, {}])
    first.cut()
    await stage.lost(1)
    visit = await stage.come_back(client)
    assert (await visit.next("subscribe"))["topics"] == [{"topic": PRICES}]
    await update(visit, ["b", 9, {}])
    await client.ping()
    assert set(prices.image) == {"a", "b"}
    await say_image(visit, ["a", 2, {"n": 2}])
    await client.ping()

    assert (prices.image, prices.is_current) == ({"a": {"n": 2}}, True)


async def test_the_server_may_begin_anew_unasked(stage: Stage) -> None:
    """A reader that fell behind and caught up is sent the image it is owed."""
    client, visit, prices = await join(stage, ["a", 1, {}])
    await visit.say(
        {"op": "subscribed", "topic": PRICES, "lane": "conflated", "pos": "v:2", "image": {"entries": [["b", 2, {}]]}}
    )
    await client.ping()

    assert (set(prices.image), prices.is_current) == ({"b"}, True)
