"""The socket client: hello, subscribe, resume, call. It knows the protocol and nothing of the product."""

import asyncio
import itertools
import json
import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Origin

from touchline_client.reducers import apply_change
from touchline_client.state import ConflatedState, Gap, Reduce, SequencedState

PROTOCOL_VERSION = 1
FINAL_CODES = frozenset({4400, 4403, 4404, 4423})
RETRY_FIRST_S = 0.2
RETRY_MAX_S = 10.0
IMAGE_BYTES_MAX = 16 * 1024 * 1024

Frame = dict[str, Any]


class CallRefused(Exception):
    """A command was refused; `error` has the members of the problem."""

    def __init__(self, error: Mapping[str, Any]) -> None:
        super().__init__(error.get("detail") or error["title"])
        self.error = error
        self.code: str = error["code"]


class TopicRefused(CallRefused):
    """A topic was refused."""


class Closed(Exception):
    """The socket is closed and will not come back by itself."""

    def __init__(self, code: int | None) -> None:
        super().__init__(f"closed with {code}")
        self.code = code


class Subscription:
    """One topic: its state, and everything that happened to it as (kind, content) in `events`."""

    def __init__(self, topic: str, conflate_ms: int | None, reduce: Reduce) -> None:
        self.topic = topic
        self.conflate_ms = conflate_ms
        self.lane = ""
        self.conflated = ConflatedState()
        self.sequenced = SequencedState(reduce)
        self.events: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        self.changes: list[Mapping[str, Any]] = []
        self.image_count = 0
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._moved = asyncio.Condition()

    def request(self) -> Frame:
        """This topic in a subscribe frame."""
        request: Frame = {"topic": self.topic}
        if self.conflate_ms is not None:
            request["conflate_ms"] = self.conflate_ms
        if self.sequenced.since is not None:
            request["since"] = self.sequenced.since
        return request

    async def until(self, holds: Callable[[Self], bool], *, timeout: float = 20.0) -> None:  # noqa: ASYNC109  # a test's limit
        """Wait until something holds of the state. Raises TimeoutError."""
        async with asyncio.timeout(timeout), self._moved:
            await self._moved.wait_for(lambda: holds(self))

    async def take(self, kind: str, content: Any) -> None:
        """Note that something happened."""
        self.events.put_nowait((kind, content))
        async with self._moved:
            self._moved.notify_all()


