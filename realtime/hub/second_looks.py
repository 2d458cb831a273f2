"""Asking again who may be on an ephemeral topic and see whom: after a block, a hidden thread, a change of identity."""

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final
from uuid import UUID

from project.kit.errors import AppError, TemporarilyUnavailable
from realtime.hub.connection import Connection
from realtime.hub.ephemeral import EphemeralChannel
from realtime.queries import topic_images

if TYPE_CHECKING:
    from realtime.hub.hub import Hub

RETRY_S: Final = 1.0


async def look_again(hub: "Hub", *, user_ids: Iterable[UUID] = (), topics: Iterable[str] = ()) -> None:
    """At everything these people hear, and at everyone who hears these topics."""
    for user_id in user_ids:
        for connection in hub.attendance.list_of(user_id):
            await look_again_at(hub, connection)
    for name in topics:
        channel = hub.channels.get(name)
        if isinstance(channel, EphemeralChannel):
            for connection in channel.list_members():
                await _look(hub, connection, name)


async def look_again_at(hub: "Hub", connection: Connection) -> None:
    """At everything one socket hears."""
    for name in tuple(connection.topics):
        await _look(hub, connection, name)


async def look_again_at_everyone(hub: "Hub") -> None:
    """One after the other: it follows a time without messages, and others need PostgreSQL then as well."""
    for connection in tuple(hub.connections):
        if connection.caller.is_authenticated:
            await look_again_at(hub, connection)


async def _look(hub: "Hub", connection: Connection, name: str) -> None:
    channel = hub.channels.get(name)
    if not isinstance(channel, EphemeralChannel):
        return
    while name in connection.topics:
        try:
            rule = (channel.topic, channel.arguments, connection.caller)
            await hub.reads.run(topic_images.check_may_subscribe, *rule)
            await channel.look_again(connection)
        except TemporarilyUnavailable:
            await asyncio.sleep(RETRY_S)  # what must not be shown may not stay because a server was away
        except AppError as refusal:
            hub.unsubscribe(connection, name)
            connection.refuse(refusal, topic=name)
        else:
            return
