"""Facts of the community. They carry ids, never text: what a moderator hides must not live on in a log of events."""

from typing import Literal
from uuid import UUID

from project.kit.events import DomainEvent


class MessageSent(DomainEvent):
    """A direct message is stored and on its way to its recipients."""

    type: Literal["community.message_sent"] = "community.message_sent"
    conversation_id: UUID
    message_id: UUID
    sender_id: UUID
    recipient_ids: list[UUID]


class MessageHidden(DomainEvent):
    """A moderator took a message away from both members."""

    type: Literal["community.message_hidden"] = "community.message_hidden"
    conversation_id: UUID
    message_id: UUID
    recipient_ids: list[UUID]


class ThreadPosted(DomainEvent):
    """A person opened a thread."""

    type: Literal["community.thread_posted"] = "community.thread_posted"
    thread_id: UUID
    author_id: UUID
    category: str


class ReplyPosted(DomainEvent):
    """A person replied in a thread."""

    type: Literal["community.reply_posted"] = "community.reply_posted"
    thread_id: UUID
    reply_id: UUID
    author_id: UUID


class PostHidden(DomainEvent):
    """A moderator hid a thread or one of its replies."""

    type: Literal["community.post_hidden"] = "community.post_hidden"
    subject_type: Literal["post", "reply"]
    subject_id: UUID
    thread_id: UUID


class ReportFiled(DomainEvent):
    """Somebody asked the moderators to look at a text."""

    type: Literal["community.report_filed"] = "community.report_filed"
    report_id: UUID
