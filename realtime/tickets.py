"""Single-use tickets that let a socket prove whose it is without a cookie, a header or a token in its address."""

import secrets
from typing import Any, Final

import redis

from accounts.queries.sessions import find_caller
from project.kit.callers import Caller
from project.kit.errors import TemporarilyUnavailable
from project.kit.redis import redis_client
from realtime.core.limits import TICKET_SECONDS
from realtime.errors import TicketInvalid

TICKET_BYTES: Final = 24  # 192 bits: not to be guessed in thirty seconds, or ever


def issue_ticket(session_key: str) -> str:
    """A ticket for the session that asks. Raises TemporarilyUnavailable when Redis is away."""
    ticket = secrets.token_urlsafe(TICKET_BYTES)
    try:
        redis_client().set(_name(ticket), session_key, ex=TICKET_SECONDS)
    except redis.RedisError as error:
        raise TemporarilyUnavailable from error
    return ticket


def redeem_ticket(ticket: str, *, address: str) -> Caller:
    """Whose ticket this is; it works once. Raises TicketInvalid, also when the session has ended meanwhile."""
    try:
        session_key: Any = redis_client().getdel(_name(ticket))
    except redis.RedisError as error:
        raise TemporarilyUnavailable from error
    caller = find_caller(session_key.decode(), ip=address) if session_key else None
    if caller is None:
        raise TicketInvalid
    return caller


def _name(ticket: str) -> str:
    return f"ticket:{ticket}"
