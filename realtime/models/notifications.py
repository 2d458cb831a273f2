"""What a person is told about, whether they have seen it, and which of it they want."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from project.kit.ids import new_id


class Notification(models.Model):
    """One thing worth telling one person. Text never quotes what moderators can hide: it must not live on here."""

    class Kind(models.TextChoices):
        SLIP_SETTLED = "slip_settled", "A slip was settled"
        POOL_SETTLED = "pool_settled", "A pool was settled"
        WITHDRAWAL_ENDED = "withdrawal_ended", "A withdrawal was paid, rejected or not paid after all"
        MESSAGE_RECEIVED = "message_received", "A message came while you were away"

    class Status(models.TextChoices):
        SENT = "sent", "Sent"
        DELIVERED = "delivered", "Delivered"
        READ = "read", "Read"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications", db_index=False
    )
    kind = models.CharField(max_length=32, choices=Kind.choices)
    title = models.CharField(max_length=160)
    message = models.CharField(max_length=400, blank=True)
    link = models.CharField(max_length=200, blank=True)
    data = models.JSONField(default=dict)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.SENT)
    timestamp = models.DateTimeField()
    source_key = models.CharField(max_length=120, help_text="What it is about; the same thing is told once")
    conversation = models.ForeignKey(
        "community.Conversation", on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )

    class Meta:
        ordering: ClassVar = ["-timestamp", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["user", "-timestamp", "-id"], name="notification_of_person"),
            models.Index(fields=["user"], condition=~Q(status="read"), name="notification_unread"),
            models.Index(fields=["conversation"], name="notification_conversation"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "source_key"], name="notification_told_once"),
            # Messages of one conversation gather in one notification until it is read.
            models.UniqueConstraint(
                fields=["user", "conversation"],
                condition=~Q(status="read") & Q(conversation__isnull=False),
                name="notification_gathers_conversation",
            ),
            models.CheckConstraint(condition=Q(status__in=["sent", "delivered", "read"]), name="notification_status"),
            models.CheckConstraint(
                condition=Q(kind__in=["slip_settled", "pool_settled", "withdrawal_ended", "message_received"]),
                name="notification_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class NotificationInbox(models.Model):
    """A person's unread notifications, kept exact under its row lock."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+")
    unread = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"Notifications of {self.user_id}"


class NotificationPreference(models.Model):
    """One cell of a person's matrix of what they are told about and through which channel. No row means yes."""

    class Channel(models.TextChoices):
        IN_APP = "in_app", "In the app"

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notification_preferences"
    )
    kind = models.CharField(max_length=32, choices=Notification.Kind.choices)
    channel = models.CharField(max_length=16, choices=Channel.choices)
    is_enabled = models.BooleanField()

    class Meta:
        ordering: ClassVar = ["user_id", "kind", "channel"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "kind", "channel"], name="notification_preference_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.channel}"
