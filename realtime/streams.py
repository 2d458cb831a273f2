"""Notifications on a person's private stream."""

from typing import Literal
from uuid import UUID

from accounts.streams import USER
from project.kit.streams import Entry
from project.kit.topics import Arguments, Change, declare_image_part
from realtime.queries.notifications import get_unread_notifications
from realtime.schemas import NotificationReply


class NotificationCreatedChange(Change):
    """Something to tell, or more of what an unread notification already gathers: then its id is known."""

    type: Literal["notification.created"] = "notification.created"
    notification: NotificationReply
    unread: int


class NotificationReadChange(Change):
    """Some were seen, here or on another device; `ids` is null when all were."""

    type: Literal["notification.read"] = "notification.read"
    ids: list[UUID] | None
    unread: int


def _unread_notifications(arguments: Arguments) -> int:
    return get_unread_notifications(UUID(arguments["user_id"]))


declare_image_part(
    topic_name=USER.name,
    part="unread_notifications",
    image=_unread_notifications,
    changes=(NotificationCreatedChange, NotificationReadChange),
)


def user_entry(user_id: UUID, change: Change) -> Entry:
    """A change for one person's private stream."""
    return Entry(USER.name_for(user_id=user_id), change)
