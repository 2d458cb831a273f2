"""Telling everyone something, and taking it back."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from project.kit import bus, clock
from project.kit.errors import NotFound, ValidationFailed
from realtime.models import SystemNotification
from realtime.queries.notices import describe_notice


@transaction.atomic
def publish_notice(
    *, actor_id: UUID, title: str, message: str, notification_type: str, start_time: datetime, end_time: datetime | None
) -> SystemNotification:
    """Store a notice; every open socket shows it from its start on."""
    if end_time is not None and end_time <= start_time:
        raise ValidationFailed("A notice ends after it starts")
    notice = SystemNotification.objects.create(
        title=title,
        message=message,
        notification_type=notification_type,
        start_time=start_time,
        end_time=end_time,
        created_by_id=actor_id,
    )
    if notice.start_time <= clock.now():
        bus.publish_on_commit(bus.CONTROL_CHANNEL, bus.encode(describe_notice(notice, is_active=True)))
    return notice


@transaction.atomic
def withdraw_notice(*, notice_id: UUID) -> SystemNotification:
    """Take a notice away from every open socket. Twice is once."""
    notice = SystemNotification.objects.select_for_update().filter(id=notice_id).first()
    if notice is None:
        raise NotFound("There is no such notice")
    notice.is_active = False
    notice.save(update_fields=["is_active"])
    bus.publish_on_commit(bus.CONTROL_CHANNEL, bus.encode(describe_notice(notice, is_active=False)))
    return notice
