"""Errors as clients see them: `application/problem+json` (RFC 9457) over HTTP, the same members on the socket."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from django.http import HttpRequest, HttpResponse

from project.kit.errors import AppError, RateLimited, TemporarilyUnavailable

CONTENT_TYPE: Final = "application/problem+json"


def describe(error: AppError) -> dict[str, Any]:
    """The members of a refusal that HTTP and the socket share."""
    members: dict[str, Any] = {
        "type": f"urn:touchline:problem:{error.code}",
        "title": error.title,
        "status": error.status,
        "code": error.code,
        "retryable": error.retryable,
    }
    if error.detail:
        members["detail"] = error.detail
    return members | error.extra


def problem_response(request: HttpRequest, error: AppError) -> HttpResponse:
    """The refusal as an HTTP response, with Retry-After where waiting helps."""
    response = _respond(request, describe(error))
    retry_after = find_retry_after(error)
    if retry_after is not None:
        response["Retry-After"] = retry_after
    return response


def describe_status(status: int, code: str) -> dict[str, Any]:
    """The members of a problem that no refusal of ours stands for."""
    return {
        "type": f"urn:touchline:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "retryable": status >= 500,
    }


def unexpected_response(request: HttpRequest, status: int, code: str) -> HttpResponse:
    """A problem for a status that Django itself decided, such as an unknown path."""
    return _respond(request, describe_status(status, code))


def find_retry_after(error: AppError) -> str | None:
    """The Retry-After header of a refusal, where waiting helps."""
    return str(error.retry_after_s) if isinstance(error, RateLimited | TemporarilyUnavailable) else None


def write_problem(members: Mapping[str, Any], *, instance: str, request_id: str) -> bytes:
    """The body of a problem about one request."""
    whole = {**members, "instance": instance, "request_id": request_id}
    return json.dumps(whole, ensure_ascii=False, default=str).encode()


def field_errors(errors: Sequence[Any], *, skip: int = 0) -> list[dict[str, str]]:
    """pydantic's errors as `{pointer, code, message}`; `skip` leading parts of each location are dropped."""
    return [
        {
            "pointer": "".join(f"/{_escape(part)}" for part in error["loc"][skip:]) or "/",
            "code": str(error["type"]),
            "message": str(error["msg"]),
        }
        for error in errors
    ]


def _escape(part: object) -> str:
    """One reference token of a JSON pointer (RFC 6901)."""
    return str(part).replace("~", "~0").replace("/", "~1")


def _respond(request: HttpRequest, members: dict[str, Any]) -> HttpResponse:
    body = write_problem(members, instance=request.path, request_id=getattr(request, "request_id", ""))
    response = HttpResponse(body, status=members["status"], content_type=CONTENT_TYPE)
    response["Cache-Control"] = "no-store"
    return response
