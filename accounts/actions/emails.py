"""Proof that an e-mail address belongs to the person who gave it."""

from uuid import UUID

from accounts.actions.activity import record_activity
from accounts.models import ActivityLog


def record_email_verified(*, user_id: UUID) -> None:
    """Log that a person verified their address."""
    record_activity(action=ActivityLog.Action.EMAIL_VERIFIED, user_id=user_id, actor_id=user_id)
