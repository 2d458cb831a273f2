"""Reads of notifications and of what people want to be told."""

from collections.abc import Iterable
from typing import get_args
from uuid import UUID

from django.db.models import Count

from project.kit.pagination import DEFAULT_LIMIT, paginate
from project.kit.schemas import Page
from realtime.models import Notification, NotificationInbox, NotificationPreference
from realtime.schemas import ChannelName, KindName, NotificationReply, PreferenceReply


def describe_notification(notification: Notification) -> NotificationReply:
    """A notification as its owner sees it."""
    return NotificationReply.model_validate(
        {name: getattr(notification, name) for name in NotificationReply.model_fields}
    )


def list_notifications(user_id: UUID, *, cursor: str | None, limit: int = DEFAULT_LIMIT) -> Page[NotificationReply]:
    """A person's notifications, newest first."""
    return paginate(
        Notification.objects.filter(user_id=user_id),
        cursor=cursor,
        limit=limit,
        order=("-timestamp", "-id"),
        shape=describe_notification,
    )


def get_unread_notifications(user_id: UUID) -> int:
    """How many a person has not seen."""
    inbox = NotificationInbox.objects.filter(user_id=user_id).first()
    return inbox.unread if inbox else 0


def count_unread(user_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many each person has not seen, counted from the rows. Call it under the inboxes' locks."""
    rows = (
        Notification.objects.filter(user_id__in=list(user_ids))
        .exclude(status=Notification.Status.READ)
        .order_by()
        .values_list("user_id")
        .annotate(unread=Count("id"))
    )
    return dict(rows)


def list_preferences(user_id: UUID) -> list[PreferenceReply]:
    """The whole matrix; a cell nobody touched is on."""
    stored = {(row.kind, row.channel): row.is_enabled for row in NotificationPreference.objects.filter(user_id=user_id)}
    return [
        PreferenceReply(kind=kind, channel=channel, is_enabled=stored.get((kind, channel), True))
        for kind in get_args(KindName)
        for channel in get_args(ChannelName)
    ]


def list_unwilling(user_ids: Iterable[UUID], *, kind: str, channel: str) -> set[UUID]:
    """Those of the people who do not want to be told of this kind through this channel."""
    rows = NotificationPreference.objects.filter(
        user_id__in=list(user_ids), kind=kind, channel=channel, is_enabled=False
    )
    return set(rows.values_list("user_id", flat=True))