class Client:
    """`async with Client(url, token=...) as client: topic = await client.subscribe("lobby:prices")`.

    Who you are: `token` (sent as X-Session-Token), `cookie` with `origin` (as a browser), or `get_ticket`, which is
    asked for a fresh ticket before every hello. Without any of them you are a visitor.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        cookie: str | None = None,
        origin: str | None = None,
        get_ticket: Callable[[], str] | None = None,
        heartbeat_ms: int | None = None,
        reconnect: bool = True,
    ) -> None:
        self.url = url
        self.welcome: Frame = {}
        self.notices: list[Frame] = []
        self.errors: list[Frame] = []
        self.bye: Frame | None = None
        self.close_code: int | None = None
        self.connection_count = 0
        self.heartbeats = 0
        self._headers = {"X-Session-Token": token} if token else {}
        if cookie:
            self._headers["Cookie"] = cookie
        self._origin = origin
        self._get_ticket = get_ticket
        self._heartbeat_ms = heartbeat_ms
        self._reconnect = reconnect
        self._subscriptions: dict[str, Subscription] = {}
        self._ids = itertools.count(1)
        self._replies: dict[int | str, asyncio.Future[Frame]] = {}
        self._socket: ClientConnection | None = None
        self._running: asyncio.Task[None] | None = None
        self._is_welcome = asyncio.Event()
        self._has_ended = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._running = asyncio.create_task(self._run())
        ended = asyncio.create_task(self._has_ended.wait())
        welcome = asyncio.create_task(self._is_welcome.wait())
        await asyncio.wait([ended, welcome], return_when=asyncio.FIRST_COMPLETED)
        for waiting in (ended, welcome):
            waiting.cancel()
        if not self._is_welcome.is_set():
            await self.__aexit__()
            raise Closed(self.close_code)
        return self

    async def __aexit__(self, *exception: object) -> None:
        if self._running is not None:
            self._running.cancel()
            with suppress(asyncio.CancelledError):
                await self._running
        if self._socket is not None:
            await self._socket.close()

    async def subscribe(
        self, topic: str, *, conflate_ms: int | None = None, reduce: Reduce = apply_change
    ) -> Subscription:
        """Hear a topic from now on, across reconnects. Returns with its image. Raises TopicRefused."""
        subscription = self._subscriptions[topic] = Subscription(topic, conflate_ms, reduce)
        if self._is_welcome.is_set():
            await self.send({"op": "subscribe", "id": next(self._ids), "topics": [subscription.request()]})
        await subscription.ready
        return subscription

    async def unsubscribe(self, topic: str) -> None:
        """Hear a topic no more."""
        self._subscriptions.pop(topic, None)
        await self._ask({"op": "unsubscribe", "topics": [topic]})

    async def call(self, name: str, arguments: Mapping[str, Any], *, key: str | None = None) -> dict[str, Any]:
        """Run a command. Raises CallRefused. A call whose answer was lost may be repeated with the same key."""
        frame: Frame = {"op": "call", "name": name, "args": dict(arguments)}
        if key is not None:
            frame["key"] = key
        return await self._ask(frame)

    async def ping(self) -> int:
        """The server's clock in milliseconds."""
        reply = await self._ask({"op": "ping"})
        return int(reply["t"])

    async def renew(self, ticket: str) -> dict[str, Any]:
        """Prove again, in place, whose socket this is."""
        return await self._ask({"op": "auth", "ticket": ticket})

    async def send(self, frame: Mapping[str, Any]) -> None:
        """Send a frame as it is."""
        assert self._socket is not None, "the client is connected"
        await self._socket.send(json.dumps(frame))

    async def send_raw(self, content: str | bytes) -> None:
        """Send anything, for tests of what a server refuses."""
        assert self._socket is not None, "the client is connected"
        await self._socket.send(content)

    def cut(self) -> None:
        """Lose the connection without a goodbye, as a network does."""
        if self._socket is not None:
            self._socket.transport.abort()

    async def wait_closed(self, *, timeout: float = 20.0) -> int | None:  # noqa: ASYNC109  # a test's limit
        """Wait until the socket has closed for good; returns the code."""
        await asyncio.wait_for(self._has_ended.wait(), timeout)
        return self.close_code

    async def _ask(self, frame: Frame) -> dict[str, Any]:
        ref = next(self._ids)
        answer = self._replies[ref] = asyncio.get_running_loop().create_future()
        await self.send({**frame, "id": ref})
        reply = await answer
        if "error" in reply:
            raise CallRefused(reply["error"])
        ok: dict[str, Any] = reply["ok"]
        return ok

    async def _run(self) -> None:
        retry_s = RETRY_FIRST_S
        try:
            while True:
                self.close_code = await self._connect()
                retry_s = RETRY_FIRST_S if self._is_welcome.is_set() else retry_s
                self._is_welcome.clear()
                self._fail_replies()
                wait_s = self._find_wait_s(retry_s)
                if wait_s is None:
                    return
                await asyncio.sleep(wait_s)
                retry_s = min(RETRY_MAX_S, retry_s * 2)
        finally:
            self._has_ended.set()
            for subscription in self._subscriptions.values():
                if not subscription.ready.done():
                    subscription.ready.set_exception(Closed(self.close_code))
                    subscription.ready.exception()

    def _find_wait_s(self, retry_s: float) -> float | None:
        """How long to wait before coming back; None to stay away."""
        may_return = self.bye["reconnect"] if self.bye else self.close_code not in FINAL_CODES
        if not self._reconnect or not may_return:
            return None
        return self.bye["retry_ms"] / 1_000 if self.bye else retry_s * random.uniform(0.5, 1)

    async def _connect(self) -> int | None:
        """One connection from hello to its end; returns the close code, or the status of a refused handshake."""
        self.bye = None
        try:
            return await self._converse()
        except InvalidHandshake as error:
            status: int | None = getattr(getattr(error, "response", None), "status_code", None)
            return status
        except OSError:
            return None

    async def _converse(self) -> int | None:
        opening = connect(
            self.url,
            additional_headers=self._headers,
            origin=Origin(self._origin) if self._origin else None,
            max_size=IMAGE_BYTES_MAX,
            compression=None,
        )
        async with opening as socket:
            self._socket = socket
            self.connection_count += 1
            hello: Frame = {"op": "hello", "v": PROTOCOL_VERSION}
            if self._get_ticket is not None:
                hello["ticket"] = await asyncio.to_thread(self._get_ticket)
            if self._heartbeat_ms is not None:
                hello["heartbeat_ms"] = self._heartbeat_ms
            with suppress(ConnectionClosed):
                await self.send(hello)
                async for message in socket:
                    await self._hear(json.loads(message))
            return socket.close_code

    async def _hear(self, frame: Frame) -> None:
        match frame["op"]:
            case "welcome":
                await self._enter(frame)
            case "subscribed":
                await self._subscribed(frame)
            case "update":
                await self._update(frame)
            case "resync":
                await self._resync(frame)
            case "reply":
                self._answer(frame)
            case "error":
                self._failed(frame)
            case "notice":
                self.notices.append(frame)
            case "heartbeat":
                self.heartbeats += 1
            case "bye":
                self.bye = frame

    async def _enter(self, frame: Frame) -> None:
        self.welcome = frame
        self._is_welcome.set()
        wanted = [subscription.request() for subscription in self._subscriptions.values()]
        if wanted:
            await self.send({"op": "subscribe", "id": next(self._ids), "topics": wanted})

    async def _subscribed(self, frame: Frame) -> None:
        subscription = self._subscriptions.get(frame["topic"])
        if subscription is None:
            return
        subscription.lane = frame["lane"]
        if frame["lane"] == "conflated":
            if frame.get("segment", 0) == 0:
                subscription.conflated.restart()
            subscription.conflated.merge(frame["image"]["entries"])
            if frame.get("segment", 0) < frame.get("segments", 1) - 1:
                return
        elif "image" in frame:
            subscription.sequenced.restart(frame["pos"], frame["image"])
        if not frame.get("resumed"):
            subscription.image_count += 1
        if not subscription.ready.done():
            subscription.ready.set_result(None)
        await subscription.take("resumed" if frame.get("resumed") else "image", frame)

    async def _update(self, frame: Frame) -> None:
        subscription = self._subscriptions.get(frame["topic"])
        if subscription is None:
            return
        if frame.get("con"):
            subscription.conflated.merge(frame["changes"])
        else:
            try:
                subscription.changes += subscription.sequenced.take(frame["pos"], frame["changes"])
            except Gap:
                await self.send({"op": "subscribe", "id": next(self._ids), "topics": [subscription.request()]})
                await subscription.take("gap", frame)
                return
        await subscription.take("update", frame)

    async def _resync(self, frame: Frame) -> None:
        subscription = self._subscriptions.get(frame["topic"])
        if subscription is not None:
            subscription.sequenced.forget()
            await subscription.take("resync", frame)

    def _answer(self, frame: Frame) -> None:
        answer = self._replies.pop(frame["ref"], None)
        if answer is not None and not answer.done():
            answer.set_result(frame)

    def _failed(self, frame: Frame) -> None:
        self.errors.append(frame)
        subscription = self._subscriptions.get(frame.get("topic") or "")
        if subscription is not None and not subscription.ready.done():
            del self._subscriptions[subscription.topic]
            subscription.ready.set_exception(TopicRefused(frame))

    def _fail_replies(self) -> None:
        for answer in self._replies.values():
            if not answer.done():
                answer.set_exception(Closed(self.close_code))
                answer.exception()
        self._replies.clear()
