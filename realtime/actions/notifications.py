"""Telling people things, and noting that they have seen them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction

from project.kit import clock
from project.kit.streams import append
from realtime.locks import lock_inboxes
from realtime.models import Notification, NotificationInbox, NotificationPreference
from realtime.queries.notifications import count_unread, describe_notification, list_unwilling
from realtime.schemas import KindName
from realtime.streams import NotificationCreatedChange, NotificationReadChange, user_entry


@dataclass(frozen=True, kw_only=True)
class Tidings:
    """Something to tell one person. `source_key` names what it is about: the same is told once."""

    user_id: UUID
    kind: KindName
    source_key: str
    title: str
    message: str
    link: str
    data: dict[str, Any] = field(default_factory=dict)
    conversation_id: UUID | None = None


@transaction.atomic
def notify(tidings: Sequence[Tidings]) -> list[Notification]:
    """Store what is new and send it to its people. Takes their inboxes' locks; appends to their streams last."""
    wanted = _drop_unwanted(tidings)
    if not wanted:
        return []
    inboxes = lock_inboxes(item.user_id for item in wanted)
    fresh = _drop_told(wanted)
    created = [_gather(item) for item in fresh if item.conversation_id is not None]
    created += Notification.objects.bulk_create(_make(item) for item in fresh if item.conversation_id is None)
    unread = _recount(inboxes)
    append(
        *(
            user_entry(
                notification.user_id,
                NotificationCreatedChange(
                    notification=describe_notification(notification), unread=unread[notification.user_id]
                ),
            )
            for notification in created
        )
    )
    return created


@transaction.atomic
def read_notifications(*, user_id: UUID, ids: Sequence[UUID] | None) -> int:
    """Mark some of a person's notifications as seen, or all; returns how many are left. Twice is once."""
    inboxes = lock_inboxes([user_id])
    unseen = Notification.objects.filter(user_id=user_id).exclude(status=Notification.Status.READ)
    if ids is not None:
        unseen = unseen.filter(id__in=ids)
    read_ids = list(unseen.values_list("id", flat=True))
    if not read_ids:
        return inboxes[user_id].unread
    Notification.objects.filter(id__in=read_ids).update(status=Notification.Status.READ)
    unread = _recount(inboxes)[user_id]
    append(user_entry(user_id, NotificationReadChange(ids=None if ids is None else read_ids, unread=unread)))
    return unread


@transaction.atomic
def change_preference(*, user_id: UUID, kind: str, channel: str, is_enabled: bool) -> None:
    """Set one cell of a person's matrix."""
    NotificationPreference.objects.update_or_create(
        user_id=user_id, kind=kind, channel=channel, defaults={"is_enabled": is_enabled}
    )


def _drop_unwanted(tidings: Sequence[Tidings]) -> list[Tidings]:
    unwilling = {
        kind: list_unwilling(
            (item.user_id for item in tidings), kind=kind, channel=NotificationPreference.Channel.IN_APP
        )
        for kind in {item.kind for item in tidings}
    }
    return [item for item in tidings if item.user_id not in unwilling[item.kind]]


def _drop_told(tidings: Sequence[Tidings]) -> list[Tidings]:
    """Those nobody has been told yet, each once. Demands the inboxes' locks."""
    told = set(
        Notification.objects.filter(
            user_id__in={item.user_id for item in tidings}, source_key__in={item.source_key for item in tidings}
        ).values_list("user_id", "source_key")
    )
    fresh = {(item.user_id, item.source_key): item for item in tidings}
    return [item for key, item in fresh.items() if key not in told]


def _make(item: Tidings) -> Notification:
    return Notification(
        user_id=item.user_id,
        kind=item.kind,
        source_key=item.source_key,
        title=item.title,
        message=item.message,
        link=item.link,
        data=item.data,
        conversation_id=item.conversation_id,
        timestamp=clock.now(),
    )


def _gather(item: Tidings) -> Notification:
    """The conversation's unread notification brought up to date, or its first one. Demands the inbox's lock."""
    assert item.conversation_id is not None
    notification = _make(item)
    unread = Notification.objects.filter(user_id=item.user_id, conversation_id=item.conversation_id)
    gathered = unread.exclude(status=Notification.Status.READ).first()
    if gathered is not None:
        notification.id = gathered.id
        notification._state.adding = False
    notification.save()
    return notification


def _recount(inboxes: dict[UUID, NotificationInbox]) -> dict[UUID, int]:
    counts = count_unread(inboxes)
    for user_id, inbox in inboxes.items():
        inbox.unread = counts.get(user_id, 0)
    NotificationInbox.objects.bulk_update(list(inboxes.values()), ["unread"])
    return {user_id: inbox.unread for user_id, inbox in inboxes.items()}
