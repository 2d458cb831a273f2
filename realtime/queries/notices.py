"""Which notices everyone should see now."""

from datetime import datetime
from typing import Any

from django.db.models import Q

from realtime.frames.server import NoticeFrame
from realtime.models import SystemNotification

SHOWN_MAX = 20  # nobody reads more, and each goes into every welcome


def describe_notice(notice: SystemNotification, *, is_active: bool) -> dict[str, Any]:
    """The notice as a frame's members."""
    return NoticeFrame(
        id=notice.id,
        title=notice.title,
        message=notice.message,
        notification_type=notice.notification_type,  # type: ignore[arg-type]  # held to these values by a constraint
        start_time=notice.start_time,
        end_time=notice.end_time,
        is_active=is_active,
    ).to_json()


def list_current_notices(at: datetime) -> list[dict[str, Any]]:
    """The frames of the notices that stand at an instant, the newest first."""
    rows = SystemNotification.objects.filter(
        Q(end_time__isnull=True) | Q(end_time__gt=at), is_active=True, start_time__lte=at
    )
    return [describe_notice(notice, is_active=True) for notice in rows.order_by("-start_time", "-id")[:SHOWN_MAX]]
