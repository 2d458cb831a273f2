"""A server that is told to end says goodbye to every socket and cuts nobody off who asks something of it."""

import asyncio
import http.client
import json
import signal
import socket
from typing import Any

import pytest
import redis
from django.db import transaction

from community.locks import lock_conversation
from community.models import Message
from project.devstack.postgres import DATABASE
from tests.realtime.faults.scene import WAIT_S, Scene
from tests.realtime.faults.stack import Stack
from tests.realtime.faults.watching import until
from tests.realtime.processes import WebServer, session_key_of

SOCKETS = 6


class Request:
    """A request that is sent by halves, on a connection that may be kept for another."""

    def __init__(self, server: WebServer, token: str) -> None:
        self._link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=WAIT_S)
        self._token = token
        self._rest = b""

    def begin(self, method: str, path: str, *, key: str = "", **body: Any) -> None:
        """Send the head and half of the body."""
        data = json.dumps(body).encode() if body else b""
        self._link.putrequest(method, path)
        headers = {"X-Session-Token": self._token, "Idempotency-Key": key, "Content-Type": "application/json"}
        for name, value in (headers | {"Content-Length": str(len(data))}).items():
            self._link.putheader(name, value)
        self._link.endheaders(data[: len(data) // 2])
        self._rest = data[len(data) // 2 :]

    def end(self) -> tuple[int, Any, str | None]:
        """Send the rest and read the answer: its status, its body, and what becomes of the connection."""
        if self._rest:
            self._link.send(self._rest)
        answer = self._link.getresponse()
        return answer.status, json.loads(answer.read()), answer.getheader("Connection")


def count_waiting(stack: Stack) -> int:
    """Commands that wait for a lock. Asked on another connection: one with a transaction would see its first answer."""
    with stack.postgres.connect(DATABASE) as other, other.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        row = cursor.fetchone()
    other.close()
    assert row is not None
    return int(row[0])


def is_listening(server: WebServer) -> bool:
    try:
        socket.create_connection(("127.0.0.1", server.port), timeout=1).close()
    except ConnectionRefusedError:
        return False
    return True


def list_presence(stack: Stack) -> list[bytes]:
    """What Redis still says of sockets."""
    with redis.Redis.from_url(stack.redis.url()) as client:
        return [*client.scan_iter("presence:*"), *client.scan_iter("live:*")]


@pytest.mark.parametrize("name", ["web", "pair"])
async def test_a_server_that_ends_cuts_nobody_off(stack: Stack, scene: Scene, name: str) -> None:
    """A command is in the middle of its work, another half sent, a third comes on a connection that was kept."""
    server: WebServer = getattr(stack, name)
    stack.ensure(server)
    visitors = [stack.client(None, at=server, reconnect=False) for _ in range(SOCKETS)]
    for visitor in visitors:
        await visitor.__aenter__()
    token, say = session_key_of(scene.ada), f"/api/conversations/{scene.conversation.id}/messages"
    working, half_sent, kept = (Request(server, token) for _ in range(3))
    half_sent.begin("POST", say, key="half sent", body="half sent")
    kept.begin("GET", "/api/me")
    assert (await asyncio.to_thread(kept.end))[::2] == (200, None)
    words = {"conversation_id": str(scene.conversation.id), "body": "called"}
    async with stack.client(scene.ada, at=server, reconnect=False) as client:
        with transaction.atomic():
            lock_conversation(scene.conversation.id)
            called = asyncio.ensure_future(client.call("send_message", words, key="called"))
            working.begin("POST", say, key="working", body="working")
            answered = asyncio.ensure_future(asyncio.to_thread(working.end))
            await until(lambda: count_waiting(stack) == 2)

            assert server.process is not None
            server.process.send_signal(signal.SIGTERM)
            codes = [await each.wait_closed() for each in (client, *visitors)]
            await until(lambda: not is_listening(server))
            assert not answered.done()
            kept.begin("GET", "/api/me")
            assert (await asyncio.to_thread(kept.end))[::2] == (200, "close")
        answers = [await answered, await asyncio.to_thread(half_sent.end)]
        await asyncio.wait([called])
    status = await asyncio.to_thread(server.process.wait, WAIT_S)

    assert (status, codes) == (0, [4503] * (SOCKETS + 1))
    byes = [each.bye for each in (client, *visitors) if each.bye is not None]
    assert [(bye["reconnect"], 500 <= bye["retry_ms"] <= 1_000) for bye in byes] == [(True, True)] * (SOCKETS + 1)
    assert [(code, body["body"], kept_open) for code, body, kept_open in answers] == [
        (201, "working", "close"),
        (201, "half sent", "close"),
    ]
    assert list_presence(stack) == []
    await check_call_was_carried_out(stack, scene, words)


async def check_call_was_carried_out(stack: Stack, scene: Scene, words: dict[str, str]) -> None:
    """Whoever lost the answer to a call asks again with the same key."""
    stack.ensure(stack.web)
    async with stack.client(scene.ada) as client:
        again = await client.call("send_message", words, key="called")
    stored = Message.objects.filter(conversation=scene.conversation)
    assert sorted(message.body for message in stored) == ["called", "half sent", "working"]
    assert again["id"] in {str(message.id) for message in stored}
