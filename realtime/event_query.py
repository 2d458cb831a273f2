"""What a request for an event stream asks for, and whose page it comes from."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Final
from urllib.parse import parse_qsl

from pydantic import BeforeValidator, Field, ValidationError

from project.kit.errors import BadRequest, Forbidden, ValidationFailed
from project.kit.problems import field_errors
from project.kit.schemas import Command
from realtime.core.limits import HEARTBEAT_MS_MAX, HEARTBEAT_MS_MIN, TOPICS
from realtime.core.projection import FIELDS_MAX
from realtime.frames.client import ConflateMs, FieldName, TopicName
from realtime.handshake import Handshake, read_handshake

STREAM_PATH: Final = "/api/stream"
PARAMETERS_MAX: Final = 100  # twice the topics; what comes beyond is no request of ours
SINCE_CHARS_MAX: Final = 4_300  # the positions of as many topics as a stream may have, at their longest


def _read_number(text: object) -> object:
    """Digits as the number they are: in a query everything is text."""
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 10 else text


def _read_names(text: object) -> object:
    return text.split(",") if isinstance(text, str) else text


class EventsQuery(Command):
    """The query of `GET /api/stream`. `since` is an event id, for a client that cannot send `Last-Event-ID`."""

    topic: list[TopicName] = Field(min_length=1, max_length=TOPICS)
    conflate_ms: Annotated[ConflateMs | None, BeforeValidator(_read_number)] = None
    fields: Annotated[list[FieldName] | None, BeforeValidator(_read_names), Field(max_length=FIELDS_MAX)] = None
    heartbeat_ms: Annotated[
        int | None, BeforeValidator(_read_number), Field(ge=HEARTBEAT_MS_MIN, le=HEARTBEAT_MS_MAX)
    ] = None
    since: str | None = Field(default=None, max_length=SINCE_CHARS_MAX)


def parse_query(query: bytes) -> EventsQuery:
    """The query of a request; a topic named twice counts once. Raises BadRequest, ValidationFailed."""
    try:
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=PARAMETERS_MAX)
    except ValueError as error:
        raise BadRequest("The query cannot be read") from error
    content: dict[str, Any] = {}
    for name, value in pairs:
        if name == "topic":
            content.setdefault("topic", {})[value] = None
        elif name in content:
            raise ValidationFailed(errors=[{"pointer": f"/{name}", "code": "repeated", "message": "Say it once"}])
        else:
            content[name] = value
    try:
        return EventsQuery.model_validate({**content, "topic": list(content.get("topic", ()))})
    except ValidationError as error:
        raise ValidationFailed(errors=field_errors(error.errors())) from error


def read_opening(scope: Mapping[str, Any]) -> Handshake:
    """Who asks, by the socket's own rules. Raises Forbidden for another site's page and for a cookie of nobody's.

    A browser names no Origin when a page reads from its own site, but says that it does: then the page's origin is the
    address that was asked.
    """
    handshake = read_handshake(scope)
    headers = dict(scope.get("headers", []))
    if handshake.origin is None and headers.get(b"sec-fetch-site") == b"same-origin":
        host = headers.get(b"host", b"").decode("latin1")
        handshake = replace(handshake, origin=f"{scope.get('scheme', 'http')}://{host}")
    if not handshake.may_connect:
        raise Forbidden("Only our own pages may use the cookie, and other sites' pages nothing")
    return handshake


def find_last_event_id(scope: Mapping[str, Any]) -> str | None:
    """What a browser that was cut sends by itself."""
    for name, value in scope.get("headers", []):
        if name == b"last-event-id":
            return str(value.decode("latin1"))
    return None
