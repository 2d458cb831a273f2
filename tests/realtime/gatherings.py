"""Conversations and threads for tests of presence, clients of any web process, and what a client is shown."""

from collections.abc import Callable
from typing import Any

from touchline_client.testing import Client, Subscription

from accounts.models import User
from community.actions.conversations import send_message, start_conversation
from community.actions.forum import post_thread
from tests.realtime.processes import WebServer, session_cookie

OpenClient = Callable[..., Client]
SOON_S = 5.0  # within a second on a machine that does nothing else


def client_of(server: WebServer, user: User | None, **options: Any) -> Client:
    cookie = session_cookie(user) if user is not None else None
    return Client(server.url, cookie=cookie, origin=server.origin, **options)


def talk_of(one: User, other: User) -> str:
    """Their conversation's topic, with something said in it."""
    conversation = start_conversation(starter_id=one.id, other_id=other.id)
    send_message(conversation_id=conversation.id, sender_id=one.id, body="Hello")
    return f"conversation:{conversation.id}:live"


def thread_of(author: User) -> str:
    thread = post_thread(author_id=author.id, category="tips", title="Late goals", content="Look at stoppage time.")
    return f"thread:{thread.id}:live"


def id_in(topic: str) -> Any:
    return topic.split(":")[1]


def names(topic: Subscription, part: str = "present") -> list[str]:
    return sorted(each["username"] for each in topic.ephemeral.image[part])


def shows(*wanted: str, part: str = "present") -> Callable[[Subscription], bool]:
    return lambda topic: names(topic, part) == sorted(wanted)
