"""Who is connected, kept in Redis with a short life: every hub writes its own count of sockets per person and address.

Redis being away or empty makes everyone look absent for a while; that costs a notification too many, nothing else.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import redis

from project.kit.redis import redis_client

PERSON_PREFIX: Final = "presence:user:"
ALIVE_FOR_S: Final = 60  # a hub that died is forgotten after this
REFRESH_EVERY_S: Final = 20


def person_key(user_id: UUID) -> str:
    """Names a person's sockets."""
    return f"{PERSON_PREFIX}{user_id}"


def address_key(address: str) -> str:
    """Names an address' sockets."""
    return f"presence:address:{address}"


def announce(counts: Mapping[str, int], hub_id: str) -> dict[str, int]:
    """Say how many sockets this hub has under each key; returns how many all other hubs have, 0 when Redis is away."""
    expires_at = time.time() + ALIVE_FOR_S
    pipeline = redis_client().pipeline(transaction=False)
    for key, count in counts.items():
        if count:
            pipeline.hset(key, hub_id, f"{count}@{expires_at:.0f}")
            pipeline.expire(key, ALIVE_FOR_S)
        else:
            pipeline.hdel(key, hub_id)
    for key in counts:
        pipeline.hgetall(key)
    try:
        answers: list[Any] = pipeline.execute()
    except redis.RedisError:
        return dict.fromkeys(counts, 0)
    return {key: _count_others(stored, hub_id) for key, stored in zip(counts, answers[-len(counts) :], strict=True)}


def is_present(user_id: UUID) -> bool:
    """Whether the person has an open socket anywhere."""
    return bool(list_present([user_id]))


def list_present(user_ids: Sequence[UUID]) -> set[str]:
    """The ids among these whose people have an open socket anywhere; none when Redis is away."""
    try:
        pipeline = redis_client().pipeline(transaction=False)
        for user_id in user_ids:
            pipeline.hvals(person_key(user_id))
        answers: list[Any] = pipeline.execute()
    except redis.RedisError:
        return set()
    counts = (sum(_alive_count(text) for text in texts) for texts in answers)
    return {str(user_id) for user_id, count in zip(user_ids, counts, strict=True) if count}


def _count_others(stored: Mapping[bytes, bytes], hub_id: str) -> int:
    return sum(_alive_count(text) for name, text in stored.items() if name.decode() != hub_id)


def _alive_count(text: bytes) -> int:
    count, _, expires_at = text.decode().partition("@")
    return int(count) if float(expires_at) > time.time() else 0
