"""What Redis sends on a subscription, read without a task or a stream between the socket and the hub."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

import hiredis

INCOMPLETE: Final = object()

OnReply = Callable[[list[Any]], None]


class BusProtocol(asyncio.Protocol):
    """Takes over a connection of redis.asyncio once it is ready. All that one read brings is passed on in one go.

    A coroutine for each message, as the library reads, costs as much as everything the hub then does with it.
    """

    def __init__(self, on_reply: OnReply) -> None:
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._on_reply = on_reply
        self._reader = hiredis.Reader(notEnoughData=INCOMPLETE)

    def data_received(self, data: bytes) -> None:
        reader = self._reader
        try:
            reader.feed(data)
            while (reply := reader.gets()) is not INCOMPLETE:
                if isinstance(reply, list):
                    self._on_reply(reply)
        except hiredis.HiredisError as error:
            self._end(ConnectionError(f"Redis sent what is no answer: {error}"))

    def connection_lost(self, error: Exception | None) -> None:
        self._end(error or ConnectionError("Redis closed the connection"))

    def _end(self, error: Exception) -> None:
        if not self.lost.done():
            self.lost.set_exception(error)
