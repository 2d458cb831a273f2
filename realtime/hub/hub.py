"""The hub of this process: which socket hears which topic, and what is done with each message of the bus."""

import asyncio
import json
import logging
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from project.kit.errors import AppError, NotFound
from project.kit.ids import new_id
from project.kit.topics import ConflatedTopic, SequencedTopic, Topic, everyone, resolve
from realtime.core import closing as closings
from realtime.core.closing import find_closing
from realtime.core.encoding import frame_of
from realtime.core.limits import CONFLATE_MS, TOPICS
from realtime.core.positions import find_stream_position
from realtime.errors import LimitExceeded
from realtime.frames.client import TopicRequest
from realtime.hub.attendance import Attendance
from realtime.hub.bus_reader import BusReader
from realtime.hub.conflated import ConflatedChannel
from realtime.hub.connection import Connection
from realtime.hub.database import CALL_THREADS, READ_THREADS, DatabaseThreads
from realtime.hub.sequenced import SequencedChannel
from realtime.hub.topic_reads import ConflatedReads, SequencedReads
from realtime.queries import topic_images

logger = logging.getLogger(__name__)

Channel = ConflatedChannel | SequencedChannel
LINGER_S: Final = 10.0  # a topic nobody hears is kept this long: people go back and forth between pages


