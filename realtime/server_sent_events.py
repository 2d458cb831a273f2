"""The stream without a socket: `GET /api/stream` says the socket's frames as server-sent events.

It hears only: whoever wants to say something uses the API. Access, limits, pace, history and endings are the socket's.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from project.kit.callers import Caller
from project.kit.errors import (
    AppError,
    MethodNotAllowed,
    NotFound,
    RateLimited,
    SessionExpired,
    TemporarilyUnavailable,
)
from project.kit.ids import new_id_text
from project.kit.problems import CONTENT_TYPE, describe, find_retry_after, write_problem
from project.kit.throttles import check_rate
from project.kit.topics import ConflatedTopic, SequencedTopic, Topic, resolve
from realtime.core import closing as closings
from realtime.core.event_stream import RETURN_MS, EventStream, write_opening
from realtime.core.limits import HEARTBEAT_MS, SOCKETS_PER_ADDRESS, SOCKETS_PER_USER
from realtime.event_query import STREAM_PATH, EventsQuery, find_last_event_id, parse_query, read_opening
from realtime.frames.client import TopicRequest
from realtime.handshake import Handshake
from realtime.hub.event_writer import EventWriter, find_transport
from realtime.hub.hub import Hub
from realtime.hub.process import current_hub
from realtime.hub.writer import Send
from realtime.identity import Identity, find_visitor, identify
from realtime.queries.topic_images import check_may_subscribe
from realtime.welcome import send_welcome

METHODS: Final = ("GET", "HEAD")
RETRY_AFTER_S: Final = 5
STREAMS_PER_MINUTE: Final = 600  # of one address: all that it may have open come back four times over
REF: Final = 0  # what every `subscribed` of a stream refers to: its request

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Headers = list[tuple[bytes, bytes]]

# The middleware that gives every other answer its headers never sees this one.
SAFETY_HEADERS: Final[Headers] = [
    (b"Cache-Control", b"no-store, no-transform"),
    (b"X-Content-Type-Options", b"nosniff"),
    (b"Content-Security-Policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"Cross-Origin-Resource-Policy", b"same-origin"),
    (b"Referrer-Policy", b"same-origin"),
]
STREAM_HEADERS: Final[Headers] = [
    (b"Content-Type", b"text/event-stream; charset=utf-8"),
    (b"X-Accel-Buffering", b"no"),
]


async def serve_events(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Answer one request for `STREAM_PATH`: with a problem, or with events until one end has had enough."""
    request_id = new_id_text()
    headers = [*SAFETY_HEADERS, (b"X-Request-ID", request_id.encode())]
    is_head = scope["method"] == "HEAD"
    try:
        if scope["method"] not in METHODS:
            raise MethodNotAllowed
        reader = _Reader(scope, send)
    except AppError as refusal:
        await _send_problem(refusal, headers, request_id, send)
        return
    try:
        if is_head:
            await reader.admit()
        else:
            await reader.begin(headers)
    except AppError as refusal:
        reader.leave()
        await _send_problem(refusal, headers, request_id, send, is_head=is_head)
        return
    except BaseException:
        reader.leave()
        raise
    if is_head:
        reader.leave()
        await _start(send, 200, headers + STREAM_HEADERS)
        await send({"type": "http.response.body", "body": b""})
    else:
        await reader.stay(receive)


