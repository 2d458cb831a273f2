"""What a client gets. The hub writes the frequent frames as text; tests hold them against these models."""

from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from project.kit.schemas import Instant, Reply
from realtime.core import limits
from realtime.frames.client import FrameId

Epoch = Annotated[str, Field(pattern=r"^([0-9A-Za-z_-]{1,64}:|v:)[0-9]+$")]
NoPosition = Literal[""]
ConflatedEntry = tuple[str, int, dict[str, Any] | None]


class SocketLimits(Reply):
    """What this server enforces."""

    frame_bytes: int = limits.FRAME_BYTES
    frames_per_s: int = limits.FRAMES_PER_S
    burst: int = limits.BURST
    topics: int = limits.TOPICS
    topics_per_s: int = limits.TOPICS_PER_S
    topics_burst: int = limits.TOPICS_BURST
    sockets_per_user: int = limits.SOCKETS_PER_USER
    sockets_per_address: int = limits.SOCKETS_PER_ADDRESS
    calls_in_flight: int = limits.CALLS_IN_FLIGHT
    bad_frames_in_a_row: int = limits.BAD_FRAMES_IN_A_ROW
    unsent_bytes: int = limits.UNSENT_BYTES
    typing_every_ms: int = round(limits.TYPING_EVERY_S * 1_000)
    typing_for_ms: int = round(limits.TYPING_FOR_S * 1_000)
    conflate_ms: list[int] = list(limits.CONFLATE_MS_CHOICES)


class SocketPerson(Reply):
    """Who the socket belongs to."""

    id: UUID
    username: str
    display_name: str


class WelcomeFrame(Reply):
    """The answer to `hello`."""

    op: Literal["welcome"] = "welcome"
    v: Literal[1] = 1
    limits: SocketLimits
    heartbeat_ms: int
    server_time: Instant
    user: SocketPerson | None
    session: str


class ConflatedImage(Reply):
    """Every live key of a conflated topic as `[key, version, value]`."""

    entries: list[ConflatedEntry]


class SubscribedFrame(Reply):
    """You hear this topic from now on: its image, or `resumed` where your own state was continued.

    A big image comes in `segments` frames, `segment` counting from 0; updates follow after the last. An ephemeral topic
    has no position: `pos` is empty.
    """

    op: Literal["subscribed"] = "subscribed"
    ref: FrameId | None = None
    topic: str
    lane: Literal["conflated", "sequenced", "ephemeral"]
    pos: Epoch | NoPosition
    image: dict[str, Any] | None = None
    resumed: Literal[True] | None = None
    conflate_ms: int | None = None
    segment: int | None = None
    segments: int | None = None
    part: str | None = None


class SequencedChange(Reply):
    """One change with its sequence number; the other members are those of its type."""

    model_config = ConfigDict(extra="allow")

    seq: int
    type: str


class EphemeralChange(Reply):
    """One change of an ephemeral topic; the other members are those of its type."""

    model_config = ConfigDict(extra="allow")

    type: str


class UpdateFrame(Reply):
    """What changed. Sequenced: consecutive changes up to `pos`. Conflated (`con`): entries `[key, version, value]`.

    Ephemeral: changes without a number, in a frame without `pos`.
    """

    op: Literal["update"] = "update"
    topic: str
    pt: int
    pos: Epoch | None = None
    con: Literal[True] | None = None
    changes: list[SequencedChange] | list[ConflatedEntry] | list[EphemeralChange]


class Problem(Reply):
    """A refusal, with the members of the HTTP problem; some codes add members of their own."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    code: str
    retryable: bool
    detail: str | None = None


class ReplyFrame(Reply):
    """The answer to a frame with an `id`: `ok` or `error`."""

    op: Literal["reply"] = "reply"
    ref: FrameId
    ok: dict[str, Any] | None = None
    error: Problem | None = None


class ErrorFrame(Problem):
    """A refusal of a frame without an id, or of one topic of a subscribe."""

    op: Literal["error"] = "error"
    ref: FrameId | None = None
    topic: str | None = None
    retry_after_ms: int | None = None


class ResyncFrame(Reply):
    """History was lost or you fell behind: what follows is a fresh `subscribed` with an image."""

    op: Literal["resync"] = "resync"
    topic: str
    reason: Literal["history_lost", "too_far_behind"]


class HeartbeatFrame(Reply):
    """Nothing else was sent for `heartbeat_ms`, or `delayed` has changed.

    From a heartbeat with `delayed` to the next one without it, values may be older than they look: the server cannot
    tell whether it has missed some. Never show them as live meanwhile.
    """

    op: Literal["heartbeat"] = "heartbeat"
    t: int
    delayed: Literal[True] | None = None


class NoticeFrame(Reply):
    """A message of the house to everyone; `is_active: false` takes it away."""

    op: Literal["notice"] = "notice"
    id: UUID
    title: str
    message: str
    notification_type: Literal["maintenance", "update", "security"]
    start_time: Instant
    end_time: Instant | None
    is_active: bool


class ByeFrame(Reply):
    """The last frame before the server closes; come back after `retry_ms` if `reconnect`."""

    op: Literal["bye"] = "bye"
    code: int
    reconnect: bool
    retry_ms: int


ServerFrame = Annotated[
    WelcomeFrame
    | SubscribedFrame
    | UpdateFrame
    | ReplyFrame
    | ErrorFrame
    | ResyncFrame
    | HeartbeatFrame
    | NoticeFrame
    | ByeFrame,
    Field(discriminator="op"),
]
SERVER_FRAMES: Final = (
    WelcomeFrame,
    SubscribedFrame,
    UpdateFrame,
    ReplyFrame,
    ErrorFrame,
    ResyncFrame,
    HeartbeatFrame,
    NoticeFrame,
    ByeFrame,
)
