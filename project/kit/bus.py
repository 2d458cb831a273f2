"""Messages between processes over Redis: what a hub hears about topics, and orders to close sockets.

A message that is lost here costs latency only: hubs compare their position with PostgreSQL and reread.
"""

import hashlib
import json
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from project.kit.redis import one_way, redis_client
from project.kit.topics import Keyed

_encoder: Final = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)  # `dumps` makes one for each call

CONTROL_CHANNEL: Final = "touchline:control"
RELAY_WAKE: Final = "touchline:wake:relay"
REACTIONS_WAKE: Final = "touchline:wake:reactions"


def channel_of(topic: str) -> str:
    """The Redis channel that carries one topic."""
    return f"bus:{topic}"


def milliseconds_now() -> int:
    """Wall-clock milliseconds, the `pt` of a frame."""
    return time.time_ns() // 1_000_000


def encode(message: Mapping[str, Any] | Sequence[Any]) -> bytes:
    """Compact UTF-8 JSON, as every message on the bus and on the socket is written."""
    return _encoder.encode(message).encode()


def sequenced_message(*, epoch: str, seq: int, change: Mapping[str, Any]) -> bytes:
    """One stored change, as the relay publishes it."""
    return encode({"l": "s", "e": epoch, "s": seq, "c": change, "pt": milliseconds_now()})


def conflated_message(changes: Sequence[Keyed]) -> bytes:
    """The newest values of some keys, as the committing process publishes them.

    A line for each, as it will stand in frames, so that a hub passes it on without looking into it.
    """
    lines = [encode([change.key, change.version, change.value]) for change in changes]
    return b"\n".join([b"c%d" % milliseconds_now(), *lines])


def roster_message(*, hub_id: str, roster: Mapping[str, Any] | None, typing: Sequence[str]) -> bytes:
    """Who hears a gathering through one hub, where that changed or is said again, and who of them is typing."""
    message = {"l": "e", "h": hub_id, "t": list(typing), "pt": milliseconds_now()}
    return encode(message if roster is None else {**message, "r": roster})


def said_on_commit(topic: str, user_id: UUID) -> None:
    """Tell a gathering that a person has said what they were typing."""
    publish_on_commit(channel_of(topic), encode({"l": "e", "said": str(user_id), "pt": milliseconds_now()}))


def look_again_on_commit(*, user_ids: Iterable[UUID] = (), topics: Iterable[str] = ()) -> None:
    """Have the hubs ask again who may be where and see whom: of these people everywhere, of everyone on these topics.

    For ephemeral topics, whose readers are not asked again with every change.
    """
    order = {"op": "look_again", "user_ids": [str(user_id) for user_id in user_ids], "topics": list(topics)}
    publish_on_commit(CONTROL_CHANNEL, encode(order))


def publish_on_commit(channel: str, message: bytes) -> None:
    """Send after the transaction has committed; a Redis that is away is logged, never raised."""
    transaction.on_commit(lambda: redis_client().publish(channel, message), robust=True)


def wake_on_commit(channel: str) -> None:
    """Tell a waiting process that there is work. Nobody waits until Redis has heard: whoever commits has an answer to
    give, and the process looks by itself now and then."""
    transaction.on_commit(lambda: one_way().publish(channel, b"1"), robust=True)


def session_digest(session_key: str) -> str:
    """What names a session between processes; the key itself would log its holder in."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:16]


def close_user_sockets(user_id: UUID, *, code: int, session_key: str = "") -> None:
    """Close every open socket of a person after commit, or only those of one session."""
    session = session_digest(session_key) if session_key else ""
    order = {"op": "close_user", "user_id": str(user_id), "session": session, "code": code}
    publish_on_commit(CONTROL_CHANNEL, encode(order))
