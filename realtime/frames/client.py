"""What a client may send: one JSON object a frame, told apart by `op`. Unknown fields and loose types are refused."""

from typing import Annotated, Any, Final, Literal

from pydantic import ConfigDict, Field, JsonValue, TypeAdapter, ValidationError

from project.kit.errors import AppError, ValidationFailed
from project.kit.problems import field_errors
from project.kit.schemas import Command
from project.kit.strict_json import parse_object
from project.kit.topics import MAX_TOPIC_LENGTH
from realtime.core.limits import HEARTBEAT_MS_MAX, HEARTBEAT_MS_MIN, TOPICS
from realtime.core.projection import FIELDS_MAX

MAX_FRAME_NUMBER: Final = 2**53 - 1  # the largest whole number every JSON reader keeps exact
MAX_KEY_LENGTH: Final = 255

FrameId = Annotated[int, Field(ge=0, le=MAX_FRAME_NUMBER)] | Annotated[str, Field(min_length=1, max_length=64)]
TopicName = Annotated[str, Field(min_length=1, max_length=MAX_TOPIC_LENGTH)]
TicketText = Annotated[str, Field(min_length=1, max_length=100)]
FieldName = Annotated[str, Field(min_length=1, max_length=64)]
ConflateMs = Literal[0, 20, 50, 100, 250, 500, 1000]


class ClientFrameBase(Command):
    """Shared settings: JSON types are taken as they are, `"1"` is not a number."""

    model_config = ConfigDict(strict=True)


class HelloFrame(ClientFrameBase):
    """Always first. `ticket` identifies a client that can send neither cookie nor header."""

    op: Literal["hello"]
    v: Literal[1]
    lang: str | None = Field(default=None, max_length=35)
    ticket: TicketText | None = None
    heartbeat_ms: int | None = Field(default=None, ge=HEARTBEAT_MS_MIN, le=HEARTBEAT_MS_MAX)


class AuthFrame(ClientFrameBase):
    """Renews who this socket belongs to, in place."""

    op: Literal["auth"]
    id: FrameId | None = None
    ticket: TicketText


class TopicRequest(ClientFrameBase):
    """One topic of a subscribe. `since` resumes a sequenced topic; `conflate_ms` is the pace of a conflated one.

    `fields` names the members its values shall have; all others are left out of image and updates.
    """

    topic: TopicName
    conflate_ms: ConflateMs | None = None
    since: str | None = Field(default=None, max_length=100)
    fields: list[FieldName] | None = Field(default=None, min_length=1, max_length=FIELDS_MAX)


class SubscribeFrame(ClientFrameBase):
    """Each topic is answered on its own: `subscribed`, or an `error` that names it."""

    op: Literal["subscribe"]
    id: FrameId
    topics: list[TopicRequest] = Field(min_length=1, max_length=TOPICS)


class UnsubscribeFrame(ClientFrameBase):
    """Answered by a `reply` with the topics that were left."""

    op: Literal["unsubscribe"]
    id: FrameId
    topics: list[TopicName] = Field(min_length=1, max_length=TOPICS)


class CallFrame(ClientFrameBase):
    """One command, with the handler, errors and idempotency of the same command over HTTP."""

    op: Literal["call"]
    id: FrameId
    name: str = Field(min_length=1, max_length=64)
    key: str | None = Field(default=None, max_length=MAX_KEY_LENGTH)
    args: dict[str, JsonValue]


class TypingFrame(ClientFrameBase):
    """Your person is typing on a topic you hear: say so every `typing_every_ms` while they do.

    With an `id` it is answered by a `reply`; without one only a refusal is said, by an `error` without a topic.
    """

    op: Literal["typing"]
    id: FrameId | None = None
    topic: TopicName


class PingFrame(ClientFrameBase):
    """Answered by a `reply` with the server's time."""

    op: Literal["ping"]
    id: FrameId


ClientFrame = Annotated[
    HelloFrame | AuthFrame | SubscribeFrame | UnsubscribeFrame | CallFrame | TypingFrame | PingFrame,
    Field(discriminator="op"),
]
CLIENT_FRAMES: Final = (HelloFrame, AuthFrame, SubscribeFrame, UnsubscribeFrame, CallFrame, TypingFrame, PingFrame)

_adapter: Final[TypeAdapter[ClientFrame]] = TypeAdapter(ClientFrame)


class FrameRefused(Exception):
    """A frame that is no frame of ours: the refusal, and the id to answer to where it could be read."""

    def __init__(self, error: AppError, ref: int | str | None) -> None:
        super().__init__(error.detail)
        self.error = error
        self.ref = ref


def parse_frame(text: str) -> ClientFrame:
    """The frame in `text`. Raises FrameRefused."""
    try:
        content = parse_object(text)
    except AppError as error:
        raise FrameRefused(error, None) from error
    try:
        return _adapter.validate_python(content)
    except ValidationError as error:
        raise FrameRefused(ValidationFailed(errors=field_errors(error.errors(), skip=1)), _find_ref(content)) from error


def _find_ref(content: dict[str, Any]) -> int | str | None:
    ref = content.get("id")
    if isinstance(ref, str):
        return ref if 0 < len(ref) <= 64 else None
    if isinstance(ref, int) and not isinstance(ref, bool):
        return ref if 0 <= ref <= MAX_FRAME_NUMBER else None
    return None
