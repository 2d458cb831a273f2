"""What runs beside the hub: comparing with PostgreSQL, owed images, sessions, notices, presence."""

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import cache
from typing import Final
from uuid import UUID

from accounts.queries.exclusions import list_self_excluded
from accounts.queries.sessions import find_callers
from project.kit import clock, streams
from project.kit.errors import AppError, TemporarilyUnavailable
from project.kit.metrics import REPORT_EVERY_S, Reporter
from project.kit.topics import ConflatedTopic, everyone, resolve
from realtime import presence, rosters
from realtime.core import closing as closings
from realtime.core.limits import SESSION_CHECK_S
from realtime.hub.conflated import ConflatedChannel
from realtime.hub.connection import Connection
from realtime.hub.contacts import ContactsChannel
from realtime.hub.gathering import GatheringChannel
from realtime.hub.hub import Hub, have_succeeded
from realtime.hub.sequenced import SequencedChannel
from realtime.presence import REFRESH_EVERY_S
from realtime.queries import topic_images
from realtime.queries.notices import list_current_notices

logger = logging.getLogger(__name__)

COMPARE_EVERY_S: Final = 2.0
LISTENERS_EVERY_S: Final = 600.0
JUDGE_EVERY_S: Final = 0.25
PACE_EVERY_S: Final = 0.25
SESSIONS_EVERY_S: Final = 5.0
NOTICES_EVERY_S: Final = 15.0
CONTACTS_EVERY_S: Final = 2.0
CONTACTS_A_ROUND: Final = 2_000  # people looked up at once; with more on all lists each list waits its turn
IMAGES_A_ROUND: Final = 4  # topics that cannot tell their tally are read whole, a few at a time
TOPICS_A_QUERY: Final = 500
SESSIONS_A_QUERY: Final = 200

Check = Callable[[Hub], Awaitable[None]]
Reread = asyncio.Task[bool] | None


