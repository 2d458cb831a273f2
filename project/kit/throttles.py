"""Rate limits counted in Redis. When Redis is away nobody is limited: availability comes before the limit."""

import logging

import redis

from project.kit.errors import RateLimited
from project.kit.redis import redis_client

logger = logging.getLogger(__name__)


def check_rate(key: str, *, limit: int, per_s: int) -> None:
    """Count one use of `key` in a window of `per_s` seconds that starts with its first use.

    Raises RateLimited with the seconds left once more than `limit` uses fell into the window.
    """
    name = f"rate:{key}"
    try:
        pipeline = redis_client().pipeline(transaction=True)
        pipeline.set(name, 0, ex=per_s, nx=True)
        pipeline.incr(name)
        pipeline.ttl(name)
        _, used, left_s = pipeline.execute()
    except redis.RedisError:
        logger.warning("rate limit %s not counted: Redis is away", key)
        return
    if used > limit:
        raise RateLimited(retry_after_s=max(1, left_s), limit=limit, per_s=per_s)
