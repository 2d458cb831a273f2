"""The process's connections to Redis: broker, wake-up, cache and bus. Nothing here is ever the truth."""

import os
from functools import cache
from threading import Lock
from typing import Any, Final

import redis
from django.conf import settings

SOCKET_TIMEOUT_S = 3.0  # a hung Redis must not hold a request longer than a refused one
TIMEOUTS: Final = {"socket_connect_timeout": SOCKET_TIMEOUT_S, "socket_timeout": SOCKET_TIMEOUT_S}


@cache
def redis_client() -> "redis.Redis":
    """The shared, thread-safe client of this process."""
    return redis.Redis.from_url(settings.REDIS_URL, **TIMEOUTS)


class OneWay:
    """A connection that Redis never answers on: for messages whose sender goes on at once."""

    def __init__(self, url: str) -> None:
        pool = redis.ConnectionPool.from_url(url, **TIMEOUTS, redis_connect_func=_want_no_replies)
        self._connection: Any = pool.make_connection()  # it connects when it has something to send, and again when lost
        self._lock = Lock()

    def publish(self, channel: str, message: bytes) -> None:
        """Send, on a new connection where the last one is gone. Raises redis.RedisError where there is none."""
        command = self._connection.pack_command("PUBLISH", channel, message)
        with self._lock:
            try:
                self._connection.send_packed_command(command, check_health=False)
            except redis.ConnectionError:
                self._connection.send_packed_command(command, check_health=False)


def _want_no_replies(connection: Any) -> None:
    connection.on_connect()
    connection.send_command("CLIENT", "REPLY", "OFF")


@cache
def one_way() -> OneWay:
    """The process's own: a forked child makes another."""
    return OneWay(settings.REDIS_URL)


os.register_at_fork(after_in_child=one_way.cache_clear)
