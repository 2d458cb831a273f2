"""A sequenced topic: every change once and in order, whatever is doubled, reordered or lost on the way."""

import asyncio
import json
from typing import Any

import pytest
from conftest import Stage
from fake_server import ADA, BEN, FakeServer, Visit, sequenced_update, subscribed
from touchline_client import Client, Subscription

TOPIC = "user:1"


def count(image: dict[str, Any], change: Any) -> dict[str, Any]:
    return {"seen": [*image["seen"], change["n"]]}


def image_of(*numbers: int) -> dict[str, Any]:
    return {"seen": list(numbers)}


async def begin(visit: Visit, position: str, *numbers: int) -> None:
    await visit.say(subscribed(visit, TOPIC, "sequenced", pos=position, image=image_of(*numbers)))


async def resume(visit: Visit, position: str) -> None:
    await visit.say(subscribed(visit, TOPIC, "sequenced", pos=position, resumed=True))


async def change(visit: Visit, epoch: str, *numbers: int) -> None:
    await visit.say(sequenced_update(TOPIC, epoch, numbers))


async def join(stage: Stage, user: Any = None, position: str = "x:7") -> tuple[Client, Visit, Subscription[Any, Any]]:
    client, visit = await stage.start(user)
    asking = asyncio.create_task(client.subscribe(TOPIC, reduce=count))
    assert (await visit.next("subscribe"))["topics"] == [{"topic": TOPIC}]
    await begin(visit, position)
    return client, visit, await asking


async def asked_again(visit: Visit) -> Any:
    return (await visit.next("subscribe"))["topics"]


async def test_applies_each_change_once_and_in_order(stage: Stage) -> None:
    client, visit, topic = await join(stage)
    for numbers in ((8,), (8,), (7, 8, 9), (9,), (10,)):
        await change(visit, "x", *numbers)
    await client.ping()

    assert (topic.image, topic.sequenced.since, topic.is_current) == (image_of(8, 9, 10), "x:10", True)


async def test_resumes_where_it_was_and_is_live_when_it_has_caught_up(stage: Stage) -> None:
    client, first, topic = await join(stage)
    await change(first, "x", 8)
    await client.ping()
    first.cut()
    await stage.lost(1)
    second = await stage.come_back(client)
    assert await asked_again(second) == [{"topic": TOPIC, "since": "x:8"}]
    assert client.state == "resyncing"

    await resume(second, "x:10")
    await change(second, "x", 9)
    await client.ping()
    assert (client.state, topic.is_current) == ("resyncing", False)
    await change(second, "x", 10)
    await client.ping()

    assert (client.state, topic.is_current, topic.image) == ("live", True, image_of(8, 9, 10))


async def test_is_live_at_once_when_nothing_happened_meanwhile(stage: Stage) -> None:
    client, first, _ = await join(stage)
    first.cut()
    await stage.lost(1)
    await resume(await stage.come_back(client), "x:7")
    await client.ping()

    assert client.state == "live"


async def test_asks_again_once_when_a_change_is_missing(stage: Stage) -> None:
    client, visit, topic = await join(stage)
    await change(visit, "x", 9)
    await change(visit, "x", 10)
    await client.ping()
    assert client.state == "resyncing"
    assert await asked_again(visit) == [{"topic": TOPIC, "since": "x:7"}]

    await resume(visit, "x:10")
    await change(visit, "x", 8, 9, 10)
    await client.ping()

    assert (topic.image, client.state, len(visit.of("subscribe"))) == (image_of(8, 9, 10), "live", 2)
    assert topic.repair_count == 1


async def test_puts_reordered_changes_in_order_by_asking_again(stage: Stage) -> None:
    client, visit, topic = await join(stage)
    await change(visit, "x", 9)
    await change(visit, "x", 8)
    await asked_again(visit)
    await resume(visit, "x:9")
    await change(visit, "x", 8, 9)
    await client.ping()

    assert (topic.image, topic.is_current) == (image_of(8, 9), True)


async def test_keeps_what_came_before_a_hole_inside_a_frame(stage: Stage) -> None:
    client, visit, topic = await join(stage)
    await change(visit, "x", 8, 10)

    assert await asked_again(visit) == [{"topic": TOPIC, "since": "x:8"}]
    await client.ping()
    assert topic.image == image_of(8)


