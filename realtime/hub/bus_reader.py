"""The process's one subscription to Redis. It comes back by itself, and says so: messages were lost."""

import asyncio
import logging
import random
from collections.abc import Callable
from typing import Any, Final

import redis.asyncio
from redis.exceptions import RedisError

from project.kit.bus import CONTROL_CHANNEL, channel_of
from realtime.hub.bus_protocol import BusProtocol

logger = logging.getLogger(__name__)

PING_EVERY_S: Final = 2.0
DOUBTED_AFTER_S: Final = 5.0  # two pings unanswered: what we hear may be old
SILENT_FOR_S: Final = 10.0  # the link is dead although nobody closed it
CONFIRM_WITHIN_S: Final = 1.0  # a join does not wait longer for Redis: the check every two seconds makes it right
RETRY_FIRST_S: Final = 0.05
RETRY_MAX_S: Final = 1.0

OnMessage = Callable[[str, bytes], None]


class BusReader:
    """Hears the control channel always and the channel of each wanted topic."""

    def __init__(
        self, url: str, *, on_message: OnMessage, on_control: Callable[[bytes], None], on_return: Callable[[], None]
    ) -> None:
        # Without socket_timeout=None an idle subscription dies after five seconds with newer clients.
        self._pool: Any = redis.asyncio.ConnectionPool.from_url(
            url, socket_timeout=None, socket_connect_timeout=3, protocol=2
        )
        self._on_message = on_message
        self._on_control = on_control
        self._on_return = on_return
        self._wanted: set[str] = set()
        self._confirmations: dict[str, asyncio.Future[None]] = {}
        self._connection: Any = None  # redis.asyncio's connection classes have no common type
        self._loop = asyncio.get_running_loop()
        self._heard_at = self._loop.time()
        self._is_away = False
        self._unconfirmed = 0
        self._has_joined = False  # the control channel is confirmed on this connection
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def is_connected(self) -> bool:
        return self._connection is not None

    @property
    def is_listening(self) -> bool:
        """Whether an order on the control channel would be heard, as far as one can know."""
        return self._connection is not None and self._has_joined and self.is_whole

    @property
    def is_whole(self) -> bool:
        """Whether every wanted channel is heard, as far as one can know."""
        return not self._is_away and self._loop.time() - self._heard_at < DOUBTED_AFTER_S

    def start(self) -> None:
        """Connect and listen until `stop`."""
        self._tasks = [asyncio.ensure_future(self._run()), asyncio.ensure_future(self._watch())]

    async def stop(self) -> None:
        """Leave Redis."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._drop()

    async def subscribe(self, topic: str) -> None:
        """Want a topic; returns when Redis has confirmed, or after a second without it."""
        channel = channel_of(topic)
        if channel in self._wanted and channel not in self._confirmations:
            return
        self._wanted.add(channel)
        confirmation = self._confirmations.get(channel)
        if confirmation is None:
            confirmation = self._confirmations[channel] = self._loop.create_future()
            await self._command("SUBSCRIBE", channel)
        await asyncio.wait([confirmation], timeout=CONFIRM_WITHIN_S)

    async def unsubscribe(self, topic: str) -> None:
        """Want a topic no more."""
        channel = channel_of(topic)
        self._wanted.discard(channel)
        self._confirmations.pop(channel, None)
        await self._command("UNSUBSCRIBE", channel)

    async def _run(self) -> None:
        retry_s = RETRY_FIRST_S
        while True:
            try:
                heard = await self._connect()
                retry_s = RETRY_FIRST_S
                await heard.lost
            except (RedisError, OSError) as error:
                if not self._is_away:
                    logger.warning("the bus is away: %s", error)
                self._is_away = True
                await self._drop()
                await asyncio.sleep(retry_s * random.uniform(0.5, 1))  # spreads the processes' returns
                retry_s = min(RETRY_MAX_S, retry_s * 2)

    async def _connect(self) -> BusProtocol:
        connection = self._pool.make_connection()
        await connection.connect()
        self._connection = connection  # from here on `subscribe` sends for itself
        self._heard_at = self._loop.time()
        heard = BusProtocol(self._take)
        # Before anything is asked for: an answer must not arrive in the library's own stream.
        connection._writer.transport.set_protocol(heard)
        channels = [CONTROL_CHANNEL, *sorted(self._wanted)]
        self._unconfirmed = len(channels)
        await connection.send_command("SUBSCRIBE", *channels)
        return heard

    def _take(self, reply: list[Any]) -> None:
        self._heard_at = self._loop.time()
        kind = reply[0]
        if kind == b"message":
            channel = reply[1].decode()
            if channel == CONTROL_CHANNEL:
                self._on_control(reply[2])
            else:
                self._on_message(channel.removeprefix("bus:"), reply[2])
        elif kind == b"subscribe":
            self._confirm(reply[1].decode())

    def _confirm(self, channel: str) -> None:
        self._has_joined = self._has_joined or channel == CONTROL_CHANNEL
        confirmation = self._confirmations.pop(channel, None)
        if confirmation is not None and not confirmation.done():
            confirmation.set_result(None)
        self._unconfirmed -= 1
        if self._unconfirmed == 0 and self._is_away:
            # Now that every channel is heard again, what was missed can be read without a hole after it.
            self._is_away = False
            logger.info("the bus is back")
            self._on_return()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(PING_EVERY_S)
            if self._connection is None:
                continue
            if self._loop.time() - self._heard_at > SILENT_FOR_S:
                await self._connection.disconnect(nowait=True)
            else:
                await self._command("PING")

    async def _command(self, *words: str) -> None:
        connection = self._connection
        if connection is None or not connection.is_connected:
            return  # what is wanted is asked for again on return
        try:
            await connection.send_command(*words, check_health=False)
        except (RedisError, OSError):
            return  # the listening side hears of it as well and reconnects

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        self._has_joined = False
        if connection is not None:
            await connection.disconnect(nowait=True)
