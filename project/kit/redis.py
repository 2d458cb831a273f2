"""The process's connection to Redis: broker, wake-up, cache and bus. Nothing here is ever the truth."""

from functools import cache

import redis
from django.conf import settings

SOCKET_TIMEOUT_S = 3.0  # a hung Redis must not hold a request longer than a refused one


@cache
def redis_client() -> "redis.Redis":
    """The shared, thread-safe client of this process."""
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=SOCKET_TIMEOUT_S, socket_timeout=SOCKET_TIMEOUT_S
    )
