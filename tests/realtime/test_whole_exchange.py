"""A request in one piece on its connection: what comes meanwhile waits, and so it does while the answer is not read."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from twisted.internet.testing import StringTransport

from project.server.bounded_channel import BoundedChannel
from project.server.exchange import Exchange

LINE = b"POST /api/slips HTTP/1.1\r\n"


def whole(number: int) -> bytes:
    return LINE + b"Host: a\r\nContent-Length: 1\r\n\r\n%d" % number


class Desk:
    """Plays the server: keeps what it has to have answered."""

    def __init__(self) -> None:
        self.whole_line = LINE
        self.server_name = "touchline"
        self.is_ending = False
        self.channels: set[Any] = set()
        self.opening: dict[Any, float] = {}
        self.begun: list[Exchange] = []

    def begin_exchange(self, exchange: Exchange, ends: dict[str, Any], headers: list[tuple[bytes, bytes]]) -> None:
        self.begun.append(exchange)

    async def bodies(self) -> list[bytes]:
        return [(await exchange.receive())["body"] for exchange in self.begun]


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def channel(desk: Desk) -> Any:
    channel = BoundedChannel()
    channel.factory = SimpleNamespace(server=desk)
    channel.timeOut = None
    transport = StringTransport()
    transport.offset, transport.dataBuffer, transport._tempDataLen = 0, b"", 0
    channel.makeConnection(transport)
    return channel


async def answer(exchange: Exchange, body: bytes = b"{}") -> None:
    await exchange.send({"type": "http.response.start", "status": 201, "headers": [(b"A", b"b")]})
    await exchange.send({"type": "http.response.body", "body": body[:1], "more_body": True})
    await exchange.send({"type": "http.response.body", "body": body[1:]})


async def test_the_next_request_waits_for_the_answer(channel: Any, desk: Desk) -> None:
    channel.dataReceived(whole(1))
    channel.dataReceived(whole(2)[:40])
    channel.dataReceived(whole(2)[40:])
    assert (len(desk.begun), channel.is_idle) == (1, False)

    await answer(desk.begun[0])
    assert (await desk.bodies(), channel.is_idle) == ([b"1", b"2"], False)
    await answer(desk.begun[1])

    assert channel.is_idle
    head = b"HTTP/1.1 201 Created\r\nA: b\r\nServer: touchline\r\nContent-Length: 2\r\n\r\n{}"
    assert channel.transport.value() == head * 2


async def test_the_next_request_waits_until_the_answer_is_read(channel: Any, desk: Desk) -> None:
    channel.dataReceived(whole(1))
    channel.dataReceived(whole(2))
    channel.pauseProducing()  # the transport's word for: nobody reads
    await answer(desk.begun[0])
    assert len(desk.begun) == 1
    assert channel.transport.producerState == "paused"

    channel.resumeProducing()

    assert await desk.bodies() == [b"1", b"2"]
    assert channel.transport.producerState == "producing"


async def test_a_lost_connection_is_told_and_hears_nothing(channel: Any, desk: Desk) -> None:
    channel.dataReceived(whole(1))
    [exchange] = desk.begun
    await exchange.receive()
    waiting = asyncio.ensure_future(exchange.receive())
    await asyncio.sleep(0)
    assert not waiting.done()

    channel.connectionLost(None)
    await answer(exchange)

    assert await waiting == {"type": "http.disconnect"}
    assert channel.transport.value() == b""


async def test_the_last_answer_of_a_server_that_ends_says_so(channel: Any, desk: Desk) -> None:
    channel.dataReceived(whole(1))
    desk.is_ending = True
    await answer(desk.begun[0])

    assert b"\r\nConnection: close\r\n" in channel.transport.value()
    assert channel.transport.disconnecting


@pytest.mark.parametrize(("how", "status"), [("fails", b"500 "), ("is silent", b"500 "), ("hangs", b"503 ")])
async def test_an_application_that_does_not_answer_is_answered_for(
    channel: Any, desk: Desk, caplog: pytest.LogCaptureFixture, how: str, status: bytes
) -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        if how == "fails":
            raise ZeroDivisionError
        if how == "hangs":
            await asyncio.Event().wait()

    channel.dataReceived(whole(1))
    running = desk.begun[0].begin(application, {})
    await asyncio.sleep(0)
    if how == "hangs":
        desk.begun[0].give_up()
    await asyncio.gather(running, return_exceptions=True)
    await asyncio.sleep(0)

    assert channel.transport.value().startswith(b"HTTP/1.1 " + status)
    assert [record.name for record in caplog.records] == (["project.server.exchange"] if how == "fails" else [])