class Hub:
    """Lives on one event loop; everything that touches its state runs there."""

    def __init__(self) -> None:
        self.id = str(new_id())
        self.reads = DatabaseThreads(threads=READ_THREADS, name="hub-read")
        self.calls = DatabaseThreads(threads=CALL_THREADS, name="hub-call")
        self.channels: dict[str, Channel] = {}
        self.connections: set[Connection] = set()
        self.errands = DatabaseThreads(threads=1, name="hub-errand")
        self.attendance = Attendance(self.id, self.errands)
        self.notices: dict[str, dict[str, Any]] = {}
        self.is_draining = False
        self.bus = BusReader(
            settings.REDIS_URL, on_message=self._receive, on_control=self._obey, on_return=self._reread_everything
        )
        self._idle_since: dict[str, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.get_running_loop()

    def add(self, connection: Connection) -> None:
        """A socket is open."""
        self.connections.add(connection)
        self.attendance.arrive(connection)

    def remove(self, connection: Connection) -> None:
        """A socket is gone: it hears nothing any more."""
        if connection not in self.connections:
            return
        self.connections.discard(connection)
        self.attendance.leave(connection)
        for topic in tuple(connection.topics):
            self.unsubscribe(connection, topic)

    async def subscribe(self, connection: Connection, request: TopicRequest, *, ref: int | str) -> None:
        """Answer one topic of a subscribe with `subscribed` frames. Raises AppError."""
        resolved = resolve(request.topic)
        if resolved is None:
            raise NotFound("There is no such topic")
        topic, arguments = resolved
        if request.fields is not None:
            raise NotFound("This topic has no such projection")
        if topic.may_subscribe is not everyone:
            await self.reads.run(topic_images.check_may_subscribe, topic, arguments, connection.caller)
        if request.topic not in connection.topics and len(connection.topics) >= TOPICS:
            raise LimitExceeded("Unsubscribe from something first", limit=TOPICS)
        channel = self._open_channel(request.topic, topic, arguments)
        channel.leave(connection)  # who subscribes again starts again
        connection.topics.add(request.topic)
        try:
            await self.bus.subscribe(request.topic)
            await self._join(connection, channel, request, ref=ref)
        except BaseException:
            self.unsubscribe(connection, request.topic)
            raise
        if connection.is_closed or self.channels.get(request.topic) is not channel:
            self.unsubscribe(connection, request.topic)
            channel.leave(connection)

    def unsubscribe(self, connection: Connection, topic: str) -> None:
        """The socket leaves a topic; the topic stays a little while for whoever comes next."""
        connection.forget(topic)
        channel = self.channels.get(topic)
        if channel is None:
            return
        channel.leave(connection)
        if channel.member_count == 0:
            self._idle_since.setdefault(topic, self._loop.time())

    def keep(self, task: asyncio.Task[None]) -> None:
        """Hold on to a task until it is done: the loop itself does not."""
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def now(self) -> float:
        """The loop's clock."""
        return self._loop.time()

    @property
    def lagging(self) -> list[Connection]:
        """The sockets that are owed something."""
        return [connection for connection in self.connections if connection.lagging_topics]

    def replace_notices(self, notices: dict[str, dict[str, Any]]) -> None:
        """Take over what stands now: new notices are shown, others taken away."""
        for notice_id in self.notices.keys() - notices.keys():
            self._show_notice(self.notices[notice_id] | {"is_active": False})
        for notice_id in notices.keys() - self.notices.keys():
            self._show_notice(notices[notice_id])

    def send_owed_images(self, connection: Connection) -> None:
        """A reader that caught up gets the conflated topics it had to miss."""
        for topic in connection.take_owed_topics():
            channel = self.channels.get(topic)
            if isinstance(channel, ConflatedChannel):
                channel.send_image(connection)

    def reread(self, channel: Channel) -> None:
        """Compare one topic with PostgreSQL, in the background."""
        if isinstance(channel, SequencedChannel):
            channel.fill()
        elif channel.is_loaded:
            self.keep(asyncio.ensure_future(_reread_quietly(channel)))

    async def forget_idle_topics(self) -> None:
        """Leave topics nobody has heard for a while."""
        for topic, since in tuple(self._idle_since.items()):
            channel = self.channels.get(topic)
            if channel is None or channel.member_count:
                self._idle_since.pop(topic, None)
            elif self._loop.time() - since > LINGER_S:
                del self.channels[topic], self._idle_since[topic]
                channel.close()
                await self.bus.unsubscribe(topic)

    async def _join(self, connection: Connection, channel: Channel, request: TopicRequest, *, ref: int | str) -> None:
        if isinstance(channel, ConflatedChannel):
            await channel.load()
            if not connection.is_closed:
                rate_ms = CONFLATE_MS if request.conflate_ms is None else request.conflate_ms
                channel.join(connection, rate_ms=rate_ms, ref=ref)
        else:
            since = find_stream_position(request.since) if request.since else None
            start = await channel.reads.read_start(since)
            if not connection.is_closed:
                await channel.join(connection, start, ref=ref)

    def _open_channel(self, name: str, topic: Topic, arguments: Mapping[str, str]) -> Channel:
        channel = self.channels.get(name)
        if channel is None:
            channel = self.channels[name] = self._make_channel(name, topic, arguments)
        # Somebody is about to join: it may not be forgotten while that takes its time.
        self._idle_since[name] = self._loop.time()
        return channel

    def _make_channel(self, name: str, topic: Topic, arguments: Mapping[str, str]) -> Channel:
        if isinstance(topic, ConflatedTopic):
            return ConflatedChannel(name, topic, arguments, ConflatedReads(self.reads, topic, arguments))
        assert isinstance(topic, SequencedTopic)
        return SequencedChannel(name, topic, arguments, SequencedReads(self.reads, topic, name, arguments))

    def _receive(self, topic: str, payload: bytes) -> None:
        channel = self.channels.get(topic)
        if channel is None:
            return
        try:
            channel.receive(json.loads(payload))
        except (ValueError, KeyError, TypeError) as error:
            logger.error("a message on %s is not one of ours: %r", topic, error)

    def _obey(self, payload: bytes) -> None:
        try:
            order: dict[str, Any] = json.loads(payload)
            if order["op"] == "close_user":
                self._close_user(UUID(order["user_id"]), str(order.get("session") or ""), int(order["code"]))
            elif order["op"] == "notice":
                self._show_notice(order)
        except (ValueError, KeyError, TypeError) as error:
            logger.error("an order on the control channel is not one of ours: %r", error)

    def _close_user(self, user_id: UUID, session: str, code: int) -> None:
        closing = find_closing(code) or closings.SESSION_ENDED
        for connection in self.attendance.list_of(user_id):
            if not session or connection.session_digest == session:
                connection.close(closing)

    def _show_notice(self, notice: dict[str, Any]) -> None:
        if notice["is_active"]:
            self.notices[notice["id"]] = notice
        elif self.notices.pop(notice["id"], None) is None:
            return
        frame = frame_of(notice)
        for connection in tuple(self.connections):
            if connection.is_welcome:
                connection.send(frame)

    def _reread_everything(self) -> None:
        """Redis was away: every message of that time is lost, so every topic is compared with PostgreSQL."""
        self.attendance.refresh()
        for channel in self.channels.values():
            self.reread(channel)


async def _reread_quietly(channel: ConflatedChannel) -> None:
    try:
        await channel.reread()
    except AppError as error:
        # PostgreSQL is away or the topic is gone; the check every two seconds comes back to it.
        logger.warning("topic %s could not be read again: %s", channel.name, error)
