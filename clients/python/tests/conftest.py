"""A server, a clock that a test moves on, and clients that are closed in the end."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from fake_server import FakeServer, Frame, Visit
from touchline_client import Client, ConnectionState, Loss


class Clock:
    """Moves the event loop's time on. What falls due runs at once; what waits for a socket really waits."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self._real_time = loop.time
        self._ahead_s = 0.0
        loop.time = self._time  # type: ignore[method-assign]  # a loop asks itself for the time

    async def advance(self, seconds: float) -> None:
        self._ahead_s += seconds
        await turn()

    def _time(self) -> float:
        return self._real_time() + self._ahead_s


async def turn() -> None:
    """Let everything run that is due and waits for nothing."""
    for _ in range(20):
        await asyncio.sleep(0)


async def until(holds: Callable[[], bool]) -> None:
    """Wait for what nothing tells of."""
    for _ in range(10_000):
        if holds():
            return
        await asyncio.sleep(0.001)
    raise AssertionError("it never came")


def state_of(client: Client) -> ConnectionState:
    """A fresh look: type checkers take a property for what it was a moment ago."""
    return client.state


class Stage:
    """A client and the server it visits."""

    def __init__(self, server: FakeServer, clock: Clock) -> None:
        self.server = server
        self.clock = clock
        self.states: list[ConnectionState] = []
        self.losses: list[Loss] = []
        self.clients: list[Client] = []

    def open(self, **options: Any) -> Client:
        quiet: dict[str, Any] = {"pings": False, "chance": lambda: 0.0}
        client = Client(self.server.url, **(quiet | options))
        client.on("state", self.states.append)
        client.on("loss", self.losses.append)
        self.clients.append(client)
        client.open()
        return client

    async def start(self, user: Frame | None = None, **options: Any) -> tuple[Client, Visit]:
        """A client that was welcomed."""
        client = self.open(**options)
        return client, await self.welcome(client, user)

    async def welcome(self, client: Client, user: Frame | None = None, **members: Any) -> Visit:
        """The next connection, welcomed; all that the client says at once has been heard."""
        is_welcome = asyncio.Event()
        end = client.on("welcome", lambda frame: is_welcome.set())
        visit = await self.server.visit()
        await visit.welcome(user, **members)
        await is_welcome.wait()
        end()
        await client.ping()
        return visit

    async def come_back(self, client: Client, user: Frame | None = None) -> Visit:
        """After a loss that has happened: the next connection, welcomed."""
        retry_ms = self.losses[-1].retry_ms
        assert retry_ms is not None
        await self.clock.advance(retry_ms / 1_000)
        return await self.welcome(client, user)

    async def lost(self, count: int) -> Loss:
        """Wait until that many connections were lost."""
        await until(lambda: len(self.losses) >= count)
        return self.losses[-1]


@pytest.fixture
async def clock() -> Clock:
    return Clock()


@pytest.fixture
async def server(clock: Clock) -> AsyncIterator[FakeServer]:
    server = FakeServer()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def stage(server: FakeServer, clock: Clock) -> AsyncIterator[Stage]:
    stage = Stage(server, clock)
    yield stage
    for client in stage.clients:
        await client.close()
