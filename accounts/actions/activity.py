"""Writing the activity log."""

from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import ActivityDetail, ActivityLog


@transaction.atomic
def record_activity(
    *,
    action: ActivityLog.Action,
    user_id: UUID | None,
    actor_id: UUID | None = None,
    resource_type: str = "",
    resource_id: str = "",
    ip: str = "",
    additional_data: dict[str, Any] | None = None,
) -> ActivityLog:
    """Append one act; address and free text go into the erasable detail."""
    entry = ActivityLog.objects.create(
        user_id=user_id, actor_id=actor_id, action=action, resource_type=resource_type, resource_id=resource_id
    )
    if ip or additional_data:
        ActivityDetail.objects.create(activity=entry, ip_address=ip or None, additional_data=additional_data or {})
    return entry
