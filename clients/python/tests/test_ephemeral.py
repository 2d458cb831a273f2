"""An ephemeral topic: an image at any time, and changes that are hints."""

import asyncio
from typing import Any

from conftest import Stage
from fake_server import ADA, BEN, Frame, Visit, subscribed
from touchline_client import Client, Subscription, topics
from touchline_client.generated.changes import GatheringImage

TOPIC = "thread:t:live"


def image_of(*present: Frame) -> Frame:
    return {"present": list(present), "typing": [], "people": len(present), "visitors": 0}


async def join(stage: Stage) -> tuple[Client, Visit, Subscription[GatheringImage, Any]]:
    client, visit = await stage.start(ADA)
    asking = asyncio.create_task(client.subscribe(topics.thread_live("t")))
    assert (await visit.next("subscribe"))["topics"] == [{"topic": TOPIC}]
    await visit.say(subscribed(visit, TOPIC, "ephemeral", pos="", image=image_of(ADA)))
    return client, visit, await asking


async def change(visit: Visit, *changes: Frame) -> None:
    await visit.say({"op": "update", "topic": TOPIC, "pt": 1, "changes": list(changes)})


async def test_changes_move_the_image(stage: Stage) -> None:
    client, visit, here = await join(stage)
    await change(visit, {"type": "presence.arrived", "person": BEN}, {"type": "typing.started", "person": BEN})
    await client.ping()
    assert ([each["id"] for each in here.image["present"]], here.image["typing"]) == (["ada", "ben"], [BEN])
    await change(visit, {"type": "typing.stopped", "user_id": "ben"}, {"type": "presence.left", "user_id": "ben"})
    await client.ping()

    assert (here.image["present"], here.image["typing"], here.is_current) == ([ADA], [], True)


async def test_an_image_voids_what_was_known_and_nothing_is_resumed(stage: Stage) -> None:
    client, first, here = await join(stage)
    await first.say({"op": "subscribed", "topic": TOPIC, "lane": "ephemeral", "pos": "", "image": image_of(BEN)})
    await client.ping()
    assert here.image["present"] == [BEN]
    first.cut()
    await stage.lost(1)
    second = await stage.come_back(client, ADA)
    assert (await second.next("subscribe"))["topics"] == [{"topic": TOPIC}]
    await change(second, {"type": "presence.arrived", "person": ADA})
    await client.ping()

    assert (here.image["present"], here.is_current) == ([BEN], False)


async def test_typing_is_said_as_often_as_the_server_wants_to_hear_it(stage: Stage) -> None:
    client, visit, _ = await join(stage)
    for _ in range(3):
        await client.typing(topics.thread_live("t"))
    await client.typing("thread:other:live")
    await stage.clock.advance(3)
    await client.typing(TOPIC)
    await client.ping()

    assert visit.of("typing") == [
        {"op": "typing", "topic": TOPIC},
        {"op": "typing", "topic": "thread:other:live"},
        {"op": "typing", "topic": TOPIC},
    ]


async def test_typing_without_a_connection_is_left_out(stage: Stage) -> None:
    client, visit, _ = await join(stage)
    visit.cut()
    await stage.lost(1)
    await client.typing(TOPIC)
    second = await stage.come_back(client, ADA)

    assert second.of("typing") == []
