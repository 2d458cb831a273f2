"""Every limit of the welcome frame, and what becomes of bad frames. The server's log stays clean throughout."""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from touchline_client import Closed, TopicRefused
from touchline_client.testing import Client
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from accounts.models import User
from project.kit.ids import new_id
from tests.realtime.faults.watching import until
from tests.realtime.processes import WebServer, session_key_of

OpenClient = Callable[..., Client]


async def hear(socket: ClientConnection) -> dict[str, Any]:
    """The next frame that is no heartbeat: those come when they will."""
    while True:
        frame: dict[str, Any] = json.loads(await asyncio.wait_for(socket.recv(), 20))
        if frame["op"] != "heartbeat":
            return frame


async def open_socket(web: WebServer) -> ClientConnection:
    socket = await connect(web.url)
    await socket.send('{"op":"hello","v":1}')
    assert (await hear(socket))["op"] == "welcome"
    return socket


async def read_to_end(socket: ClientConnection) -> tuple[list[dict[str, Any]], int | None]:
    frames: list[dict[str, Any]] = []
    try:
        while True:
            frames.append(await hear(socket))
    except ConnectionClosed:
        return frames, socket.close_code


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("{", "malformed_json"),
        ("[1]", "malformed_json"),
        ('{"op":"subscribe","id":1}', "validation_error"),
        ('{"op":"nonsense"}', "validation_error"),
        (b"\x00\x01", "unsupported_media_type"),
        (b"", "unsupported_media_type"),
        ("", "malformed_json"),
    ],
)
async def test_a_bad_frame_gets_an_error_and_the_socket_lives(web: WebServer, content: str | bytes, code: str) -> None:
    socket = await open_socket(web)

    await socket.send(content)
    error = await hear(socket)
    await socket.send('{"op":"ping","id":1}')
    pong = await hear(socket)
    await socket.close()

    assert (error["op"], error["code"], error["retryable"]) == ("error", code, False)
    assert (pong["op"], pong["ref"]) == ("reply", 1)


async def test_ten_bad_frames_in_a_row_close_the_socket(web: WebServer) -> None:
    socket = await open_socket(web)

    for _ in range(10):
        await socket.send("{")
    frames, code = await read_to_end(socket)

    assert [frame["op"] for frame in frames] == ["error"] * 10 + ["bye"]
    assert frames[-1] == {"op": "bye", "code": 4400, "reconnect": False, "retry_ms": 0}
    assert code == 4400


async def test_a_good_frame_starts_the_count_again(web: WebServer) -> None:
    socket = await open_socket(web)

    for _ in range(9):
        await socket.send("{")
    await socket.send('{"op":"ping","id":1}')
    for _ in range(9):
        await socket.send("{")
    await socket.send('{"op":"ping","id":2}')
    frames = [await hear(socket) for _ in range(20)]
    await socket.close()

    assert [frame["op"] for frame in frames] == ["error"] * 9 + ["reply"] + ["error"] * 9 + ["reply"]


@pytest.mark.parametrize("size", [16 * 1024 + 1, 30_000])
async def test_a_frame_above_the_limit_closes_the_socket(web: WebServer, size: int) -> None:
    socket = await open_socket(web)

    await socket.send("x" * size)
    frames, code = await read_to_end(socket)

    assert (frames[-1]["op"], frames[-1]["reconnect"]) == ("bye", True)
    assert code == 4413


async def test_a_frame_at_the_limit_is_read(web: WebServer) -> None:
    socket = await open_socket(web)
    frame = '{"op":"ping","id":1}'

    await socket.send(frame + " " * (16 * 1024 - len(frame)))

    assert (await hear(socket))["op"] == "reply"
    await socket.close()


async def test_a_frame_far_above_the_limit_is_refused_at_its_header(web: WebServer) -> None:
    socket = await open_socket(web)

    await socket.send("x" * (1024 * 1024 + 1))
    _, code = await read_to_end(socket)

    assert code == 4413


