"""Who is connected, kept in Redis with a short life: every hub writes its own count of sockets per person and address.

Redis being away or empty makes everyone look absent for a while; that costs a notification too many, nothing else.
"""

import time
from typing import Any, Final
from uuid import UUID

import redis

from project.kit.redis import redis_client

ALIVE_FOR_S: Final = 60  # a hub that died is forgotten after this
REFRESH_EVERY_S: Final = 20


def person_key(user_id: UUID) -> str:
    """Names a person's sockets."""
    return f"presence:user:{user_id}"


def address_key(address: str) -> str:
    """Names an address' sockets."""
    return f"presence:address:{address}"


def announce(key: str, hub_id: str, count: int) -> int:
    """Say how many sockets this hub has under a key; returns how many all other hubs have, 0 when Redis is away."""
    publish_counts({key: count}, hub_id)
    return count_elsewhere(key, hub_id)


def publish_counts(counts: dict[str, int], hub_id: str) -> None:
    """Say how many sockets this hub has under each key. Raises nothing: presence is a hint."""
    expires_at = time.time() + ALIVE_FOR_S
    try:
        pipeline = redis_client().pipeline(transaction=False)
        for key, count in counts.items():
            if count:
                pipeline.hset(key, hub_id, f"{count}@{expires_at:.0f}")
                pipeline.expire(key, ALIVE_FOR_S)
            else:
                pipeline.hdel(key, hub_id)
        pipeline.execute()
    except redis.RedisError:
        return


def count_elsewhere(key: str, hub_id: str) -> int:
    """Sockets under a key in all other hubs; 0 when Redis is away."""
    try:
        stored: Any = redis_client().hgetall(key)  # the client's types allow for a coroutine
    except redis.RedisError:
        return 0
    return sum(_alive_count(text) for name, text in stored.items() if name.decode() != hub_id)


def is_present(user_id: UUID) -> bool:
    """Whether the person has an open socket anywhere."""
    return count_elsewhere(person_key(user_id), hub_id="") > 0


def _alive_count(text: bytes) -> int:
    count, _, expires_at = text.decode().partition("@")
    return int(count) if float(expires_at) > time.time() else 0