class _Reader:
    """One stream, from its request to its end. To the hub it is a connection like a socket's."""

    def __init__(self, scope: dict[str, Any], send: Send) -> None:
        """Raises AppError where the request alone says that it cannot be served."""
        self._send = send
        self._query: EventsQuery = parse_query(scope["query_string"])
        self._handshake: Handshake = read_opening(scope)
        self._topics = _resolve_topics(self._query.topic)
        sequenced = [name for name, topic in self._topics.items() if isinstance(topic, SequencedTopic)]
        self._events = EventStream(sequenced, since=find_last_event_id(scope) or self._query.since)
        self._writer = EventWriter(send, find_transport(scope), self._events)
        self._hub: Hub = current_hub()
        self._connection = self._hub.open_connection(self._writer, address=self._handshake.address)
        self._connection.on_closed = self.leave
        self._connection.heartbeat_ms = self._query.heartbeat_ms or HEARTBEAT_MS
        self._opening: asyncio.Future[None] | None = None

    async def admit(self) -> Identity:
        """Find out who reads, and whether they may read all of it. Raises AppError."""
        if self._hub.is_draining:
            raise TemporarilyUnavailable("This server is going away")
        if not self._hub.attendance.has_room_at(self._handshake.address):
            raise _crowded("Too many sockets from this address", limit=SOCKETS_PER_ADDRESS)
        self._hub.add(self._connection)
        if self._handshake.address:
            await self._hub.reads.run(
                check_rate, f"streams:{self._handshake.address}", limit=STREAMS_PER_MINUTE, per_s=60
            )
        asked_at = self._hub.now()
        found = find_visitor(self._handshake, None)
        if found is None:
            found = await self._hub.reads.run(identify, self._handshake, None)
        if self._hub.cuts.find_for(found.caller, since=asked_at) is not None:
            raise SessionExpired
        user_id = found.caller.user_id
        if user_id is not None and not self._hub.attendance.has_room_for(user_id):
            raise _crowded("Too many sockets of one person", limit=SOCKETS_PER_USER)
        self._connection.caller = found.caller
        self._connection.checked_at = self._hub.now()
        self._hub.attendance.identify(self._connection)
        await self._hub.reads.run(_check_topics, found.caller, self._query.topic)
        return found

    async def begin(self, headers: Headers) -> None:
        """Join the topics; the response begins when all are joined, or when much has come before that.

        Raises AppError as long as it has not begun; after that a topic that cannot be had ends the stream, and the
        client comes back for all of it.
        """
        send_welcome(self._hub, self._connection, await self.admit())
        self._writer.on_much_held = lambda: self._open(headers)
        for topic in self._query.topic:
            try:
                await self._hub.subscribe(self._connection, self._request(topic), ref=REF)
            except AppError as refusal:
                refusal.extra.setdefault("topic", topic)
                if self._opening is None:
                    raise
                self._connection.refuse(refusal, ref=REF, topic=topic)
                self._connection.close(closings.DRAINING)
            if self._connection.is_closed:
                break
        await self._open(headers)
        self._connection.beat_every(self._connection.heartbeat_ms)

    async def stay(self, receive: Receive) -> None:
        """Until the reader or the hub ends it."""
        gone = asyncio.ensure_future(_wait_until_gone(receive))
        over = asyncio.ensure_future(self._writer.over.wait())
        try:
            await asyncio.wait((gone, over), return_when=asyncio.FIRST_COMPLETED)
            if not over.done():
                self._writer.abandon()
        except asyncio.CancelledError:
            self._connection.close(closings.DRAINING)  # the server is ending
            raise
        finally:
            gone.cancel()
            over.cancel()
            self.leave()

    def leave(self) -> None:
        """The hub forgets it."""
        self._connection.end()
        self._hub.remove(self._connection)

    def _open(self, headers: Headers) -> "asyncio.Future[None]":
        """Begin the response, once."""
        if self._opening is None:
            self._opening = asyncio.ensure_future(self._send_opening(headers))
        return self._opening

    async def _send_opening(self, headers: Headers) -> None:
        await _start(self._send, 200, headers + STREAM_HEADERS)
        return_ms = round(RETURN_MS * random.uniform(1, 2))  # spreads returns, guards nothing
        self._writer.open(write_opening(return_ms))

    def _request(self, topic: str) -> TopicRequest:
        is_conflated = isinstance(self._topics[topic], ConflatedTopic)
        return TopicRequest(
            topic=topic,
            conflate_ms=self._query.conflate_ms,
            since=self._events.find_since(topic),
            fields=self._query.fields if is_conflated else None,
        )


def _resolve_topics(names: Sequence[str]) -> dict[str, Topic]:
    """Raises NotFound for a name that is no topic's."""
    topics = {}
    for name in names:
        resolved = resolve(name)
        if resolved is None:
            raise NotFound("There is no such topic", topic=name)
        topics[name] = resolved[0]
    return topics


def _check_topics(caller: Caller, topics: Sequence[str]) -> None:
    for name in topics:
        resolved = resolve(name)
        assert resolved is not None, "names were looked up before"
        try:
            check_may_subscribe(*resolved, caller)
        except AppError as refusal:
            refusal.extra.setdefault("topic", name)
            raise


def _crowded(detail: str, *, limit: int) -> RateLimited:
    return RateLimited(detail, retry_after_s=RETRY_AFTER_S, limit=limit)


async def _wait_until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass  # a body says nothing here


async def _start(send: Send, status: int, headers: Headers) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})


async def _send_problem(
    error: AppError, headers: Headers, request_id: str, send: Send, *, is_head: bool = False
) -> None:
    body = write_problem(describe(error), instance=STREAM_PATH, request_id=request_id)
    headers = [
        *headers,
        (b"Content-Type", CONTENT_TYPE.encode()),
        (b"Content-Length", str(len(body)).encode()),
    ]
    retry_after = find_retry_after(error)
    if retry_after is not None:
        headers.append((b"Retry-After", retry_after.encode()))
    if isinstance(error, MethodNotAllowed):
        headers.append((b"Allow", ", ".join(METHODS).encode()))
    await _start(send, error.status, headers)
    await send({"type": "http.response.body", "body": b"" if is_head else body})
