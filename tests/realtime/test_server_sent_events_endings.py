"""How event streams end: with the session, at the limits that sockets share, with the server, and never unread."""

import asyncio
import re
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client as Browser
from touchline_client.testing import Client

from accounts.actions.people import suspend_person
from accounts.models import User
from project.kit import streams
from realtime.core.limits import SOCKETS_PER_ADDRESS, SOCKETS_PER_USER
from realtime.hub import event_writer
from realtime.hub.writer import CLOSE_WITHIN_S
from realtime.streams import NotificationReadChange, user_entry
from tests.realtime.event_streams import StreamReader
from tests.realtime.processes import ChildProcess, WebServer, faults_in, session_key_of

OpenClient = Callable[..., Client]


def token(user: User) -> dict[str, str]:
    return {"X-Session-Token": session_key_of(user)}


def read_metrics(web: WebServer) -> str:
    with urllib.request.urlopen(f"{web.origin}/metrics") as answer:  # noqa: S310  a server of this test
        return str(answer.read().decode())


async def until_closed(web: WebServer, reason: str) -> None:
    """Until the server has told that it closed a connection for this reason. Others tell of theirs as well."""
    assert web.process is not None
    labels = rf'process="web@[^"]+:{web.process.pid}",reason="{reason}"'
    for _ in range(100):
        text = await asyncio.to_thread(read_metrics, web)
        found = re.findall(rf"closed_total{{.*{labels}}} ([0-9.]+)", text)
        if sum(map(float, found)) > 0:
            return
        await asyncio.sleep(0.1)
    pytest.fail("nothing was closed")


async def test_log_out_ends_the_streams_of_that_session(web: WebServer, ada: User) -> None:
    browser = Browser()
    browser.force_login(ada)
    here = {"Cookie": f"sessionid={browser.cookies['sessionid'].value}", "Sec-Fetch-Site": "same-origin"}
    async with (
        StreamReader(web, f"user:{ada.id}", headers=here) as ended,
        StreamReader(web, f"user:{ada.id}", headers=token(ada), heartbeat_ms=500) as standing,
    ):
        await ended.next("subscribed")
        assert browser.delete("/_allauth/browser/v1/auth/session").status_code == 401
        bye = await ended.next("bye")
        rest = await ended.read_to_end()
        await standing.next("heartbeat")

    assert (bye.frame["code"], bye.frame["reconnect"], rest) == (4401, True, [])
    assert bye.fields["retry"] == str(bye.frame["retry_ms"])
    assert ended.is_ended
    async with StreamReader(web, f"user:{ada.id}", headers=here) as visitor:
        assert visitor.status == 403


async def test_a_suspended_person_is_cut_off_at_once(web: WebServer, ada: User, mod: User) -> None:
    headers = token(ada)
    async with StreamReader(web, "lobby:scores", headers=headers) as reader:
        await reader.next("subscribed")
        suspend_person(user_id=ada.id, actor_id=mod.id, reason="fraud")
        bye = await reader.next("bye")
    async with StreamReader(web, "lobby:scores", headers=headers) as refused:
        assert refused.status == 401

    assert bye.frame["code"] == 4401


async def test_streams_and_sockets_of_a_person_share_one_limit(
    open_client: OpenClient, web: WebServer, ada: User, ben: User
) -> None:
    async with open_client(ada):
        readers = [StreamReader(web, "lobby:scores", headers=token(ada)) for _ in range(SOCKETS_PER_USER - 1)]
        for reader in readers:
            await reader.__aenter__()
            assert reader.status == 200
        async with StreamReader(web, "lobby:scores", headers=token(ada)) as refused:
            problem = await refused.read_problem()
        async with StreamReader(web, "lobby:scores", headers=token(ben)) as other:
            assert other.status == 200
        for reader in readers:
            reader.cut()

    assert (refused.status, problem["code"], problem["limit"]) == (429, "rate_limited", SOCKETS_PER_USER)
    assert int(refused.headers["retry-after"]) >= 1
    for _ in range(100):  # until the server has noticed that they are gone
        async with StreamReader(web, "lobby:scores", headers=token(ada)) as again:
            if again.status == 200:
                return
        await asyncio.sleep(0.05)
    pytest.fail("streams that were cut are still counted")


async def test_streams_of_an_address_share_the_limit_of_sockets(web: WebServer) -> None:
    readers = [StreamReader(web, "lobby:scores") for _ in range(SOCKETS_PER_ADDRESS + 1)]
    statuses = []
    for reader in readers:
        await reader.__aenter__()
        statuses.append(reader.status)
    problem = await readers[-1].read_problem()
    for reader in readers:
        reader.cut()

    assert statuses == [200] * SOCKETS_PER_ADDRESS + [429]
    assert problem["limit"] == SOCKETS_PER_ADDRESS


async def test_a_reader_that_stops_reading_is_ended_and_misses_nothing(
    web: WebServer, relay: ChildProcess, ada: User
) -> None:
    ids = [uuid4() for _ in range(100)]  # four kilobytes a change
    topic = f"user:{ada.id}"
    async with (
        StreamReader(web, topic, headers=token(ada), receive_bytes=4_096) as reader,
        StreamReader(web, "lobby:scores") as other,
    ):
        await reader.next("subscribed")
        for first in range(1, 1_000, 100):
            with transaction.atomic():
                changes = [NotificationReadChange(ids=ids, unread=number) for number in range(first, first + 100)]
                streams.append(*(user_entry(ada.id, each) for each in changes))
        await other.next("subscribed")
        await until_closed(web, "too_slow")  # it does not read, and more is written than a megabyte and the kernel hold
        await asyncio.sleep(2 * CLOSE_WITHIN_S)  # nor does it read the goodbye
        reader.take_more()
        await reader.read_to_end()
        heard = [each["unread"] for event in reader.events if event.op == "update" for each in event.frame["changes"]]

        assert (reader.is_ended, len(heard) < 1_000) == (False, True)
    headers = token(ada) | {"Last-Event-ID": str(reader.last_id)}
    async with StreamReader(web, topic, headers=headers) as reader:  # megabytes at once, at the pace it takes them
        while heard[-1:] != [1_000]:
            heard += [each["unread"] for each in (await reader.next("update")).frame["changes"]]

        assert "bye" not in {event.op for event in reader.events}
    assert heard == list(range(1, 1_001))


