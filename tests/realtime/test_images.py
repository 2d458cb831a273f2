"""Image at A and what was heard from A to B equal the image at B: over the real server."""

import asyncio
import random
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client as Browser
from touchline_client.testing import Client, Subscription

from accounts.models import User
from community.actions.conversations import mark_read, send_message, start_conversation
from project.kit.idempotency import CommandKey
from project.kit.ids import new_id
from project.kit.reactions import drain_reactions
from realtime.actions.notifications import read_notifications
from tests.betting.desk import bet, fund, goal, make_live_priced_event, selection_of, tick
from tests.realtime.processes import ChildProcess

OpenClient = Callable[..., Client]


def fresh(topic: str, user: User | None = None) -> dict[str, Any]:
    browser = Browser()
    if user is not None:
        browser.force_login(user)
    reply: dict[str, Any] = browser.get(f"/api/topics/{topic}").json()
    return reply


def fresh_entries(topic: str) -> dict[str, tuple[int, Any]]:
    return {key: (version, value) for key, version, value in fresh(topic)["image"]["entries"]}


async def settle(topic: Subscription, user: User | None = None) -> None:
    """Until the client holds what a fresh image shows; the assertion that follows says what differs."""
    for _ in range(60):
        image = fresh(topic.topic, user)
        if topic.lane == "sequenced" and topic.sequenced.since == image["pos"]:
            return
        if topic.lane == "conflated" and topic.conflated.entries == fresh_entries(topic.topic):
            return
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("seed", range(2))
async def test_match_topics(open_client: OpenClient, relay: ChildProcess, seed: int) -> None:
    chance = random.Random(seed)
    events = [make_live_priced_event() for _ in range(2)]
    names = ["lobby:scores", "lobby:prices"]
    names += [f"event:{event.pk}:{part}" for event in events for part in ("scoreboard", "prices", "incidents")]
    topics: list[Subscription] = []
    async with open_client() as early, open_client() as late:
        topics += [await early.subscribe(name, conflate_ms=chance.choice([0, 20, 50, 100])) for name in names]
        for minute in range(2, 10):
            event = chance.choice(events)
            tick(event, minute)
            if chance.random() < 0.4:
                goal(event, chance.choice(["home", "away"]), minute)
            if minute == 5:
                topics += [await late.subscribe(name, conflate_ms=50) for name in names]
            await asyncio.sleep(0.03)
        for topic in topics:
            await settle(topic)

        for topic in topics:
            if topic.lane == "conflated":
                assert topic.conflated.entries == fresh_entries(topic.topic), topic.topic
                assert topic.conflated.entries != {}
            else:
                assert topic.sequenced.image == fresh(topic.topic)["image"]
            assert topic.image_count == 1


async def test_a_private_stream(open_client: OpenClient, relay: ChildProcess, ada: User, ben: User) -> None:
    from betting.actions.grade_event import grade_event
    from betting.actions.settle_event import settle_event
    from tests.sports.matches import end_match

    event = make_live_priced_event()
    async with open_client(ada) as client:
        topic = await client.subscribe(f"user:{ada.id}")
        fund(ada)
        conversation = start_conversation(starter_id=ben.id, other_id=ada.id)
        for outcome in ("home", "draw", "away"):
            bet(ada, selection_of(event, "1x2", outcome), stake="5.00")
        for number in range(3):
            key = CommandKey(ben.id, str(number), "fingerprint")
            send_message(conversation_id=conversation.id, sender_id=ben.id, body="hi", command_key=key)
        mark_read(conversation_id=conversation.id, reader_id=ada.id, seq=2)
        await settle(topic, ada)
        assert topic.sequenced.image == fresh(topic.topic, ada)["image"]
        assert len(topic.sequenced.image["open_slips"]) == 3

        goal(event, "home", 3)
        end_match(event)
        grade_event(event_id=event.pk)
        settle_event(event_id=event.pk)
        drain_reactions()
        read_notifications(user_id=ada.id, ids=None)
        await settle(topic, ada)

        assert topic.sequenced.image == fresh(topic.topic, ada)["image"]
        assert topic.sequenced.image["open_slips"] == []
        assert topic.sequenced.image["unread_messages"] == 1
        assert topic.image_count == 1


async def test_the_forum(open_client: OpenClient, relay: ChildProcess, ada: User, ben: User, mod: User) -> None:
    def browse(user: User) -> Browser:
        browser = Browser()
        browser.force_login(user)
        return browser

    def post(user: User, path: str, body: dict[str, Any]) -> dict[str, Any]:
        key = {"Idempotency-Key": str(new_id())}
        reply = browse(user).post(path, body, content_type="application/json", headers=key)
        assert reply.status_code < 300, reply.content
        answer: dict[str, Any] = reply.json()
        return answer

    slug = Browser().get("/api/categories").json()[0]["slug"]
    async with open_client() as client:
        forum = await client.subscribe(f"forum:{slug}")
        first = post(ada, "/api/threads", {"category": slug, "title": "First", "content": "text"})
        post(ben, "/api/threads", {"category": slug, "title": "Second", "content": "text"})
        thread = await client.subscribe(f"thread:{first['id']}")
        for number in range(3):
            post(ben, f"/api/threads/{first['id']}/replies", {"content": f"reply {number}"})
        for topic in (forum, thread):
            await settle(topic)

        assert len(thread.sequenced.image["thread"]["replies"]) == 3
        assert thread.sequenced.image == fresh(thread.topic)["image"]
        assert forum.sequenced.image == fresh(forum.topic)["image"]


async def test_a_value_that_no_message_brought_is_found_by_comparing(open_client: OpenClient) -> None:
    """The committing process died between its commit and its publish."""
    from sports.models import LiveState

    event = make_live_priced_event()
    async with open_client() as client:
        board = await client.subscribe(f"event:{event.pk}:scoreboard")
        before = board.conflated.entries["state"][0]
        LiveState.objects.filter(event_id=event.pk).update(minute=77, version=before + 1)

        await board.until(lambda each: each.conflated.entries["state"][0] == before + 1, timeout=20)

        assert board.conflated.values()["state"]["minute"] == 77
        assert board.image_count == 1