def start(hub: Hub) -> None:
    """Run every check for as long as the hub lives."""
    for check, every_s in (
        (compare_with_database, COMPARE_EVERY_S),
        (note_listeners, LISTENERS_EVERY_S),
        (judge_freshness, JUDGE_EVERY_S),
        (close_laggards, PACE_EVERY_S),
        (check_sessions, SESSIONS_EVERY_S),
        (refresh_notices, NOTICES_EVERY_S),
        (refresh_presence, REFRESH_EVERY_S),
        (refresh_rosters, rosters.REFRESH_EVERY_S),
        (watch_contacts, CONTACTS_EVERY_S),
        (publish_report, REPORT_EVERY_S),
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
    began_at = hub.now()
    if await have_succeeded([*await _compare_heads(hub), *await _compare_tallies(hub)]):
        hub.freshness.note_comparison(began_at=began_at)


async def note_listeners(hub: Hub) -> None:
    """Keep it known that somebody listens, for as long as they stay."""
    names = [channel.name for channel in hub.channels.values() if isinstance(channel, SequencedChannel)]
    for first in range(0, len(names), TOPICS_A_QUERY):
        await hub.reads.run(streams.note_listeners, names[first : first + TOPICS_A_QUERY])


async def judge_freshness(hub: Hub) -> None:
    """Say so when values are not known to be current any more, and when they are again."""
    hub.judge_freshness()


async def _compare_heads(hub: Hub) -> list[Reread]:
    rereads = []
    channels = [channel for channel in hub.channels.values() if isinstance(channel, SequencedChannel)]
    for first in range(0, len(channels), TOPICS_A_QUERY):
        part = [channel for channel in channels[first : first + TOPICS_A_QUERY] if channel.position is not None]
        heads = await hub.reads.run(streams.heads, [channel.name for channel in part])
        rereads += [channel.notice_head(heads[channel.name]) for channel in part]
    return rereads


async def _compare_tallies(hub: Hub) -> list[Reread]:
    by_topic: defaultdict[str, list[ConflatedChannel]] = defaultdict(list)
    for channel in hub.channels.values():
        if isinstance(channel, ConflatedChannel) and channel.is_loaded:
            by_topic[channel.topic.name].append(channel)
    rereads = []
    for channels in by_topic.values():
        topic = channels[0].topic
        if topic.tally is None:
            longest_ago = sorted(channels, key=lambda channel: channel.read_at)[:IMAGES_A_ROUND]
            rereads += [hub.reread(channel) for channel in longest_ago]
        else:
            for first in range(0, len(channels), TOPICS_A_QUERY):
                rereads += await _compare_tallies_of(hub, topic, channels[first : first + TOPICS_A_QUERY])
    return rereads


async def _compare_tallies_of(hub: Hub, topic: ConflatedTopic, channels: list[ConflatedChannel]) -> list[Reread]:
    tallies = await hub.reads.run(topic_images.read_tallies, topic, [channel.arguments for channel in channels])
    pairs = zip(channels, tallies, strict=True)
    return [hub.reread(channel) for channel, tally in pairs if channel.differs_from(tally)]


async def close_laggards(hub: Hub) -> None:
    """Readers that take next to nothing of what waits for them are closed."""
    for connection in tuple(hub.behind):
        connection.check_pace()


async def check_sessions(hub: Hub) -> None:
    """Sockets of sessions that have ended without a word, and of who is self-excluded, are closed; lost rights take
    their topics away."""
    due_before = hub.now() - SESSION_CHECK_S
    due = [
        connection
        for connection in hub.connections
        if connection.caller.session_key and connection.checked_at < due_before
    ]
    for first in range(0, len(due), SESSIONS_A_QUERY):
        await _check_sessions_of(hub, due[first : first + SESSIONS_A_QUERY])


async def _check_sessions_of(hub: Hub, due: list[Connection]) -> None:
    callers = await hub.reads.run(find_callers, sorted({each.caller.session_key for each in due}))
    excluded = await hub.reads.run(list_self_excluded, [each.user_id for each in callers.values() if each.user_id])
    for connection in due:
        connection.checked_at = hub.now()
        caller = callers.get(connection.caller.session_key)
        if caller is None:
            connection.close(closings.SESSION_ENDED)
        elif caller.user_id in excluded:
            connection.close(closings.SELF_EXCLUDED)
        else:
            has_new_role = caller.role != connection.caller.role
            if has_new_role:
                connection.caller = replace(caller, ip=connection.caller.ip)
            await _leave_forbidden_topics(hub, connection, has_new_role=has_new_role)


async def _leave_forbidden_topics(hub: Hub, connection: Connection, *, has_new_role: bool) -> None:
    """With another role every topic is asked about, else those whose right goes by something else."""
    for name in tuple(connection.topics):
        resolved = resolve(name)
        if resolved is None or resolved[0].may_subscribe is everyone:
            continue
        if not (has_new_role or resolved[0].is_asked_again):
            continue
        try:
            await hub.reads.run(topic_images.check_may_subscribe, *resolved, connection.caller)
        except AppError as refusal:
            if refusal.retryable and not has_new_role:
                continue  # a server is away: the next minute asks again
            hub.unsubscribe(connection, name)
            connection.refuse(refusal, topic=name)


async def refresh_notices(hub: Hub) -> None:
    """Show notices whose time has come and take away those whose time is over."""
    notices = await hub.reads.run(list_current_notices, clock.now())
    hub.replace_notices({str(notice["id"]): notice for notice in notices})


async def refresh_presence(hub: Hub) -> None:
    """Say again who is here, before it is forgotten."""
    hub.attendance.refresh()


async def refresh_rosters(hub: Hub) -> None:
    """Say again who hears which gathering, before other hubs forget it."""
    for channel in hub.channels.values():
        if isinstance(channel, GatheringChannel):
            channel.repeat_roster()


async def watch_contacts(hub: Hub) -> None:
    """Look up for all lists of contacts who is online, those that waited longest first."""
    channels = [each for each in hub.channels.values() if isinstance(each, ContactsChannel) and each.member_count]
    channels.sort(key=lambda channel: channel.looked_at)
    wanted: set[str] = set()
    chosen: list[ContactsChannel] = []
    for channel in channels:
        if chosen and len(wanted | channel.people) > CONTACTS_A_ROUND:
            break
        chosen.append(channel)
        wanted |= channel.people
    online = await hub.errands.run(presence.list_present, [UUID(user_id) for user_id in wanted])
    for channel in chosen:
        channel.take_online(online)


async def publish_report(hub: Hub) -> None:
    """Tell operations and `/metrics` what this hub does."""
    figures = hub.figures
    gauges = {
        "connections": len(hub.connections),
        "topics": len(hub.channels),
        "lagging": sum(1 for connection in hub.behind if connection.owed),
        "lag_ms": figures.lag_ms,
        "delayed": hub.freshness.is_delayed,
    }
    counters = {
        "frames": figures.frames,
        "updates": figures.updates,
        "writes": figures.writes,
        "bytes": figures.bytes,
        "withheld": figures.conflated,
        "opened": figures.opened,
        "bus_messages": figures.bus_messages,
    }
    for code, count in figures.closed.items():
        closing = closings.find_closing(code)
        counters[f"closed.{code}.{closing.name if closing else 'other'}"] = count
    await hub.errands.run(_get_reporter().publish, gauges=gauges, counters=counters)


@cache
def _get_reporter() -> Reporter:
    return Reporter("web")
