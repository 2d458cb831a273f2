"""A client that is cut comes back where it was: nothing missing, nothing twice."""

import asyncio
import random
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from touchline_client.testing import Client, Subscription

from accounts.models import User
from project.kit import streams
from realtime.actions.notifications import Tidings, notify
from realtime.streams import NotificationReadChange, user_entry
from tests.realtime.processes import ChildProcess

OpenClient = Callable[..., Client]


def change(user_id: UUID, number: int) -> None:
    """One change on a person's stream; `unread` carries its number."""
    with transaction.atomic():
        streams.append(user_entry(user_id, NotificationReadChange(ids=None, unread=number)))


def numbers(topic: Subscription) -> list[int]:
    return [each["unread"] for each in topic.changes]


async def test_a_cut_client_resumes_without_gap_or_duplicates(
    open_client: OpenClient, ada: User, relay: ChildProcess
) -> None:
    async with open_client(ada) as client:
        topic = await client.subscribe(f"user:{ada.id}")
        for number in range(1, 61):
            change(ada.id, number)
            if number % 15 == 0:
                client.cut()
            await asyncio.sleep(0.01)
        await topic.until(lambda each: len(each.changes) >= 60)
        await asyncio.sleep(0.2)

        assert numbers(topic) == list(range(1, 61))
        assert client.connection_count >= 2
        assert topic.image_count == 1


async def test_a_client_that_was_away_for_long_gets_an_image(
    open_client: OpenClient, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_client(ada) as client:
        topic = await client.subscribe(f"user:{ada.id}")
        for number in range(1, 4):
            change(ada.id, number)
        topic.sequenced.seq, topic.sequenced.epoch = 0, "anothertime"
        client.cut()
        await topic.until(lambda each: each.image_count == 2)

        assert topic.sequenced.seq == 3
        assert numbers(topic) == []


async def test_the_first_change_of_a_stream_is_a_change_and_no_resync(
    open_client: OpenClient, ada: User, relay: ChildProcess
) -> None:
    async with open_client(ada) as client:
        topic = await client.subscribe(f"user:{ada.id}")
        change(ada.id, 7)
        await topic.until(lambda each: each.changes != [])

        assert numbers(topic) == [7]
        assert topic.image_count == 1


async def test_every_device_of_a_person_hears_the_same(open_client: OpenClient, ada: User, relay: ChildProcess) -> None:
    tidings = Tidings(user_id=ada.id, kind="slip_settled", source_key="x", title="T", message="M", link="/bets")
    async with open_client(ada) as phone, open_client(ada) as desk:
        topics = [await client.subscribe(f"user:{ada.id}") for client in (phone, desk)]
        notify([tidings])
        for topic in topics:
            await topic.until(lambda each: each.changes != [], timeout=20)

        assert topics[0].changes == topics[1].changes
        created = dict(topics[0].changes[0])
        assert (created["type"], created["seq"], created["unread"]) == ("notification.created", 1, 1)
        assert topics[0].sequenced.image["unread_notifications"] == 1


@pytest.mark.parametrize("seed", range(3))
async def test_cuts_at_any_moment_cost_nothing(
    open_client: OpenClient, ada: User, relay: ChildProcess, seed: int
) -> None:
    """Three clients, each cut whenever chance says so while changes are written."""
    chance = random.Random(seed)
    clients = [open_client(ada) for _ in range(3)]
    topics: list[Any] = []
    for client in clients:
        await client.__aenter__()
        topics.append(await client.subscribe(f"user:{ada.id}"))

    for number in range(1, 81):
        change(ada.id, number)
        if chance.random() < 0.15:
            chance.choice(clients).cut()
        await asyncio.sleep(chance.random() * 0.02)
    for topic in topics:
        await topic.until(lambda each: len(each.changes) >= 80)
    for client in clients:
        await client.__aexit__()

    assert [numbers(topic) for topic in topics] == [list(range(1, 81))] * 3