async def test_asks_for_an_image_when_resuming_leads_to_the_same_hole(stage: Stage) -> None:
    client, visit, topic = await join(stage)
    await change(visit, "x", 9)
    await asked_again(visit)
    await resume(visit, "x:9")
    await change(visit, "x", 9)
    assert await asked_again(visit) == [{"topic": TOPIC}]

    await begin(visit, "x:9", 8, 9)
    await client.ping()
    assert (topic.image, topic.is_current) == (image_of(8, 9), True)


async def test_another_epoch_is_a_gap_and_an_answer_in_another_epoch_is_not_continued(stage: Stage) -> None:
    client, visit, topic = await join(stage)
    await change(visit, "y", 8)
    assert await asked_again(visit) == [{"topic": TOPIC, "since": "x:7"}]
    await resume(visit, "y:8")
    await client.ping()
    await stage.clock.advance(1)
    assert await asked_again(visit) == [{"topic": TOPIC}]

    await begin(visit, "y:8")
    await change(visit, "y", 9)
    await client.ping()
    assert (topic.image, topic.is_current) == (image_of(9), True)


@pytest.mark.parametrize("position", ["", "8", ":8", "x:", "x:-1", "x:٣", "x:1.5"])
async def test_what_is_no_position_is_not_begun_with(stage: Stage, position: str) -> None:
    client, visit = await stage.start()
    asking = asyncio.create_task(client.subscribe(TOPIC, reduce=count))
    await visit.next("subscribe")
    await begin(visit, position)
    await client.ping()
    assert not asking.done()
    await stage.clock.advance(1)

    assert await asked_again(visit) == [{"topic": TOPIC}]
    await begin(visit, "x:1")
    assert (await asking).sequenced.since == "x:1"


async def test_replaces_its_state_by_the_image_that_follows_a_resync(stage: Stage) -> None:
    client, visit, topic = await join(stage)
    await visit.say({"op": "resync", "topic": TOPIC, "reason": "history_lost"})
    await change(visit, "y", 1)
    await client.ping()
    assert (client.state, topic.is_current) == ("resyncing", False)

    await visit.say(
        {"op": "subscribed", "topic": TOPIC, "lane": "sequenced", "pos": "y:1", "ref": None, "image": image_of(1)}
    )
    await change(visit, "y", 2)
    await client.ping()

    assert (topic.image, client.state, len(visit.of("subscribe"))) == (image_of(1, 2), "live", 1)


async def test_a_resync_while_resuming_ends_in_the_image_that_answers(stage: Stage) -> None:
    client, first, topic = await join(stage)
    first.cut()
    await stage.lost(1)
    visit = await stage.come_back(client)
    await visit.say({"op": "resync", "topic": TOPIC, "reason": "history_lost"})
    await begin(visit, "y:0", 5)
    await client.ping()

    assert (topic.image, topic.is_current) == (image_of(5), True)


async def say_in_parts(visit: Visit, position: str, text: str, length: int) -> None:
    parts = [text[first : first + length] for first in range(0, len(text), length)]
    for segment, part in enumerate(parts):
        place = {"segment": segment, "segments": len(parts), "part": part}
        await visit.say(subscribed(visit, TOPIC, "sequenced", pos=position, **place))


@pytest.mark.parametrize("length", [1, 3, 10])
async def test_a_big_image_comes_in_parts(stage: Stage, length: int) -> None:
    image = {"seen": [1], "names": 'Zoë \\ ⚽ "x"'}
    client, visit = await stage.start()
    asking = asyncio.create_task(client.subscribe(TOPIC, reduce=lambda image, change: image | {"n": change["n"]}))
    await visit.next("subscribe")
    await say_in_parts(visit, "x:7", json.dumps(image), length)
    topic = await asking
    await change(visit, "x", 8)
    await client.ping()

    assert (topic.image, topic.is_current) == (image | {"n": 8}, True)


async def test_until_its_last_part_an_image_changes_nothing_and_a_missing_part_is_asked_for_again(stage: Stage) -> None:
    client, visit, topic = await join(stage)
    place = {"pos": "y:9", "segments": 3}
    frames = [
        {"op": "subscribed", "topic": TOPIC, "lane": "sequenced", "segment": segment, "part": part, **place}
        for segment, part in enumerate(['{"see', 'n": [', "4]}"])
    ]
    await visit.say({"op": "resync", "topic": TOPIC, "reason": "too_far_behind"}, *frames[:2])
    await client.ping()
    assert (topic.image, topic.is_current) == (image_of(), False)
    await visit.say(frames[2])
    await client.ping()
    assert (topic.image, topic.sequenced.since, topic.is_current) == (image_of(4), "y:9", True)

    await visit.say(frames[0], frames[2])
    await client.ping()
    assert await asked_again(visit) == [{"topic": TOPIC, "since": "y:9"}]
    await resume(visit, "y:9")
    await client.ping()
    assert (topic.image, topic.is_current) == (image_of(4), True)


