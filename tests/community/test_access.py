"""Every route and topic of the community, tried by everybody: ada owns, ben shares, cleo is neither."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest

from accounts.models import User
from accounts.streams import USER
from community.actions.conversations import send_message
from community.actions.decisions import Decision
from community.actions.forum import post_reply, post_thread
from community.actions.moderation import hide_post
from community.models import (
    Block,
    CommunityPost,
    Conversation,
    Message,
    PostReply,
    ReadMark,
    Report,
)
from community.streams import FORUM, MODERATION, THREAD
from project.kit.callers import ANONYMOUS, Caller
from project.kit.models import OutboxChange
from project.urls import api
from sports.models import Event
from tests.community.conftest import Browser
from tests.people import caller_of, make_person

Browse = Callable[[User | None], Browser]
TAGS = {"messages", "forum", "reports"}
PEOPLE = ("visitor", "ada", "ben", "cleo", "mod", "finance", "engineer", "admin")
THREAD_BODY = {"category": "tips", "title": "A title", "content": "text"}

# Route -> what each of PEOPLE is answered. `{hidden}` is a hidden thread of ada's; a conversation is ada's and ben's.
EVERYBODY = (200,) * 8
LOGGED_IN = (401, *(200,) * 7)
CREATES = (401, *(201,) * 7)
MEMBERS = (401, 200, 200, 404, 404, 404, 404, 404)
MODERATORS = (404, 404, 404, 404, 200, 404, 404, 200)
MATRIX: dict[tuple[str, str], tuple[int, ...]] = {
    ("GET", "/conversations"): LOGGED_IN,
    ("POST", "/conversations"): LOGGED_IN,
    ("GET", "/conversations/{conversation}"): MEMBERS,
    ("GET", "/conversations/{conversation}/messages"): MEMBERS,
    ("POST", "/conversations/{conversation}/messages"): (401, 201, 201, 404, 404, 404, 404, 404),
    ("POST", "/conversations/{conversation}/read"): MEMBERS,
    ("POST", "/people/{username}/block"): LOGGED_IN,
    ("DELETE", "/people/{username}/block"): LOGGED_IN,
    ("GET", "/categories"): EVERYBODY,
    ("GET", "/threads"): EVERYBODY,
    ("POST", "/threads"): CREATES,
    ("GET", "/threads/{thread}"): EVERYBODY,
    ("GET", "/threads/{hidden}"): MODERATORS,
    ("GET", "/threads/{thread}/replies"): EVERYBODY,
    ("GET", "/threads/{hidden}/replies"): MODERATORS,
    ("POST", "/threads/{thread}/replies"): CREATES,
    ("POST", "/threads/{hidden}/replies"): (401, 404, 404, 404, 404, 404, 404, 404),
    ("POST", "/threads/{thread}/read"): LOGGED_IN,
    ("POST", "/threads/{hidden}/read"): (401, 404, 404, 404, 200, 404, 404, 200),
    ("GET", "/events/{event}/thread"): EVERYBODY,
    ("POST", "/reports"): (401, 201, 201, 404, 404, 404, 404, 404),
}
BODIES: dict[str, dict[str, Any]] = {
    "/conversations": {"username": "zoe"},
    "/conversations/{conversation}/messages": {"body": "hello"},
    "/conversations/{conversation}/read": {"seq": 1},
    "/threads": THREAD_BODY,
    "/threads/{thread}/replies": {"content": "text"},
    "/threads/{hidden}/replies": {"content": "text"},
    "/threads/{thread}/read": {"seq": 1},
    "/threads/{hidden}/read": {"seq": 1},
}


@pytest.fixture
def everybody(ada: User, ben: User, cleo: User, mod: User) -> dict[str, User | None]:
    make_person("zoe")  # somebody to write to
    return {
        "visitor": None,
        "ada": ada,
        "ben": ben,
        "cleo": cleo,
        "mod": mod,
        "finance": make_person("finn", "FINANCE"),
        "engineer": make_person("elle", "ML_ENGINEER"),
        "admin": make_person("amy", "ADMIN"),
    }


@pytest.fixture
def world(
    conversation: Conversation, thread: CommunityPost, event: Event, ada: User, decision: Decision
) -> dict[str, str]:
    hidden = post_thread(author_id=ada.id, category="tips", title="Hidden", content="text")
    post_reply(thread_id=hidden.id, author_id=ada.id, content="text")
    hide_post(post_id=hidden.id, decision=decision)
    return {
        "conversation": str(conversation.id),
        "thread": str(thread.id),
        "hidden": str(hidden.id),
        "event": str(event.id),
        "username": "zoe",
    }


def _ask(browser: Browser, method: str, path: str, body: dict[str, Any]) -> Any:
    if method == "POST":
        return browser.post(path, body)
    return browser.get(path) if method == "GET" else browser.delete(path)


def _count_rows() -> dict[str, int]:
    models = (Message, CommunityPost, PostReply, Report, Block, ReadMark, Conversation, OutboxChange)
    return {model.__name__: model.objects.count() for model in models}


@pytest.mark.parametrize("route", MATRIX, ids=lambda route: " ".join(route))
def test_each_route_answers_each_person(
    everybody: dict[str, User | None], world: dict[str, str], browse: Browse, route: tuple[str, str]
) -> None:
    method, path = route
    for name, expected in zip(PEOPLE, MATRIX[route], strict=True):
        body = BODIES.get(path, {})
        if path == "/reports":  # each reports a message of a conversation that is ada's and ben's
            sender = everybody["ben"] if name == "ada" else everybody["ada"]
            assert sender is not None
            message = send_message(conversation_id=_id(world), sender_id=sender.id, body="rude")
            body = {"subject_type": "message", "subject_id": str(message.id), "reason": "abuse"}
        before = _count_rows()

        answer = _ask(browse(everybody[name]), method, "/api" + path.format(**world), body)

        assert answer.status_code == expected, (name, answer.content)
        if expected >= 400:
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert answer.json()["code"] == {401: "not_authenticated", 404: "not_found"}[expected]
            assert _count_rows() == before


def _id(world: dict[str, str]) -> Any:
    return world["conversation"]


def test_the_matrix_names_every_route() -> None:
    assert sorted(_list_routes()) == sorted({(method, path.replace("{hidden}", "{thread}")) for method, path in MATRIX})


def _list_routes() -> Iterator[tuple[str, str]]:
    names = {"{conversation_id}": "{conversation}", "{thread_id}": "{thread}", "{event_id}": "{event}"}
    for path, operations in api.get_openapi_schema()["paths"].items():
        short = path.removeprefix("/api")
        for old, new in names.items():
            short = short.replace(old, new)
        yield from ((method.upper(), short) for method, about in operations.items() if TAGS & set(about["tags"]))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/conversations/{}"),
        ("GET", "/conversations/{}/messages"),
        ("GET", "/threads/{}"),
        ("GET", "/threads/{}/replies"),
        ("GET", "/events/{}/thread"),
    ],
)
@pytest.mark.parametrize("wrong", ["unknown", "garbage", "1"])
def test_an_id_of_nothing_is_not_found(ada: User, browse: Browse, method: str, path: str, wrong: str) -> None:
    value = str(uuid4()) if wrong == "unknown" else wrong

    assert _ask(browse(ada), method, "/api" + path.format(value), {}).status_code == 404


def test_topics_admit_the_right_people(everybody: dict[str, User | None], world: dict[str, str]) -> None:
    callers: dict[str, Caller] = {
        name: caller_of(user) if user is not None else ANONYMOUS for name, user in everybody.items()
    }
    ada = everybody["ada"]
    assert ada is not None

    def admitted(topic: Any, **arguments: str) -> list[str]:
        return [name for name in PEOPLE if topic.may_subscribe(callers[name], arguments)]

    assert admitted(THREAD, thread_id=world["thread"]) == list(PEOPLE)
    assert admitted(THREAD, thread_id=world["hidden"]) == ["mod", "admin"]
    assert admitted(THREAD, thread_id=str(uuid4())) == []
    assert admitted(FORUM, category="tips") == list(PEOPLE)
    assert admitted(FORUM, category="nothing") == []
    assert admitted(MODERATION) == ["mod", "admin"]
    assert admitted(USER, user_id=str(ada.id)) == ["ada"]
