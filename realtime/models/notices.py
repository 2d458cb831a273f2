"""What the house tells everyone who is connected: maintenance, updates, security."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from project.kit.ids import new_id


class SystemNotification(models.Model):
    """Shown between its times while it is active. It is withdrawn, never deleted."""

    class NotificationType(models.TextChoices):
        MAINTENANCE = "maintenance", "Maintenance"
        UPDATE = "update", "Update"
        SECURITY = "security", "Security"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    title = models.CharField(max_length=120)
    message = models.CharField(max_length=500, blank=True)
    notification_type = models.CharField(max_length=16, choices=NotificationType.choices)
    start_time = models.DateTimeField()
    end_time = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["-start_time", "-id"]
        indexes: ClassVar = [models.Index(fields=["start_time"], condition=Q(is_active=True), name="notice_active")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(end_time__isnull=True) | Q(end_time__gt=F("start_time")), name="notice_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(notification_type__in=["maintenance", "update", "security"]), name="notice_type"
            ),
        ]

    def __str__(self) -> str:
        return self.title