async def test_an_image_cut_between_two_parts_is_asked_for_again(stage: Stage) -> None:
    client, first = await stage.start()
    asking = asyncio.create_task(client.subscribe(TOPIC, reduce=count))
    await first.next("subscribe")
    await first.say(subscribed(first, TOPIC, "sequenced", pos="x:7", segment=0, segments=2, part='{"seen": [1'))
    await client.ping()
    first.cut()
    await stage.lost(1)
    second = await stage.come_back(client)
    await second.next("subscribe")
    await say_in_parts(second, "x:9", '{"seen": [1, 2]}', 8)

    assert (await asking).image == image_of(1, 2)


async def test_an_answer_to_an_older_question_is_passed_over(stage: Stage) -> None:
    client, visit = await stage.start()
    first = asyncio.create_task(client.subscribe(TOPIC, reduce=count))
    asked = await visit.next("subscribe")
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    second = asyncio.create_task(client.subscribe(TOPIC, reduce=count))
    await visit.next("subscribe")
    await visit.say(
        {
            "op": "subscribed",
            "ref": asked["id"],
            "topic": TOPIC,
            "lane": "sequenced",
            "pos": "x:1",
            "image": image_of(1),
        }
    )
    await client.ping()
    assert not second.done()
    await begin(visit, "x:3", 3)

    assert (await second).image == image_of(3)
    assert [frame["topics"] for frame in visit.of("unsubscribe")] == [[TOPIC]]


async def test_asks_again_when_no_answer_comes_within_ten_seconds(stage: Stage) -> None:
    client, visit = await stage.start()
    asking = asyncio.create_task(client.subscribe(TOPIC, reduce=count))
    await visit.next("subscribe")
    for _ in range(10):
        await client.ping()
        await stage.clock.advance(1)
    assert await asked_again(visit) == [{"topic": TOPIC}]
    asking.cancel()


@pytest.mark.parametrize(("user", "since"), [(ADA, {"since": "x:7"}), (BEN, {}), (None, {})])
async def test_positions_are_forgotten_when_somebody_else_is_signed_in(stage: Stage, user: Any, since: Any) -> None:
    client, first, _ = await join(stage, ADA)
    first.cut()
    await stage.lost(1)
    visit = await stage.come_back(client, user)

    assert await asked_again(visit) == [{"topic": TOPIC, **since}]


async def test_a_reducer_that_fails_ends_the_client_and_is_not_hidden(server: FakeServer) -> None:
    def fail(image: object, change: object) -> dict[str, Any]:
        raise ZeroDivisionError

    async def hear() -> None:
        async with Client(server.url) as client:
            topic = await client.subscribe(TOPIC, reduce=fail)
            async for _ in topic:
                pass

    hearing = asyncio.create_task(hear())
    visit = await server.visit()
    await visit.welcome()
    await visit.next("subscribe")
    await begin(visit, "x:7")
    await change(visit, "x", 8)

    with pytest.raises(ZeroDivisionError):
        await hearing


async def test_a_connection_cut_after_any_frame_ends_in_the_same_state(stage: Stage) -> None:
    for cut in range(5):
        client, first = await stage.start()
        asking = asyncio.create_task(client.subscribe(TOPIC, reduce=count))
        await first.next("subscribe")
        if cut > 0:
            await begin(first, "x:3")
        for numbers in [(4,), (5, 6), (6,)][: max(0, cut - 1)]:
            await change(first, "x", *numbers)
        await client.ping()
        first.cut()
        await stage.lost(cut + 1)
        second = await stage.come_back(client)
        [request] = await asked_again(second)
        if "since" in request:
            await resume(second, "x:7")
            await change(second, "x", *range(int(request["since"][2:]) + 1, 8))
        else:
            await begin(second, "x:3")
            await change(second, "x", 4, 5, 6, 7)
        topic = await asking
        await client.ping()

        assert (cut, topic.image, topic.is_current) == (cut, image_of(4, 5, 6, 7), True)
        await client.close()
