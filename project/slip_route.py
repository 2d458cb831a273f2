"""`POST /api/slips` before Django: found out by what is known already, placed in a batch with everybody else's slips.

Only a request of the shape that every client of ours sends is answered here, from its body on. Whatever is unusual
before that (another method, host, page or kind of body, a proof or a session that does not hold) is Django's to answer,
so that those rules are written once.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from django.conf import settings
from django.http import parse_cookie
from django.utils.crypto import constant_time_compare

from betting import placement
from betting.schemas.slips import PlaceSlipCommand
from project.kit.callers import Caller
from project.kit.errors import AppError
from project.kit.http import MAX_JSON_BYTES
from project.kit.idempotency import check_key
from project.kit.ids import new_id_text
from project.kit.problems import CONTENT_TYPE, describe, describe_status, find_retry_after, write_problem
from project.kit.strict_json import parse_object
from project.surroundings import Surroundings, Survey
from project.threaded_handler import Answer, Receive, Scope, Send, send_answer
from realtime.commands import read_command
from realtime.hub.process import current_hub

logger = logging.getLogger(__name__)

SLIPS_PATH: Final = "/api/slips"
JSON_TYPES: Final = frozenset(
    {b"application/json", b"application/json; charset=utf-8", b"application/json;charset=utf-8"}
)
TOKEN_LENGTHS: Final = (32, 64)  # of a CSRF token, bare or masked
NO_STORE: Final = (b"Cache-Control", b"no-store")
VARY: Final = (b"Vary", b"Cookie")
REPLY_TYPE: Final = (b"Content-Type", b"application/json; charset=utf-8")
PROBLEM_TYPE: Final = (b"Content-Type", CONTENT_TYPE.encode())

Application = Callable[[Scope, Receive, Send], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class PlainRequest:
    """What the head of a request of the usual shape says."""

    surroundings: Surroundings
    session_key: str
    is_by_cookie: bool
    idempotency_key: str | None


class SlipRoute:
    """Stands in front of Django for one address."""

    def __init__(self, django: Application) -> None:
        self._django = django
        self._survey = Survey()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        plain = self._read_head(scope)
        if plain is None:
            await self._django(scope, receive, send)
            return
        body = await read_body(receive)
        if body is None:
            return
        try:
            caller = await current_hub().callers.find(plain.session_key)
        except AppError as refusal:
            await send_answer(answer_refusal(refusal, plain), send)
            return
        if caller is None:
            await self._django(scope, replay(body, receive), send)
        else:
            await send_answer(await answer_slip(caller, body, plain), send)

    def _read_head(self, scope: Scope) -> PlainRequest | None:
        """None for what Django answers."""
        headers: dict[bytes, bytes] = dict(scope["headers"])
        if len(headers) != len(scope["headers"]) or scope["query_string"] or not _has_plain_body(headers):
            return None
        surroundings = self._survey.find(scope, headers)
        if surroundings is None:
            return None
        token = headers.get(b"x-session-token")
        key = headers.get(b"idempotency-key")
        if token is None:
            session_key = _find_proven_session(headers) if surroundings.is_our_page else None
        else:
            session_key = token.decode("latin1")
        if not session_key:
            return None
        return PlainRequest(surroundings, session_key, token is None, None if key is None else key.decode("latin1"))


async def answer_slip(caller: Caller, body: bytes, plain: PlainRequest) -> Answer:
    """Place what the body asks for, for a caller who is known. An unexpected error is a bug: logged whole."""
    try:
        command = read_command(PlaceSlipCommand, parse_object(body))
        placed = await placement.submit(caller, command, check_key(plain.idempotency_key))
    except AppError as refusal:
        return answer_refusal(refusal, plain)
    except Exception:
        logger.exception("a slip could not be placed")
        status = HTTPStatus.INTERNAL_SERVER_ERROR
        return _answer_problem(describe_status(status, "internal_error"), None, plain)
    status = HTTPStatus.ACCEPTED if placed.is_delayed else HTTPStatus.CREATED
    return _answer(status, REPLY_TYPE, placed.reply.encode(), new_id_text(), plain)


def answer_refusal(refusal: AppError, plain: PlainRequest) -> Answer:
    return _answer_problem(describe(refusal), find_retry_after(refusal), plain)


def _answer_problem(members: Mapping[str, Any], retry_after: str | None, plain: PlainRequest) -> Answer:
    request_id = new_id_text()
    body = write_problem(members, instance=SLIPS_PATH, request_id=request_id)
    answer = _answer(members["status"], PROBLEM_TYPE, body, request_id, plain)
    if retry_after is not None:
        answer.headers.append((b"Retry-After", retry_after.encode()))
    return answer


def _answer(status: int, kind: tuple[bytes, bytes], body: bytes, request_id: str, plain: PlainRequest) -> Answer:
    headers = [
        kind,
        (b"Content-Length", b"%d" % len(body)),
        *plain.surroundings.headers,
        (b"X-Request-ID", request_id.encode()),
        NO_STORE,
    ]
    if plain.is_by_cookie:
        headers.append(VARY)
    return Answer(status, headers, body)


def _has_plain_body(headers: Mapping[bytes, bytes]) -> bool:
    length = headers.get(b"content-length", b"")
    if not length.isdigit() or not 0 < int(length) <= MAX_JSON_BYTES or b"transfer-encoding" in headers:
        return False
    return headers.get(b"content-type", b"").lower() in JSON_TYPES


def _find_proven_session(headers: Mapping[bytes, bytes]) -> str | None:
    """The session in the cookie of a request that carries its CSRF cookie's own token, as our client does."""
    cookies = parse_cookie(headers.get(b"cookie", b"").decode("latin1"))
    secret = cookies.get(settings.CSRF_COOKIE_NAME, "")
    shown = headers.get(b"x-csrftoken", b"").decode("latin1")
    if len(secret) not in TOKEN_LENGTHS or not (secret.isascii() and secret.isalnum()):
        return None
    return cookies.get(settings.SESSION_COOKIE_NAME) if constant_time_compare(secret, shown) else None


async def read_body(receive: Receive) -> bytes | None:
    """The whole body, whose announced length was checked; None when its sender has gone."""
    message = await receive()
    body: bytes = message.get("body", b"")
    while message["type"] == "http.request" and message.get("more_body", False):
        message = await receive()
        body += message.get("body", b"")
    return body if message["type"] == "http.request" else None


def replay(body: bytes, receive: Receive) -> Receive:
    """`receive` for who comes after us: the body once more, then what follows it."""
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Mapping[str, Any]:
        return waiting.pop() if waiting else await receive()

    return receive_again
