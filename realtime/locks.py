"""Row locks of realtime. In the one order they come after the ledger's and before stream heads."""

from collections.abc import Iterable
from uuid import UUID

from realtime.models import NotificationInbox


def lock_inboxes(user_ids: Iterable[UUID]) -> dict[UUID, NotificationInbox]:
    """The people's inboxes, made where missing, locked in the order of their ids."""
    wanted = sorted(set(user_ids))
    NotificationInbox.objects.bulk_create(
        [NotificationInbox(user_id=user_id) for user_id in wanted], ignore_conflicts=True
    )
    inboxes = NotificationInbox.objects.filter(user_id__in=wanted).order_by("user_id").select_for_update()
    return {inbox.user_id: inbox for inbox in inboxes}
