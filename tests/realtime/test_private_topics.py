"""Subscribing is access: every private topic is tried as its owner, somebody else, staff and a visitor."""

from collections.abc import Callable

import pytest
from django.test import Client as Browser
from touchline_client import TopicRefused
from touchline_client.testing import Client

from accounts.models import User
from project.kit.topics import all_topics, everyone

OpenClient = Callable[..., Client]


async def outcome_of(client: Client, topic: str) -> str:
    try:
        await client.subscribe(topic)
    except TopicRefused as refused:
        return refused.code
    return "heard"


@pytest.mark.parametrize(
    ("who", "own_stream", "queue"),
    [
        ("ada", "heard", "forbidden"),
        ("ben", "forbidden", "forbidden"),
        ("mod", "forbidden", "heard"),
        (None, "forbidden", "forbidden"),
    ],
)
async def test_private_topics_over_the_socket(  # the four people
    open_client: OpenClient, ada: User, ben: User, mod: User, who: str | None, own_stream: str, queue: str
) -> None:
    people = {"ada": ada, "ben": ben, "mod": mod, None: None}

    async with open_client(people[who]) as client:
        assert await outcome_of(client, f"user:{ada.id}") == own_stream
        assert await outcome_of(client, "moderation:queue") == queue


@pytest.mark.parametrize(
    ("who", "own_stream", "queue"), [("ada", 200, 403), ("ben", 403, 403), ("mod", 403, 200), (None, 403, 403)]
)
@pytest.mark.django_db
def test_private_topics_over_http(  # the four people
    ada: User, ben: User, mod: User, who: str | None, own_stream: int, queue: int
) -> None:
    people = {"ada": ada, "ben": ben, "mod": mod, None: None}
    browser = Browser()
    if (user := people[who]) is not None:
        browser.force_login(user)

    assert browser.get(f"/api/topics/user:{ada.id}").status_code == own_stream
    assert browser.get("/api/topics/moderation:queue").status_code == queue


def test_no_topic_became_public_unnoticed() -> None:
    """A new topic is added here on purpose, after a look at who may hear it."""
    public = {topic.pattern for topic in all_topics() if topic.may_subscribe is everyone}

    assert public == {
        "event:{event_id}:incidents",
        "event:{event_id}:insight",
        "event:{event_id}:prices",
        "event:{event_id}:scoreboard",
        "lobby:prices",
        "lobby:scores",
    }
