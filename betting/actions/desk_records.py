"""The desk's record: every change it makes, with its actor, its reason, and what was before and after."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from betting.models import DeskAction, DeskRecord
from project.kit import clock


def record_change(
    *,
    change: str,
    subject: str,
    actor_id: UUID | None,
    reason: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    desk_action: DeskAction | None = None,
) -> None:
    """Append one line, in the transaction that makes the change. `subject` names it, such as `market:<id>`."""
    DeskRecord.objects.create(
        change=change,
        subject=subject,
        desk_action=desk_action,
        actor_id=actor_id,
        reason=reason,
        before=dict(before),
        after=dict(after),
        recorded_at=clock.now(),
    )
