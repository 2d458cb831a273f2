"""Connections cut after any byte: the client ends where the server is, with nothing missing and nothing twice."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest
from conftest import Clock
from fake_server import LIMITS, FakeServer, Frame
from touchline_client import Client, topics
from touchline_client.testing import Client as RecordingClient
from websockets.asyncio.server import ServerConnection, broadcast
from websockets.exceptions import ConnectionClosed

EPOCH = "x"
CUTS = 150


class SmallServer(FakeServer):
    """A log and some prices, as the real one serves them: images, resuming, segments, one answer for each key."""

    def __init__(self) -> None:
        super().__init__()
        self.log: list[Frame] = []
        self.prices: dict[str, list[Any]] = {}
        self.done: set[str] = set()
        self.calls_heard = 0
        self.readers: dict[str, set[ServerConnection]] = {"user:1": set(), "lobby:prices": set()}

    def publish(self) -> None:
        """One more change on every topic."""
        seq = len(self.log) + 1
        self.log.append({"seq": seq, "type": "test.counted"})
        key = f"k{seq % 5}"
        self.prices[key] = [key, seq, {"odds": f"{seq}.00"}]
        told = {"op": "update", "pt": 1}
        log = told | {"topic": "user:1", "pos": f"{EPOCH}:{seq}", "changes": [self.log[-1]]}
        prices = told | {"topic": "lobby:prices", "pos": f"v:{seq}", "con": True, "changes": [self.prices[key]]}
        broadcast(self.readers["user:1"], json.dumps(log))
        broadcast(self.readers["lobby:prices"], json.dumps(prices))

    async def _meet(self, socket: ServerConnection) -> None:
        self.count += 1
        try:
            async for message in socket:
                for frame in self._answer(socket, json.loads(message)):
                    await socket.send(json.dumps(frame))
        except ConnectionClosed:
            pass
        finally:
            for readers in self.readers.values():
                readers.discard(socket)

    def _answer(self, socket: ServerConnection, frame: Frame) -> list[Frame]:
        match frame["op"]:
            case "hello":
                members = {"v": 1, "heartbeat_ms": 5_000, "server_time": "2027-01-15T08:00:00Z", "session": "s"}
                return [{"op": "welcome", "limits": LIMITS | {"burst": 10_000}, "user": None, **members}]
            case "call":
                self.calls_heard += 1
                self.done.add(frame["key"])
                return [{"op": "reply", "ref": frame["id"], "ok": {"id": frame["key"]}}]
            case "ping":
                return [{"op": "reply", "ref": frame["id"], "ok": {"t": 1}}]
            case "subscribe":
                return [part for request in frame["topics"] for part in self._join(socket, request, frame["id"])]
        return []

    def _join(self, socket: ServerConnection, request: Frame, ref: int) -> list[Frame]:
        self.readers[request["topic"]].add(socket)
        answer = {"op": "subscribed", "ref": ref, "topic": request["topic"]}
        if request["topic"] == "lobby:prices":
            answer |= {"lane": "conflated", "pos": "v:1", "segments": max(1, len(self.prices))}
            entries = [[entry] for entry in self.prices.values()] or [[]]
            return [answer | {"segment": place, "image": {"entries": each}} for place, each in enumerate(entries)]
        answer |= {"lane": "sequenced", "pos": f"{EPOCH}:{len(self.log)}"}
        if "since" in request:
            missed = self.log[int(request["since"].partition(":")[2]) :]
            update = {"op": "update", "topic": "user:1", "pt": 1, "pos": answer["pos"], "changes": missed}
            return [answer | {"resumed": True}, *([update] if missed else [])]
        text = json.dumps({"seen": [change["seq"] for change in self.log]})
        parts = [text[first : first + 10] for first in range(0, len(text), 10)]
        return [answer | {"segment": place, "segments": len(parts), "part": part} for place, part in enumerate(parts)]


class CuttingProxy:
    """Passes connections on to a server and cuts each after so many bytes of what it says; none when that is empty."""

    def __init__(self, port: int) -> None:
        self.cuts: list[int] = []
        self._port = port
        self._running: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"ws://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/ws/v1/"

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._pass_on, "127.0.0.1", 0)

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        left = self.cuts.pop() if self.cuts else None
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._port)
        ways = [
            asyncio.create_task(self._copy(reader, there_writer, None)),
            asyncio.create_task(self._copy(there_reader, writer, left)),
        ]
        self._running.update(ways)
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
            self._running.discard(way)
        for end in (writer, there_writer):
            if left is not None and left % 2:
                end.transport.abort()
            end.close()
            with suppress(OSError):
                await end.wait_closed()

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, left: int | None) -> None:
        with suppress(OSError):
            while data := await reader.read(65_536):
                writer.write(data if left is None else data[:left])
                await writer.drain()
                if left is not None:
                    left -= len(data)
                    if left <= 0:
                        return


@pytest.fixture
async def small(clock: Clock) -> AsyncIterator[SmallServer]:
    server = SmallServer()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def proxy(small: SmallServer) -> AsyncIterator[CuttingProxy]:
    proxy = CuttingProxy(small.port)
    await proxy.start()
    yield proxy
    await proxy.stop()


async def keep_trying(client: Client, clock: Clock) -> None:
    """Sit out no wait between two attempts."""
    while True:
        if client.state == "offline":
            await clock.advance(0.5)
        await asyncio.sleep(0.001)


async def test_cut_anywhere_it_ends_where_the_server_is(small: SmallServer, proxy: CuttingProxy, clock: Clock) -> None:
    proxy.cuts = [1 + number * 17 for number in range(CUTS)]  # the long ones first: then there is something to resume
    for _ in range(6):
        small.publish()
    client = RecordingClient(proxy.url, chance=lambda: 0.0)
    client.on("loss", lambda loss: small.publish())
    client.open()
    pushing = asyncio.create_task(keep_trying(client, clock))
    async with asyncio.timeout(10_000):  # of a clock that runs ahead
        log = await client.subscribe("user:1", reduce=lambda image, change: {"seen": [*image["seen"], change["seq"]]})
        prices = await client.subscribe(topics.lobby_prices())
        while proxy.cuts or client.state != "live":
            small.publish()  # so that cuts fall into updates as well
            await asyncio.sleep(0.002)
    await client.ping()  # its answer comes after all that was published
    pushing.cancel()

    assert client.state == "live"
    assert log.image == {"seen": [change["seq"] for change in small.log]}
    assert [change["seq"] for change in log.changes] == list(range(log.changes[0]["seq"], len(small.log) + 1))
    assert log.image_count == 1
    assert prices.conflated.list_entries() == [tuple(small.prices[key]) for key in prices.image]
    assert set(prices.image) == set(small.prices)
    assert small.count >= CUTS / 2, "those cut in the handshake are never met"
    await client.close()


async def test_a_command_repeated_over_broken_connections_is_done_once(
    small: SmallServer, proxy: CuttingProxy, clock: Clock
) -> None:
    proxy.cuts = [400 + number * 8 for number in reversed(range(60))]  # some behind the welcome, within the answer
    client = Client(proxy.url, chance=lambda: 0.0, pings=False)
    client.open()
    pushing = asyncio.create_task(keep_trying(client, clock))
    answer: Any = await client.call(
        "mark_read", {"conversation_id": "c", "seq": 1}, key="k", repeat=True, timeout_s=100_000
    )
    pushing.cancel()
    await client.close()

    assert (answer, small.done) == ({"id": "k"}, {"k"})
    assert small.calls_heard > 1
