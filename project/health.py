"""Whether this process can serve: the database and Redis answer. Load balancers and `make run` ask it."""

from typing import Literal

import redis
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest
from ninja import Router, Status

from project.kit.redis import redis_client
from project.kit.schemas import Reply

router = Router(tags=["health"])
State = Literal["ok", "unavailable"]


class HealthReply(Reply):
    """`status` is ok only if everything is."""

    status: State
    database: State
    redis: State


@router.get(
    "/health", response={200: HealthReply, 503: HealthReply}, summary="Whether this process can serve", auth=None
)
def health(request: HttpRequest) -> Status[HealthReply]:
    reply = get_health()
    return Status(200 if reply.status == "ok" else 503, reply)


def get_health() -> HealthReply:
    database, broker = database_state(), redis_state()
    status: State = "ok" if database == broker == "ok" else "unavailable"
    return HealthReply(status=status, database=database, redis=broker)


def database_state() -> State:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        return "unavailable"
    return "ok"


def redis_state() -> State:
    try:
        redis_client().ping()
    except redis.RedisError:
        return "unavailable"
    return "ok"
