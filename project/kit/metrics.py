"""Gauges that processes publish and operations reads: numbers of now, kept in Redis, never the truth."""

import time

import redis

from project.kit.redis import redis_client

GAUGES = "touchline:gauges"


def set_gauge(name: str, value: float) -> None:
    """Publish one number under a dotted name such as `relay.lag_ms`."""
    try:
        redis_client().hset(GAUGES, name, f"{value}@{time.time():.3f}")
    except redis.RedisError:
        return  # a gauge that is missing shows as missing


def read_gauges() -> dict[str, tuple[float, float]]:
    """Every gauge as (value, seconds since it was published)."""
    stored: dict[bytes, bytes] = redis_client().hgetall(GAUGES)  # type: ignore[assignment]  # sync client
    at = time.time()
    gauges = {}
    for name, text in stored.items():
        value, _, published = text.decode().partition("@")
        gauges[name.decode()] = (float(value), max(0.0, at - float(published)))
    return gauges
