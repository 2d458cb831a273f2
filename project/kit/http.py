"""The HTTP door: strict bodies in, problem+json out, and who is asking."""

import logging
from collections.abc import Callable
from typing import Annotated, Any, Final

import redis
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import Header, NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser
from pydantic import AfterValidator

from project.kit.callers import ANONYMOUS, Caller
from project.kit.errors import (
    AppError,
    BadRequest,
    BodyTooLarge,
    Forbidden,
    IdempotencyKeyInvalid,
    IdempotencyKeyRequired,
    MalformedJson,
    NotAuthenticated,
    NotFound,
    TemporarilyUnavailable,
    UnsupportedMediaType,
    ValidationFailed,
)
from project.kit.idempotency import MAX_KEY_LENGTH, check_key
from project.kit.problems import field_errors, problem_response
from project.kit.strict_json import parse_object

logger = logging.getLogger(__name__)

SERVER_AWAY: Final = (OperationalError, InterfaceError, redis.RedisError)
MAX_JSON_BYTES = 256 * 1024  # the largest command, a long post with quotes, stays well below
KEY_HEADER: Final = "Idempotency-Key"


class StrictParser(Parser):
    """Reads bodies as one strict JSON object. What it raises arrives as the cause of ninja's HttpError."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        if request.content_type != "application/json":
            raise UnsupportedMediaType
        if len(request.body) > MAX_JSON_BYTES:
            raise BodyTooLarge(max_bytes=MAX_JSON_BYTES)
        return parse_object(request.body)


def caller_of(request: HttpRequest) -> Caller:
    """Who sent this request, as the session middleware found out."""
    caller: Caller = getattr(request, "caller", ANONYMOUS)
    return caller


def _check_key(key: str) -> str:
    """`check_key` as pydantic wants it; `_refuse_fields` gives the refusal its own name back."""
    try:
        return check_key(key)
    except IdempotencyKeyInvalid as refusal:
        raise ValueError(refusal.title) from refusal


IdempotencyKey = Annotated[
    str,
    AfterValidator(_check_key),
    Header(
        ...,
        alias=KEY_HEADER,
        min_length=1,
        max_length=MAX_KEY_LENGTH,
        description=(
            "Yours, and new for every command: printable ASCII without spaces at its ends. The same key with the same"
            " body is carried out once and answers the same; with another body it is refused."
        ),
    ),
]
"""What a route takes that carries each command out once; the protocol document says so because the route does."""


def build_api() -> NinjaAPI:
    """The API object that project/urls.py hangs every app's router on."""
    api = NinjaAPI(
        title="Touchline",
        version="1.0.0",
        description="Live matches, odds, slips, people. Errors are RFC 9457 problems; money and odds are strings.",
        parser=StrictParser(),
        docs_url=None,
        urls_namespace="api",
    )
    for error_class, refuse in _REFUSALS.items():
        api.add_exception_handler(error_class, refuse)
    return api


def _refuse_fields(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [item for item in error.errors if item["loc"][:2] != ("header", KEY_HEADER)]
    if not errors:
        is_missing = error.errors[0]["type"] == "missing"
        return problem_response(request, IdempotencyKeyRequired() if is_missing else IdempotencyKeyInvalid())
    is_of_body = [item["loc"][:1] == ("body",) for item in errors]
    if any(is_of_body) and not request.body:
        return problem_response(request, MalformedJson("The body is empty"))  # ninja gives it to no parser
    if all(item["loc"][:1] == ("path",) for item in errors):
        return problem_response(request, NotFound())  # an id that cannot exist names nothing
    skip = 2 if all(is_of_body) else 1
    return problem_response(request, ValidationFailed(errors=field_errors(errors, skip=skip)))


def _refuse_http(request: HttpRequest, error: HttpError) -> HttpResponse:
    if isinstance(error.__cause__, AppError):
        return problem_response(request, error.__cause__)
    if isinstance(error.__cause__, RequestDataTooBig):
        return problem_response(request, BodyTooLarge(max_bytes=MAX_JSON_BYTES))
    if isinstance(error, AuthenticationError):
        return problem_response(request, NotAuthenticated())
    refusals: dict[int, AppError] = {403: Forbidden(), 404: NotFound()}
    return problem_response(request, refusals.get(error.status_code, BadRequest(str(error))))


def _refuse_missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem_response(request, NotFound())


def refuse_unavailable(request: HttpRequest, error: Exception) -> HttpResponse:
    """The answer while a server we need is away."""
    logger.warning("answering 503: %s", error)
    return problem_response(request, TemporarilyUnavailable())


_REFUSALS: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
    AppError: problem_response,
    ValidationError: _refuse_fields,
    HttpError: _refuse_http,
    Http404: _refuse_missing,
    **dict.fromkeys(SERVER_AWAY, refuse_unavailable),
}
