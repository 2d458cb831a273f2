"""The stream without a socket: the same frames, access, history and endings, over plain HTTP."""

import asyncio
import random

import pytest
from django.db import transaction

from accounts.models import User
from project.kit import streams
from realtime.streams import NotificationReadChange, user_entry
from tests.realtime.event_streams import StreamReader
from tests.realtime.processes import ChildProcess, WebServer, session_key_of
from tests.sports.matches import make_live_event, score_goal


def change(user: User, *numbers: int) -> None:
    """Changes on a person's stream; `unread` carries their numbers."""
    with transaction.atomic():
        streams.append(*(user_entry(user.id, NotificationReadChange(ids=None, unread=number)) for number in numbers))


def numbers(*readers: StreamReader) -> list[int]:
    return [
        each["unread"]
        for reader in readers
        for event in reader.events
        if event.op == "update" and event.frame["topic"].startswith("user:")
        for each in event.frame["changes"]
    ]


def token(user: User) -> dict[str, str]:
    return {"X-Session-Token": session_key_of(user)}


async def test_a_visitor_hears_a_public_topic(web: WebServer) -> None:
    event = make_live_event()
    topic = f"event:{event.pk}:scoreboard"
    async with StreamReader(web, topic, conflate_ms=0) as reader:
        assert (reader.status, reader.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
        welcome, subscribed = await reader.next(), await reader.next("subscribed")
        score_goal(event, "home", minute=3)
        update = await reader.next("update")

    assert (welcome.op, welcome.frame["user"], welcome.frame["heartbeat_ms"]) == ("welcome", None, 5_000)
    assert (subscribed.op, subscribed.frame["topic"], subscribed.frame["lane"]) == ("subscribed", topic, "conflated")
    assert subscribed.frame["conflate_ms"] == 0
    assert update.frame["changes"][0][2]["home_goals"] == 1
    assert [event.id for event in reader.events] == [None] * len(reader.events)


async def test_a_stream_is_nobodys_to_keep_or_to_gather(web: WebServer) -> None:
    async with StreamReader(web, "lobby:scores") as reader:
        headers = dict(reader.headers)

    assert headers.pop("x-request-id")
    assert {name: headers[name] for name in headers if name not in ("date", "server", "transfer-encoding")} == {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-store, no-transform",
        "x-accel-buffering": "no",
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
        "cross-origin-resource-policy": "same-origin",
        "referrer-policy": "same-origin",
    }


async def test_changes_come_once_and_in_order(web: WebServer, relay: ChildProcess, ada: User) -> None:
    async with StreamReader(web, f"user:{ada.id}", headers=token(ada)) as reader:
        await reader.next("subscribed")
        for number in range(1, 21):
            change(ada, number)
        while len(numbers(reader)) < 20:
            await reader.next()

    assert numbers(reader) == list(range(1, 21))


@pytest.mark.parametrize("seed", range(2))
async def test_cuts_at_any_moment_cost_nothing(web: WebServer, relay: ChildProcess, mod: User, seed: int) -> None:
    """Two sequenced topics and a conflated one in one stream, cut whenever chance says so and resumed by one id."""
    chance = random.Random(seed)
    topics = ("lobby:scores", f"user:{mod.id}", f"event:{make_live_event().pk}:incidents")
    readers = [StreamReader(web, *topics, headers=token(mod))]
    await readers[0].__aenter__()
    for _ in topics:
        await readers[0].next("subscribed")

    for number in range(1, 41):
        change(mod, number)
        if chance.random() < 0.3:
            for _ in range(chance.randint(0, 3)):
                if numbers(*readers)[-1:] != [number]:
                    await readers[-1].next()
            readers[-1].cut()
            last_id = next(reader.last_id for reader in reversed(readers) if reader.last_id)
            readers.append(StreamReader(web, *topics, headers=token(mod) | {"Last-Event-ID": last_id}))
            await readers[-1].__aenter__()
    while numbers(*readers)[-1:] != [40]:
        await readers[-1].next()
    readers[-1].cut()

    assert len(readers) > 3
    assert numbers(*readers) == list(range(1, 41))
    images = [event.frame for reader in readers for event in reader.events if "image" in event.frame]
    assert [frame["topic"] for frame in images if frame["lane"] == "sequenced"] == list(topics[1:])


async def test_a_position_may_come_in_the_query_and_the_header_goes_first(web: WebServer, ada: User) -> None:
    topic = f"user:{ada.id}"
    change(ada, 1)
    async with StreamReader(web, topic, headers=token(ada)) as reader:
        first = (await reader.next("subscribed")).id
    change(ada, 2)
    async with StreamReader(web, topic, headers=token(ada), since=first) as reader:
        assert (await reader.next("subscribed")).frame["resumed"] is True
        second = (await reader.next("update")).id
    change(ada, 3)
    async with StreamReader(web, topic, headers=token(ada) | {"Last-Event-ID": str(second)}, since=first) as reader:
        await reader.next("update")

    assert numbers(reader) == [3]


async def test_a_lost_history_is_said_and_answered_with_an_image(web: WebServer, ada: User) -> None:
    from project.kit.models import StreamHead

    topic = f"user:{ada.id}"
    change(ada, 1)
    async with StreamReader(web, topic, headers=token(ada)) as reader:
        last_id = (await reader.next("subscribed")).id
    StreamHead.objects.filter(name=topic).update(epoch="another")

    async with StreamReader(web, topic, headers=token(ada) | {"Last-Event-ID": str(last_id)}) as reader:
        resync = await reader.next("resync")
        subscribed = await reader.next("subscribed")

    assert (resync.frame["reason"], resync.id) == ("history_lost", None)
    assert (subscribed.op, subscribed.frame["pos"]) == ("subscribed", "another:1")
    assert str(subscribed.id).endswith(".another:1")


@pytest.mark.parametrize(
    ("who", "own_stream", "queue"),
    [("ada", 200, 403), ("ben", 403, 403), ("cleo", 403, 403), ("mod", 403, 200), (None, 403, 403)],
)
async def test_private_topics_are_private(  # the four people
    web: WebServer, ada: User, ben: User, cleo: User, mod: User, who: str | None, own_stream: int, queue: int
) -> None:
    people = {"ada": ada, "ben": ben, "cleo": cleo, "mod": mod}
    headers = token(people[who]) if who else {}
    for topic, expected in ((f"user:{ada.id}", own_stream), ("moderation:queue", queue)):
        for method in ("GET", "HEAD"):
            async with StreamReader(web, "lobby:scores", topic, method=method, headers=headers) as reader:
                assert reader.status == expected, (topic, method)
                if (method, expected) == ("GET", 403):
                    problem = await reader.read_problem()
                    assert (problem["code"], problem["topic"]) == ("forbidden", topic)


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("", 422, "validation_error"),
        ("topic=", 422, "validation_error"),
        ("topic=nonsense", 404, "not_found"),
        ("topic=lobby:scores&topic=user:*", 404, "not_found"),
        ("topic=lobby:scores%0a", 404, "not_found"),
        ("topic=lobby:scores&conflate_ms=33", 422, "validation_error"),
        ("topic=lobby:scores&conflate_ms=x", 422, "validation_error"),
        ("topic=lobby:scores&conflate_ms=50&conflate_ms=50", 422, "validation_error"),
        ("topic=lobby:scores&heartbeat_ms=1", 422, "validation_error"),
        ("topic=lobby:scores&fields=nonsense", 422, "validation_error"),
        ("topic=lobby:scores&topics=lobby:prices", 422, "validation_error"),
        (
            "topic=" + "&topic=".join(f"event:00000000-0000-7000-8000-0000000000{n}:prices" for n in range(10, 61)),
            422,
            "validation_error",
        ),
        ("topic=%ff", 400, "bad_request"),
        ("&".join(["topic=lobby:scores"] * 101), 400, "bad_request"),
    ],
)
async def test_what_cannot_be_served_is_refused_before_the_stream(
    web: WebServer, query: str, status: int, code: str
) -> None:
    reader = StreamReader(web)
    reader._target = f"/api/stream?{query}"
    async with reader:
        problem = await reader.read_problem()

    assert (reader.status, problem["code"], problem["instance"]) == (status, code, "/api/stream")
    assert reader.headers["x-request-id"] == problem["request_id"]
    assert reader.headers["cache-control"].startswith("no-store")


