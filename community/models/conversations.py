"""Direct messages: who talks with whom, what was said in which order, and how far each of them has read."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from project.kit.ids import new_id


class Conversation(models.Model):
    """A place where members write. Its row lock gives out message numbers, so they have no gaps."""

    class Kind(models.TextChoices):
        DIRECT = "direct"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.DIRECT)
    pair_key = models.CharField(max_length=73, unique=True, help_text="Both members' ids in order")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    last_seq = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField(help_text="When the last message came")

    class Meta:
        ordering: ClassVar = ["-updated_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["-updated_at", "-id"], name="community_conversation_recent")]

    def __str__(self) -> str:
        return f"Conversation {self.id}"


class Membership(models.Model):
    """One person in one conversation: the last message read, and how many others' messages came after it."""

    id = models.BigAutoField(primary_key=True)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    last_read_seq = models.PositiveIntegerField(default=0)
    unread = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["conversation_id", "user_id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "user"], name="community_membership_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.conversation_id}"


class Message(models.Model):
    """One message. `seq` counts from 1 within its conversation without a gap."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="messages")
    seq = models.PositiveIntegerField()
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sent_messages")
    body = models.TextField()
    body_html = models.TextField()
    sent_at = models.DateTimeField()
    is_hidden = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["conversation_id", "seq"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "seq"], name="community_message_seq"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="community_message_seq_from_one"),
            models.CheckConstraint(condition=~Q(body=""), name="community_message_not_blank"),
        ]

    def __str__(self) -> str:
        return f"Message {self.seq} of {self.conversation_id}"


class Inbox(models.Model):
    """A person's unread messages over all conversations, kept exact under its row lock."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, primary_key=True, related_name="+")
    unread = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"Inbox of {self.user_id}"


class Block(models.Model):
    """One person shut another out: neither can write to the other until it is lifted."""

    id = models.BigAutoField(primary_key=True)
    blocker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="blocks_made")
    blocked = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="blocks_received")
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["blocker_id", "blocked_id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["blocker", "blocked"], name="community_block_once"),
            models.CheckConstraint(condition=~Q(blocker=F("blocked")), name="community_block_other"),
        ]

    def __str__(self) -> str:
        return f"{self.blocker_id} blocks {self.blocked_id}"
