"""The hub of this process: which socket hears which topic, and what is done with each message of the bus."""

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from project.kit.errors import AppError, Forbidden, NotFound, TemporarilyUnavailable
from project.kit.ids import new_id_text
from project.kit.topics import (
    ConflatedTopic,
    ContactsTopic,
    GatheringTopic,
    SequencedTopic,
    Topic,
    everyone,
    resolve,
)
from realtime.core import closing as closings
from realtime.core.closing import find_closing
from realtime.core.encoding import frame_of
from realtime.core.limits import CONFLATE_MS, TOPICS
from realtime.core.positions import find_stream_position
from realtime.core.projection import Fields
from realtime.errors import LimitExceeded
from realtime.frames.client import TopicRequest
from realtime.hub import second_looks
from realtime.hub.announcer import Announcer
from realtime.hub.attendance import Attendance
from realtime.hub.bus_reader import BusReader
from realtime.hub.conflated import ConflatedChannel, Pace
from realtime.hub.connection import Connection, heartbeat_frame
from realtime.hub.contacts import ContactsChannel
from realtime.hub.cuts import Cuts
from realtime.hub.database import CALL_THREADS, READ_THREADS, DatabaseThreads
from realtime.hub.ephemeral import EphemeralChannel
from realtime.hub.figures import Figures
from realtime.hub.freshness import Freshness
from realtime.hub.gathering import GatheringChannel
from realtime.hub.heartbeats import Heartbeats
from realtime.hub.known_callers import Callers
from realtime.hub.pacing import Pacer
from realtime.hub.sequenced import SequencedChannel
from realtime.hub.topic_reads import ConflatedReads, ContactsReads, GatheringReads, SequencedReads
from realtime.hub.writer import Writer
from realtime.queries import topic_images
from realtime.queries.topics import choose_fields

logger = logging.getLogger(__name__)

Channel = ConflatedChannel | SequencedChannel | EphemeralChannel[Any]
LINGER_S: Final = 10.0  # a topic nobody hears is kept this long: people go back and forth between pages