async def test_a_dead_token_is_told_so(web: WebServer) -> None:
    async with StreamReader(web, "lobby:scores", headers={"X-Session-Token": "x" * 32}) as reader:
        assert (reader.status, (await reader.read_problem())["code"]) == (401, "session_expired")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
async def test_other_methods_are_refused(web: WebServer, method: str) -> None:
    async with StreamReader(web, "lobby:scores", method=method, headers={"Content-Length": "0"}) as reader:
        assert (reader.status, reader.headers["allow"]) == (405, "GET, HEAD")
        assert int(reader.headers["content-length"]) > 0
        assert (await reader.read_problem())["code"] == "method_not_allowed"
        assert not [name for name in reader.headers if name.startswith("access-control-")]


async def test_a_head_has_no_body_and_holds_nothing_open(web: WebServer, ada: User) -> None:
    headers = token(ada)
    for _ in range(12):
        async with StreamReader(web, f"user:{ada.id}", method="HEAD", headers=headers) as reader:
            assert (reader.status, reader.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(reader._reader.readexactly(1), 0.05)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "OURS"}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "OURS", "Sec-Fetch-Site": "cross-site"}, 200),  # the Origin is what counts where there is one
        ({}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Host": "evil.example"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://evil.example"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://127.0.0.1"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
async def test_a_cookie_counts_only_from_our_own_page(
    web: WebServer, ada: User, headers: dict[str, str], status: int
) -> None:
    sent = {name: web.origin if value == "OURS" else value for name, value in headers.items()}
    cookie = {"Cookie": f"sessionid={session_key_of(ada)}"}
    async with StreamReader(web, f"user:{ada.id}", headers=sent | cookie) as reader:
        assert reader.status == status
        if status == 200:
            assert (await reader.next()).frame["user"]["username"] == "ada"


async def test_another_sites_page_hears_not_even_public_topics(web: WebServer) -> None:
    async with StreamReader(web, "lobby:scores", headers={"Origin": "http://evil.example"}) as reader:
        assert (reader.status, (await reader.read_problem())["code"]) == (403, "forbidden")
        assert "access-control-allow-origin" not in reader.headers


async def test_a_stale_cookie_makes_a_visitor(web: WebServer) -> None:
    headers = {"Cookie": "sessionid=" + "x" * 32, "Sec-Fetch-Site": "same-origin"}
    async with StreamReader(web, "lobby:scores", headers=headers) as reader:
        assert (await reader.next()).frame["user"] is None


async def test_silence_is_broken_by_heartbeats(web: WebServer) -> None:
    async with StreamReader(web, "moderation:queue", heartbeat_ms=500) as refused:
        assert refused.status == 403
    async with StreamReader(web, "lobby:scores", heartbeat_ms=500) as reader:
        welcome = await reader.next()
        beats = [(await reader.next("heartbeat")).frame for _ in range(2)]
        while "delayed" in beats[-2] or "delayed" in beats[-1]:  # what changes the flag does not wait for its time
            beats.append((await reader.next("heartbeat")).frame)

    assert welcome.frame["heartbeat_ms"] == 500
    assert 400 < beats[-1]["t"] - beats[-2]["t"] < 5_000


async def test_fields_thin_out_a_conflated_topic(web: WebServer) -> None:
    topic = f"event:{make_live_event().pk}:scoreboard"
    async with StreamReader(web, topic, fields="event_id,home_goals") as reader:
        ((_, _, value),) = (await reader.next("subscribed")).frame["image"]["entries"]

    assert sorted(value) == ["event_id", "home_goals"]
