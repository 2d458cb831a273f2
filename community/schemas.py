"""What clients of the community send and get."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from accounts.schemas import PersonReply
from community.core.achievements import AchievementType
from community.core.texts import (
    CONTENT_CHARS_MAX,
    MESSAGE_CHARS_MAX,
    NOTE_CHARS_MAX,
    TITLE_CHARS_MAX,
    TITLE_CHARS_MIN,
)
from project.kit.pagination import DEFAULT_LIMIT, MAX_LIMIT
from project.kit.schemas import Command, Instant, Reply, strip_property_titles

USERNAME_CHARS_MAX = 150  # the longest an account may have; longer ones name nobody
SEQ_MAX = 2**31 - 1  # the largest number its column holds
SubjectName = Literal["post", "reply", "message", "rating"]
ReportReason = Literal["spam", "abuse", "illegal", "other"]
ReportStatus = Literal["open", "actioned", "dismissed", "restored"]

MessageBody = Annotated[str, Field(min_length=1, max_length=MESSAGE_CHARS_MAX)]
Content = Annotated[str, Field(min_length=1, max_length=CONTENT_CHARS_MAX)]
Title = Annotated[str, Field(min_length=TITLE_CHARS_MIN, max_length=TITLE_CHARS_MAX)]
ReadSeq = Annotated[int, Field(ge=0, le=SEQ_MAX, strict=True)]
Slug = Annotated[str, Field(max_length=64)]


class PageQuery(Command):
    """Which page of a list."""

    cursor: Annotated[str, Field(max_length=400)] | None = None
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT


class ThreadQuery(PageQuery):
    """Which threads: of one category, about one event, or all."""

    category: Slug | None = None
    event_id: UUID | None = None


class StartConversationCommand(Command):
    """Find or open the conversation with one person."""

    username: str = Field(min_length=1, max_length=USERNAME_CHARS_MAX)


class MessageIn(Command):
    """The body of a message posted to a conversation's address."""

    body: MessageBody


class SendMessageCommand(Command):
    """Say something in a conversation."""

    conversation_id: UUID
    body: MessageBody


class ReadIn(Command):
    """How far the reader has come."""

    seq: ReadSeq


class MarkReadCommand(Command):
    """Everything up to `seq` in this conversation has been seen."""

    conversation_id: UUID
    seq: ReadSeq


class PostThreadCommand(Command):
    """Open a thread in a category, about an event or not."""

    category: Slug
    title: Title
    content: Content
    event_id: UUID | None = None


class ReplyIn(Command):
    """The body of a reply posted to a thread's address."""

    content: Content


class PostReplyCommand(Command):
    """Reply in a thread."""

    thread_id: UUID
    content: Content


class FileReportCommand(Command):
    """Ask the moderators to look at a text."""

    subject_type: SubjectName
    subject_id: UUID
    reason: ReportReason
    note: Annotated[str, Field(max_length=NOTE_CHARS_MAX)] = ""


class MessageReply(Reply):
    """A message. A hidden one keeps its place and loses its text. `read`: everybody it was meant for has seen it."""

    id: UUID
    conversation_id: UUID
    seq: int
    sender: PersonReply
    body: str
    body_html: str
    sent_at: Instant
    read: bool
    is_hidden: bool


class ConversationReply(Reply):
    """A conversation as one member sees it; `is_blocked` when this member shut the other out."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        validate_by_name=True,
        serialize_by_alias=True,
        json_schema_serialization_defaults_required=True,
        json_schema_extra=strip_property_titles,
    )

    id: UUID
    kind: Literal["direct"]
    with_people: list[PersonReply] = Field(alias="with")
    last_message: MessageReply | None
    unread: int
    is_blocked: bool
    updated_at: Instant


class UnreadReply(Reply):
    """Unread messages of the person in all, and in the conversation just read."""

    unread: int
    conversation_unread: int


class BlockReply(Reply):
    """Whether the caller shuts this person out."""

    username: str
    is_blocked: bool


class CategoryReply(Reply):
    """A shelf of the forum."""

    slug: str
    name: str
    description: str


class ThreadRowReply(Reply):
    """A thread in a list. The system's thread of an event has neither author nor category.

    `unread` counts others' replies after the reader's mark; null where there is no reader.
    """

    id: UUID
    title: str
    category: str | None
    event_id: UUID | None
    author: PersonReply | None
    posted_at: Instant
    reply_count: int
    last_activity_at: Instant
    is_hidden: bool
    unread: int | None


class PostReplyReply(Reply):
    """A reply. A hidden one keeps its number and loses its text."""

    id: UUID
    seq: int
    author: PersonReply
    content_html: str
    posted_at: Instant
    is_hidden: bool


class ThreadReply(ThreadRowReply):
    """A thread with its latest replies, oldest of them first."""

    content_html: str
    replies: list[PostReplyReply]


class ThreadUnreadReply(Reply):
    """Others' replies after the reader's mark."""

    unread: int


class ReportReply(Reply):
    """The reporter's receipt."""

    id: UUID
    status: ReportStatus


class QueuedReportReply(Reply):
    """A report as moderators see it."""

    id: UUID
    subject_type: SubjectName
    subject_id: UUID
    thread_id: UUID | None
    strategy_id: UUID | None
    author: PersonReply | None
    reporter: PersonReply
    reason: ReportReason
    note: str
    content_snapshot: str
    status: ReportStatus
    filed_at: Instant


REVIEW_CHARS_MAX = 1_000


class SubjectIn(Command):
    """What is rated: exactly one of the three."""

    strategy_id: UUID | None = None
    slip_id: UUID | None = None
    post_id: UUID | None = None

    @model_validator(mode="after")
    def _check_one(self) -> Self:
        if sum(one is not None for one in (self.strategy_id, self.slip_id, self.post_id)) != 1:
            raise ValueError("name exactly one of strategy_id, slip_id, post_id")
        return self


class RateCommand(SubjectIn):
    """One's word on something, from 1 to 5; a second one replaces the first."""

    rating: Annotated[int, Field(strict=True, ge=1, le=5)]
    review: Annotated[str, Field(max_length=REVIEW_CHARS_MAX)] = ""


class RatingsQuery(PageQuery):
    """The ratings of one subject: exactly one of the three ids."""

    strategy_id: UUID | None = None
    slip_id: UUID | None = None
    post_id: UUID | None = None


class ReviewReply(Reply):
    """One person's word. `subject_id` is what it is about; hidden by a moderator, its words are gone, its author's eyes
    included."""

    id: UUID
    subject_id: UUID
    user: PersonReply
    is_mine: bool
    rating: int
    review: str
    is_hidden: bool
    submitted_at: Instant


class RatingsReply(Reply):
    """The average and count of all, one's own, and a page of them, newest first."""

    average: float | None
    count: int
    mine: ReviewReply | None
    items: list[ReviewReply]
    next_cursor: str | None


class AchievementReply(Reply):
    """Something a person has earned."""

    achievement_type: AchievementType
    title: str
    description: str
    achieved_on: Instant