class Hub:
    """Lives on one event loop; everything that touches its state runs there."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.id = new_id_text()
        self.reads = DatabaseThreads(threads=READ_THREADS, name="hub-read")
        self.calls = DatabaseThreads(threads=CALL_THREADS, name="hub-call")
        self.channels: dict[str, Channel] = {}
        self.connections: set[Connection] = set()
        self.behind: set[Connection] = set()  # those that have not read what was written to them
        self.figures = Figures()
        self.freshness = Freshness(at=self._loop.time())
        self._pacers: dict[int, Pacer] = {}
        self._heartbeats = Heartbeats()
        self.errands = DatabaseThreads(threads=1, name="hub-errand")
        self.attendance = Attendance(self.id, self.errands)
        self.announcer = Announcer(self.id, self.errands)
        self.cuts = Cuts()
        self.notices: dict[str, dict[str, Any]] = {}
        self.is_draining = False
        self.bus = BusReader(
            settings.REDIS_URL, on_message=self._receive, on_control=self._obey, on_return=self._reread_everything
        )
        self.callers = Callers(self.cuts, self.bus, self.now)
        self._idle_since: dict[str, float] = {}
        self._tasks: set[asyncio.Task[Any]] = set()

    def add(self, connection: Connection) -> None:
        """A socket is open."""
        self.connections.add(connection)
        self.figures.opened += 1
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
        fields = choose_fields(topic, request.fields)
        if topic.may_subscribe is not everyone:
            await self.reads.run(topic_images.check_may_subscribe, topic, arguments, connection.caller)
        if request.topic not in connection.topics and len(connection.topics) >= TOPICS:
            raise LimitExceeded("Unsubscribe from something first", limit=TOPICS)
        channel = self._open_channel(request.topic, topic, arguments)
        channel.leave(connection)  # who subscribes again starts again
        connection.topics.add(request.topic)
        try:
            await self.bus.subscribe(request.topic)
            await self._join(connection, channel, request, fields, ref=ref)
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

    async def type(self, connection: Connection, topic: str) -> None:
        """The person behind a socket is typing on a topic it hears. Raises AppError."""
        channel = self.channels.get(topic)
        if topic not in connection.topics or not isinstance(channel, GatheringChannel):
            raise Forbidden("You can only type on a gathering that you hear")
        await channel.type(connection)

    def look_again_at(self, connection: Connection) -> None:
        """A socket has become somebody else's: its ephemeral topics show it so."""
        self.keep(asyncio.ensure_future(second_looks.look_again_at(self, connection)))

    def keep(self, task: asyncio.Task[Any]) -> None:
        """Hold on to a task until it is done: the loop itself does not."""
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def now(self) -> float:
        """The loop's clock."""
        return self._loop.time()

    def open_connection(self, writer: Writer, *, address: str) -> Connection:
        """A connection that counts and falls behind in this hub; `add` lets it in."""
        return Connection(
            writer,
            address=address,
            figures=self.figures,
            behind=self.behind,
            freshness=self.freshness,
            heartbeats=self._heartbeats,
        )

    def replace_notices(self, notices: dict[str, dict[str, Any]]) -> None:
        """Take over what stands now: new notices are shown, others taken away."""
        for notice_id in self.notices.keys() - notices.keys():
            self._show_notice(self.notices[notice_id] | {"is_active": False})
        for notice_id in notices.keys() - self.notices.keys():
            self._show_notice(notices[notice_id])

    def reread(self, channel: Channel) -> asyncio.Task[bool] | None:
        """Read one topic again, in the background. The task says whether it is now what PostgreSQL said."""
        task = None
        if isinstance(channel, SequencedChannel):
            task = channel.fill()
        elif isinstance(channel, GatheringChannel):
            channel.reload()
        elif isinstance(channel, ConflatedChannel) and channel.is_loaded:
            task = asyncio.ensure_future(_reread_quietly(channel))
            self.keep(task)
        return task

    def judge_freshness(self) -> None:
        """Tell everybody when values are no longer, or are again, what is true."""
        if not self.freshness.judge(is_bus_whole=self.bus.is_whole, at=self.now()):
            return
        logger.warning("values are %s", "delayed" if self.freshness.is_delayed else "current again")
        frame = heartbeat_frame(self.freshness)
        for connection in tuple(self.connections):
            if connection.is_welcome:
                connection.send(frame)

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

    async def _join(
        self,
        connection: Connection,
        channel: Channel,
        request: TopicRequest,
        fields: Fields | None,
        *,
        ref: int | str,
    ) -> None:
        if isinstance(channel, ConflatedChannel):
            await channel.load()
            if not connection.is_closed:
                rate_ms = CONFLATE_MS if request.conflate_ms is None else request.conflate_ms
                channel.join(connection, Pace(rate_ms, fields), ref=ref)
        elif isinstance(channel, EphemeralChannel):
            await channel.join(connection, ref=ref)
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
            reads = ConflatedReads(self.reads, topic, arguments)
            return ConflatedChannel(name, topic, arguments, reads, self._pacer_of)
        if isinstance(topic, GatheringTopic):
            return GatheringChannel(
                name, topic, arguments, GatheringReads(self.reads, topic, arguments), self.announcer
            )
        if isinstance(topic, ContactsTopic):
            return ContactsChannel(name, topic, arguments, ContactsReads(self.reads, self.errands, topic, arguments))
        assert isinstance(topic, SequencedTopic)
        changes = SequencedReads(self.reads, topic, name, arguments)
        return SequencedChannel(name, topic, arguments, changes, self.figures)

    def _pacer_of(self, rate_ms: int) -> Pacer:
        pacer = self._pacers.get(rate_ms)
        if pacer is None:
            pacer = self._pacers[rate_ms] = Pacer(rate_ms, self.figures)
        return pacer

    def _receive(self, topic: str, payload: bytes) -> None:
        self.figures.bus_messages += 1
        channel = self.channels.get(topic)
        if channel is None:
            return
        try:
            if isinstance(channel, ConflatedChannel):
                channel.receive(payload)
            else:
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
            elif order["op"] == "look_again":
                people = [UUID(user_id) for user_id in order["user_ids"]]
                self.keep(asyncio.ensure_future(second_looks.look_again(self, user_ids=people, topics=order["topics"])))
        except (ValueError, KeyError, TypeError) as error:
            logger.error("an order on the control channel is not one of ours: %r", error)

    def _close_user(self, user_id: UUID, session: str, code: int) -> None:
        closing = find_closing(code) or closings.SESSION_ENDED
        self.cuts.note(user_id, session, closing, at=self.now())
        self.callers.known.forget(user_id, session)
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
        self.freshness.note_return(at=self.now())
        self.attendance.refresh()
        self.callers.known.forget_all(at=self.now())
        for connection in self.connections:
            connection.checked_at = float("-inf")  # an order to close it may have been lost as well
        self.keep(asyncio.ensure_future(self._catch_up()))
        self.keep(asyncio.ensure_future(second_looks.look_again_at_everyone(self)))

    async def _catch_up(self) -> None:
        began_at = self.now()
        if await have_succeeded([self.reread(channel) for channel in tuple(self.channels.values())]):
            self.freshness.note_comparison(began_at=began_at)
            self.judge_freshness()


async def have_succeeded(rereads: Sequence[asyncio.Task[bool] | None]) -> bool:
    """Wait for what `Hub.reread` returned. A topic nobody hears any more needs nothing."""
    tasks = [task for task in rereads if task is not None]
    if tasks:
        await asyncio.wait(tasks)
    return all(task.cancelled() or task.result() for task in tasks)


async def _reread_quietly(channel: ConflatedChannel) -> bool:
    try:
        await channel.reread()
    except AppError as error:
        # PostgreSQL is away or the topic is gone; the check every two seconds comes back to it.
        logger.warning("topic %s could not be read again: %s", channel.name, error)
        return not isinstance(error, TemporarilyUnavailable)
    return True
