"""The socket client: one connection for every topic and command, which comes back by itself and resumes where it was.
It knows the protocol and nothing of the product; whoever listens owns what a topic means."""

import asyncio
import random
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self, overload

from touchline_client.conversation import Conversation
from touchline_client.errors import Closed
from touchline_client.events import ConnectionState, Emitter
from touchline_client.generated.calls import Calls
from touchline_client.generated.frames import SocketLimits, SocketPerson
from touchline_client.latency import Latency
from touchline_client.link import GetTicket, LinkOptions
from touchline_client.reducers import apply_change
from touchline_client.requests import Asked
from touchline_client.state import Reduce
from touchline_client.subscription import Subscription
from touchline_client.topic import AnyEvent, EntriesEvent, Event, Image, Topic


class Client(Emitter, Calls):
    """`async with Client(url, token=...) as client: scores = await client.subscribe(topics.lobby_scores())`.

    Who you are: `token` (sent as X-Session-Token), `cookie` with `origin` (as a browser), or `get_ticket`, which is
    asked for a fresh ticket before every hello; it may block or be async, returns None to come as a visitor, and raises
    OSError or TicketUnavailable where none can be had just now. Without any of them you are a visitor.

    `heartbeat_ms` is how often the server speaks when it has nothing to say: silence is noticed sooner with a smaller
    one. Without `pings` nothing is measured, and only silence tells that what is heard is late.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        cookie: str | None = None,
        origin: str | None = None,
        get_ticket: GetTicket | None = None,
        lang: str | None = None,
        heartbeat_ms: int | None = None,
        reconnect: bool = True,
        pings: bool = True,
        chance: Callable[[], float] = random.random,
    ) -> None:
        super().__init__()
        headers = {"X-Session-Token": token, "Cookie": cookie}
        options = LinkOptions(
            url=url,
            chance=chance,
            headers={name: value for name, value in headers.items() if value is not None},
            origin=origin,
            get_ticket=get_ticket,
            lang=lang,
            heartbeat_ms=heartbeat_ms,
            reconnect=reconnect,
        )
        self._conversation = self._make_conversation(options, pings=pings)
        self._running: asyncio.Task[None] | None = None

    @property
    def state(self) -> ConnectionState:
        """Whether what is known may be taken as live: see ConnectionState."""
        return self._conversation.state

    @property
    def user(self) -> SocketPerson | None:
        """Who the server takes us for; None for a visitor."""
        return self._conversation.user

    @property
    def limits(self) -> SocketLimits | None:
        """What the server enforces, from the last welcome."""
        return self._conversation.limits

    @property
    def latency(self) -> Latency:
        """Round trip, difference of the clocks, age of the last update."""
        return self._conversation.meter.latency

    async def __aenter__(self) -> Self:
        self.open()
        is_inside = False
        try:
            await self._wait_for_welcome()
            is_inside = True
        finally:
            if not is_inside:
                await self.close()
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.close()

    def open(self) -> None:
        """Begin to connect, without waiting for it; `async with` waits for the welcome. A client is opened once."""
        assert self._running is None, "a client is opened once"
        self._conversation.begin()
        self._running = asyncio.create_task(self._conversation.run())

    async def close(self) -> None:
        """End the connection, for good: subscriptions end, calls under way end with an unknown outcome.

        Raises what `get_ticket`, `reduce` or a bug raised, if that is what ended the client before.
        """
        if self._running is None:
            return
        self._running.cancel()
        await asyncio.wait([self._running])
        self._conversation.end()  # the task may have had no time to begin
        if not self._running.cancelled():
            self._running.result()

    async def wait_closed(self, *, timeout: float | None = None) -> int | None:  # noqa: ASYNC109  # raised by name, as wait_for does
        """Wait until the connection has ended for good; returns the close code. Raises TimeoutError."""
        async with asyncio.timeout(timeout):
            await self._conversation.has_ended.wait()
        return self._conversation.close_code

    @overload
    async def subscribe(
        self, topic: str, *, conflate_ms: int | None = None, fields: Sequence[str] | None = None, reduce: Reduce = ...
    ) -> Subscription[Any, AnyEvent]: ...

    @overload
    async def subscribe(
        self, topic: Topic[Image, Event], *, conflate_ms: int | None = None, reduce: Reduce = ...
    ) -> Subscription[Image, Event]: ...

    @overload
    async def subscribe(
        self, topic: Topic[Any, Any], *, fields: Sequence[str], conflate_ms: int | None = None
    ) -> Subscription[dict[str, dict[str, Any]], EntriesEvent[dict[str, Any]]]: ...

    async def subscribe(
        self,
        topic: str | Topic[Any, Any],
        *,
        conflate_ms: int | None = None,
        fields: Sequence[str] | None = None,
        reduce: Reduce = apply_change,
    ) -> Subscription[Any, Any]:
        """Hear a topic from now on, across connections. Returns when it is up to date for the first time.

        `conflate_ms` is the pace of a conflated topic, `fields` the members its values shall have; `reduce` is how
        changes move the image of another one. Raises TopicRefused, Closed, or ValueError for a topic that is heard
        already.
        """
        return await self._conversation.subscribe(str(topic), conflate_ms=conflate_ms, fields=fields, reduce=reduce)

    async def ping(self) -> int:
        """The server's clock in milliseconds."""
        answer = await self._conversation.requests.ask(Asked("ping", {"op": "ping"}))
        return int(answer["t"])

    async def renew(self, ticket: str | None = None) -> SocketPerson:
        """Prove again, in place, whose socket this is, by a ticket at hand or one from `get_ticket`.

        Topics that were refused are asked for again. Raises CallRefused, or NotConnected where there is no ticket.
        """
        return await self._conversation.renew(ticket)

    async def typing(self, topic: str | Topic[Any, Any]) -> None:
        """Say that your person is typing there, as often as you like: what is too much is left out. No answer comes."""
        self._conversation.say_typing(str(topic))

    async def _call(
        self, name: str, arguments: Mapping[str, Any], *, key: str | None, repeat: bool, timeout_s: float
    ) -> Any:
        used_key = str(uuid.uuid4()) if key is None else key
        frame = {"op": "call", "name": name, "key": used_key, "args": dict(arguments)}
        return await self._conversation.requests.ask(
            Asked(name, frame, key=used_key, repeats=repeat, timeout_s=timeout_s, is_call=True)
        )

    def _make_conversation(self, options: LinkOptions, *, pings: bool) -> Conversation:
        return Conversation(options, pings=pings, emit=self.emit)

    async def _wait_for_welcome(self) -> None:
        ended = asyncio.create_task(self._conversation.has_ended.wait())
        welcome = asyncio.create_task(self._conversation.is_welcome.wait())
        try:
            await asyncio.wait([ended, welcome], return_when=asyncio.FIRST_COMPLETED)
        finally:
            ended.cancel()
            welcome.cancel()
        if not self._conversation.is_welcome.is_set():
            raise Closed(self._conversation.close_code)
