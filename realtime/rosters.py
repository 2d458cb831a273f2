"""Who hears which topic through which hub, kept in Redis for seconds and told to the other hubs in the same breath.

Redis being away or empty makes the people of other hubs look absent until they are said again; nothing is raised.
"""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import redis

from project.kit.bus import channel_of, roster_message
from project.kit.redis import redis_client
from realtime.core.gathering import ALIVE_FOR_S, Roster

REFRESH_EVERY_S: Final = 3.0


@dataclass(frozen=True)
class Announcement:
    """What one hub says about one topic. Without a roster only about typing, which is not kept."""

    topic: str
    roster: Roster | None
    typing: tuple[str, ...]


@dataclass(frozen=True)
class KeptRoster:
    """A roster as another hub left it, and for how many seconds it still counts."""

    hub_id: str
    roster: Roster
    for_s: float


def roster_key(topic: str) -> str:
    """Names the rosters of a topic."""
    return f"live:{topic}"


def announce(announcements: Sequence[Announcement], hub_id: str) -> None:
    """Keep and tell, in one round trip. Raises nothing: presence is a hint."""
    until = time.time() + ALIVE_FOR_S
    try:
        pipeline = redis_client().pipeline(transaction=False)
        for announcement in announcements:
            roster = announcement.roster.to_json() if announcement.roster else None
            if roster is not None:
                key = roster_key(announcement.topic)
                if roster["p"] or roster["v"]:
                    pipeline.hset(key, hub_id, json.dumps({**roster, "until": until}, separators=(",", ":")))
                    pipeline.expire(key, round(ALIVE_FOR_S))
                else:
                    pipeline.hdel(key, hub_id)
            message = roster_message(hub_id=hub_id, roster=roster, typing=announcement.typing)
            pipeline.publish(channel_of(announcement.topic), message)
        pipeline.execute()
    except redis.RedisError:
        return


def list_rosters(topic: str) -> list[KeptRoster]:
    """What all hubs said of a topic and still counts; none when Redis is away. Takes away what hubs that died left."""
    try:
        kept: Any = redis_client().hgetall(roster_key(topic))  # the client's types allow for a coroutine
        rosters = [_read(hub_id.decode(), json.loads(text)) for hub_id, text in kept.items()]
        dead = [each.hub_id for each in rosters if each.for_s <= 0]
        if dead:
            redis_client().hdel(roster_key(topic), *dead)
    except redis.RedisError:
        return []
    return [each for each in rosters if each.for_s > 0]


def _read(hub_id: str, content: Mapping[str, Any]) -> KeptRoster:
    # Clocks of two machines may differ: nothing counts longer than it would have on its own.
    return KeptRoster(hub_id, Roster.of_json(content), min(ALIVE_FOR_S, content["until"] - time.time()))