async def test_a_server_that_leaves_says_goodbye(transactional_db: None, tmp_path: Path, ada: User) -> None:
    server = WebServer(tmp_path / "web.log")
    server.start()
    async with StreamReader(server, f"user:{ada.id}", headers=token(ada)) as reader:
        await reader.next("subscribed")
        stopping = asyncio.create_task(asyncio.to_thread(server.stop))
        bye = await reader.next("bye")
        rest = await reader.read_to_end()
        await stopping

    assert (bye.frame["code"], bye.frame["reconnect"], rest) == (4503, True, [])
    assert reader.is_ended
    assert faults_in(server.read_log()) == []


async def test_streams_opened_again_and_again_are_slowed_down(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from realtime import server_sent_events
    from realtime.hub.hub import Hub

    hub = Hub()
    monkeypatch.setattr(server_sent_events, "current_hub", lambda: hub)
    monkeypatch.setattr(server_sent_events, "STREAMS_PER_MINUTE", 2)
    statuses = []
    for address in ("192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.2"):
        sent: list[dict[str, Any]] = []

        async def send(message: dict[str, Any], sent: list[dict[str, Any]] = sent) -> None:
            sent.append(message)

        scope = {"method": "HEAD", "path": "/api/stream", "query_string": b"topic=lobby:scores", "client": (address, 1)}
        await server_sent_events.serve_events(scope, asyncio.Event().wait, send)  # type: ignore[arg-type]  # nothing comes
        statuses.append(sent[0]["status"])

    assert statuses == [200, 200, 429, 200]
    assert hub.connections == set()


@pytest.mark.parametrize(("held_bytes_max", "begun"), [(10**9, False), (0, True)])
async def test_a_topic_that_cannot_be_had_is_an_answer_or_ends_the_stream(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, held_bytes_max: int, begun: bool
) -> None:
    """Before the response has begun the request is refused; after that the client comes back for all of it."""
    from project.kit.errors import TemporarilyUnavailable
    from realtime import server_sent_events
    from realtime.frames.client import TopicRequest
    from realtime.hub.hub import Hub

    sent: list[dict[str, Any]] = []
    hub = Hub()
    subscribe = hub.subscribe

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        await asyncio.Event().wait()
        return {}

    async def fail_for_prices(connection: Any, request: TopicRequest, **arguments: Any) -> None:
        if request.topic == "lobby:prices":
            raise TemporarilyUnavailable
        await subscribe(connection, request, **arguments)

    monkeypatch.setattr(hub, "subscribe", fail_for_prices)
    monkeypatch.setattr(server_sent_events, "current_hub", lambda: hub)
    monkeypatch.setattr(event_writer, "HELD_BYTES_MAX", held_bytes_max)
    scope = {"method": "GET", "path": "/api/stream", "query_string": b"topic=lobby:scores&topic=lobby:prices"}
    await asyncio.wait_for(server_sent_events.serve_events(scope, receive, send), 20)

    body = b"".join(message.get("body", b"") for message in sent).decode()
    if begun:
        assert sent[0]["status"] == 200
        assert [line for line in body.split("\n") if line.startswith("event: ")] == [
            f"event: {op}" for op in ("welcome", "subscribed", "error", "bye")
        ]
        assert '"topic":"lobby:prices"' in body
    else:
        assert (sent[0]["status"], dict(sent[0]["headers"])[b"Retry-After"]) == (503, b"2")
        assert '"topic": "lobby:prices"' in body
    assert (hub.connections, sent[-1].get("more_body", False)) == (set(), False)


async def test_a_lost_role_takes_its_topic_away(
    transactional_db: None, mod: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stream goes on with what is left; coming back for all of it is refused."""
    from project.kit.callers import Caller
    from realtime.core.event_stream import EventStream
    from realtime.frames.client import TopicRequest
    from realtime.hub import checks
    from realtime.hub.event_writer import EventWriter, find_transport
    from realtime.hub.hub import Hub

    bodies: list[bytes] = []

    async def send(message: dict[str, object]) -> None:
        bodies.append(bytes(message["body"]))  # type: ignore[call-overload]  # a body is bytes

    monkeypatch.setattr(checks, "SESSION_CHECK_S", -1.0)
    hub = Hub()
    writer = EventWriter(send, find_transport({}), EventStream(["moderation:queue"]))
    connection = hub.open_connection(writer, address="")
    connection.caller = Caller(user_id=mod.id, username="mod", role="MODERATOR", session_key=session_key_of(mod))
    hub.add(connection)
    writer.open(b"")
    await hub.subscribe(connection, TopicRequest(topic="moderation:queue"), ref=0)
    User.objects.filter(id=mod.id).update(role="END_USER")

    await checks.check_sessions(hub)
    await asyncio.sleep(0.01)

    assert connection.topics == set()
    assert b'event: error\ndata: {"op":"error"' in b"".join(bodies)
    writer.abandon()
