"""What runs beside the hub: comparing with PostgreSQL, owed images, sessions, notices, presence."""

import asyncio
import contextlib
import logging
import os
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from project.kit import clock, metrics, streams
from project.kit.errors import AppError, TemporarilyUnavailable
from project.kit.topics import ConflatedTopic, everyone, resolve
from realtime.core import closing as closings
from realtime.core.limits import SESSION_CHECK_S
from realtime.hub.conflated import ConflatedChannel
from realtime.hub.connection import Connection
from realtime.hub.hub import Hub
from realtime.hub.sequenced import SequencedChannel
from realtime.identity import find_standing_callers
from realtime.presence import REFRESH_EVERY_S
from realtime.queries import topic_images
from realtime.queries.notices import list_current_notices

logger = logging.getLogger(__name__)

COMPARE_EVERY_S: Final = 2.0
OWED_EVERY_S: Final = 0.25
SESSIONS_EVERY_S: Final = 5.0
NOTICES_EVERY_S: Final = 15.0
GAUGES_EVERY_S: Final = 5.0
IMAGES_A_ROUND: Final = 4  # topics that cannot tell their tally are read whole, a few at a time
TOPICS_A_QUERY: Final = 500
SESSIONS_A_ROUND: Final = 200

Check = Callable[[Hub], Awaitable[None]]


def start(hub: Hub) -> None:
    """Run every check for as long as the hub lives."""
    for check, every_s in (
        (compare_with_database, COMPARE_EVERY_S),
        (send_owed_images, OWED_EVERY_S),
        (check_sessions, SESSIONS_EVERY_S),
        (refresh_notices, NOTICES_EVERY_S),
        (refresh_presence, REFRESH_EVERY_S),
        (publish_gauges, GAUGES_EVERY_S),
    ):
        _keep_running(check, hub, every_s)


def _keep_running(check: Check, hub: Hub, every_s: float) -> None:
    """Begin a check, and begin it again should a bug end it: sessions must go on being looked at."""

    def begin_again(task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            logger.error("%s of the hub failed", check.__name__, exc_info=error)
            asyncio.get_running_loop().call_later(every_s, _keep_running, check, hub, every_s)

    task = asyncio.ensure_future(_repeat(check, hub, every_s))
    task.add_done_callback(begin_again)
    hub.keep(task)


async def _repeat(check: Check, hub: Hub, every_s: float) -> None:
    while True:
        with contextlib.suppress(TemporarilyUnavailable):  # a server is away: the next round tries again
            await check(hub)
        await asyncio.sleep(every_s)


async def compare_with_database(hub: Hub) -> None:
    """Find what no message brought: one query for all sequenced topics, one for each kind of conflated topic."""
    await hub.forget_idle_topics()
    await _compare_heads(hub)
    await _compare_tallies(hub)


async def _compare_heads(hub: Hub) -> None:
    channels = [channel for channel in hub.channels.values() if isinstance(channel, SequencedChannel)]
    for first in range(0, len(channels), TOPICS_A_QUERY):
        part = [channel for channel in channels[first : first + TOPICS_A_QUERY] if channel.position is not None]
        heads = await hub.reads.run(streams.heads, [channel.name for channel in part])
        for channel in part:
            channel.notice_head(heads[channel.name])


async def _compare_tallies(hub: Hub) -> None:
    by_topic: defaultdict[str, list[ConflatedChannel]] = defaultdict(list)
    for channel in hub.channels.values():
        if isinstance(channel, ConflatedChannel) and channel.is_loaded:
            by_topic[channel.topic.name].append(channel)
    for channels in by_topic.values():
        topic = channels[0].topic
        if topic.tally is None:
            _reread_in_rotation(hub, channels)
        else:
            for first in range(0, len(channels), TOPICS_A_QUERY):
                await _compare_tallies_of(hub, topic, channels[first : first + TOPICS_A_QUERY])


async def _compare_tallies_of(hub: Hub, topic: ConflatedTopic, channels: list[ConflatedChannel]) -> None:
    tallies = await hub.reads.run(topic_images.read_tallies, topic, [channel.arguments for channel in channels])
    for channel, tally in zip(channels, tallies, strict=True):
        if channel.differs_from(tally):
            hub.reread(channel)


def _reread_in_rotation(hub: Hub, channels: list[ConflatedChannel]) -> None:
    for channel in sorted(channels, key=lambda channel: channel.read_at)[:IMAGES_A_ROUND]:
        hub.reread(channel)


async def send_owed_images(hub: Hub) -> None:
    """Readers that fell behind and caught up get what they missed; those that never do are closed."""
    for connection in tuple(hub.lagging):
        hub.send_owed_images(connection)


async def check_sessions(hub: Hub) -> None:
    """Sockets of sessions that have ended without a word are closed; lost rights take their topics away."""
    due_before = hub.now() - SESSION_CHECK_S
    due = [
        connection
        for connection in hub.connections
        if connection.caller.session_key and connection.checked_at < due_before
    ][:SESSIONS_A_ROUND]
    if not due:
        return
    callers = await hub.reads.run(find_standing_callers, sorted({each.caller.session_key for each in due}))
    for connection in due:
        connection.checked_at = hub.now()
        caller = callers.get(connection.caller.session_key)
        if caller is None:
            connection.close(closings.SESSION_ENDED)
        elif caller.role != connection.caller.role:
            connection.caller = replace(caller, ip=connection.caller.ip)
            await _leave_forbidden_topics(hub, connection)


async def _leave_forbidden_topics(hub: Hub, connection: Connection) -> None:
    for name in tuple(connection.topics):
        resolved = resolve(name)
        if resolved is None or resolved[0].may_subscribe is everyone:
            continue
        try:
            await hub.reads.run(topic_images.check_may_subscribe, *resolved, connection.caller)
        except AppError as refusal:
            hub.unsubscribe(connection, name)
            connection.refuse(refusal, topic=name)


async def refresh_notices(hub: Hub) -> None:
    """Show notices whose time has come and take away those whose time is over."""
    notices = await hub.reads.run(list_current_notices, clock.now())
    hub.replace_notices({str(notice["id"]): notice for notice in notices})


async def refresh_presence(hub: Hub) -> None:
    """Say again who is here, before it is forgotten."""
    hub.attendance.refresh()


async def publish_gauges(hub: Hub) -> None:
    """Numbers of this hub for the desk of operations."""
    for name, value in (("sockets", len(hub.connections)), ("topics", len(hub.channels))):
        await hub.errands.run(metrics.set_gauge, f"hub.{os.getpid()}.{name}", value)
