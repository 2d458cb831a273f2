"""Tables of realtime: what people are notified of, how they want it, and what the house tells everyone."""

from realtime.models.notices import SystemNotification
from realtime.models.notifications import Notification, NotificationInbox, NotificationPreference

__all__ = ["Notification", "NotificationInbox", "NotificationPreference", "SystemNotification"]