async def test_frames_too_fast_are_refused_and_then_the_socket_is_closed(web: WebServer) -> None:
    socket = await open_socket(web)

    for number in range(150):
        await socket.send(json.dumps({"op": "ping", "id": number}))
    frames, code = await read_to_end(socket)

    refused = [frame for frame in frames if frame["op"] == "error"]
    assert code == 4429
    assert {frame["code"] for frame in refused} == {"rate_limited"}
    assert all(0 < frame["retry_after_ms"] <= 51 for frame in refused)
    assert 39 <= len([frame for frame in frames if frame["op"] == "reply"]) <= 60
    assert frames[-1]["reconnect"] is True
    assert 5_000 <= frames[-1]["retry_ms"] <= 10_000


async def test_one_topic_too_many_is_refused(open_client: OpenClient) -> None:
    async with open_client() as client:
        heard = [await client.subscribe(f"event:{new_id()}:scoreboard") for _ in range(50)]
        with pytest.raises(TopicRefused) as refused:
            await client.subscribe("lobby:prices")
        await client.unsubscribe(heard[0].topic)

        assert (refused.value.code, refused.value.problem["limit"]) == ("limit_exceeded", 50)
        assert (await client.subscribe("lobby:prices")).lane == "conflated"


async def come_in(web: WebServer, token: str) -> Client:
    """Once the server has noticed that another socket has left; until then there is no room."""
    async with asyncio.timeout(20):
        while True:
            client = Client(web.url, token=token)
            try:
                await client.__aenter__()
            except Closed as closed:
                assert closed.code == 4403
                await asyncio.sleep(0.05)
            else:
                return client


async def test_an_eleventh_socket_of_a_person_is_refused(web: WebServer, ada: User) -> None:
    token = session_key_of(ada)
    clients = [Client(web.url, token=token) for _ in range(10)]
    for client in clients:
        await client.__aenter__()

    extra = Client(web.url, token=token)
    with pytest.raises(Closed) as closed:
        await extra.__aenter__()
    await clients[0].__aexit__()
    clients[0] = await come_in(web, token)
    assert clients[0].welcome["user"]["username"] == "ada"
    for client in clients:
        await client.__aexit__()

    assert closed.value.code == 4403
    assert extra.errors[0]["code"] == "limit_exceeded"


async def test_sockets_of_one_address_are_limited(web: WebServer) -> None:
    sockets = [await connect(web.url) for _ in range(150)]

    _, code = await read_to_end(await connect(web.url))
    for socket in sockets:
        socket.transport.abort()

    assert code == 4403


async def test_a_topic_that_does_not_exist_is_not_found(open_client: OpenClient) -> None:
    async with open_client() as client:
        for topic in ("nonsense", "lobby:prices ", "event:1:prices", "EVENT:x", "lobby:prices\n", "user:*"):
            with pytest.raises(TopicRefused) as refused:
                await client.subscribe(topic)
            assert refused.value.code == "not_found"


async def test_a_refused_topic_does_not_refuse_its_neighbours(open_client: OpenClient) -> None:
    async with open_client() as client:
        wanted = [client.subscribe("nonsense"), client.subscribe("lobby:prices")]
        refused, heard = await asyncio.gather(*wanted, return_exceptions=True)

    assert isinstance(refused, TopicRefused)
    assert heard.lane == "conflated"  # type: ignore[union-attr]  # a subscription


async def test_a_heartbeat_comes_when_nothing_else_does(open_client: OpenClient) -> None:
    async with open_client(heartbeat_ms=500) as client:
        began_at = time.monotonic()
        await until(lambda: client.heartbeats >= 3)
        due = (time.monotonic() - began_at) / 0.5

        assert client.welcome["heartbeat_ms"] == 500
        assert client.heartbeats <= due + 1


async def test_an_idle_socket_stays_open_and_still_hears_its_topics(
    open_client: OpenClient, ada: User, relay: object
) -> None:
    """Redis clients of version 8 drop idle subscriptions after five seconds, channel layers too: ours may not."""
    from payments.actions.wallets import open_wallets

    async with open_client(ada) as client:
        topic = await client.subscribe(f"user:{ada.id}")
        await asyncio.sleep(20)
        open_wallets(user_id=ada.id)
        await topic.until(lambda each: len(each.changes) == 2, timeout=20)

        assert client.connection_count == 1
        assert client.heartbeats >= 3
