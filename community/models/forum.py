"""The forum: categories, threads with numbered replies, and how far each reader has come."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from project.kit.ids import new_id


class Category(models.Model):
    """A shelf of the forum. The slug is part of addresses and topics."""

    slug = models.SlugField(max_length=64, primary_key=True)
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar = ["position", "slug"]
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name


class CommunityPost(models.Model):
    """A thread. Each event has one made by the system, without author and category; people make the others."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True, related_name="posts")
    event = models.ForeignKey("sports.Event", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    is_event_thread = models.BooleanField(default=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="community_posts"
    )
    title = models.CharField(max_length=200)
    content = models.TextField(blank=True)
    content_html = models.TextField(blank=True)
    posted_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    last_activity_at = models.DateTimeField()
    last_reply_seq = models.PositiveIntegerField(default=0)
    reply_count = models.PositiveIntegerField(default=0, help_text="Replies that are not hidden")
    is_hidden = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["-last_activity_at", "-id"]
        verbose_name = "thread"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["event"], condition=Q(is_event_thread=True), name="community_post_one_per_event"
            ),
            models.CheckConstraint(
                condition=Q(is_event_thread=True, event__isnull=False, author__isnull=True, category__isnull=True)
                | Q(is_event_thread=False, author__isnull=False, category__isnull=False),
                name="community_post_made_by_person_or_system",
            ),
            models.CheckConstraint(
                condition=Q(reply_count__lte=models.F("last_reply_seq")), name="community_post_counts_replies"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["category", "-last_activity_at", "-id"], name="community_post_in_category"),
            models.Index(fields=["-last_activity_at", "-id"], name="community_post_recent"),
        ]

    def __str__(self) -> str:
        return self.title


class PostReply(models.Model):
    """One reply. `seq` counts from 1 within its thread without a gap, hidden replies included."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    post = models.ForeignKey(CommunityPost, on_delete=models.PROTECT, related_name="replies")
    seq = models.PositiveIntegerField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="post_replies")
    content = models.TextField()
    content_html = models.TextField()
    posted_at = models.DateTimeField()
    is_hidden = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["post_id", "seq"]
        verbose_name = "reply"
        verbose_name_plural = "replies"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["post", "seq"], name="community_reply_seq"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="community_reply_seq_from_one"),
            models.CheckConstraint(condition=~Q(content=""), name="community_reply_not_blank"),
        ]

    def __str__(self) -> str:
        return f"Reply {self.seq}"


class ReadMark(models.Model):
    """The last reply of a thread that a person has seen."""

    id = models.BigAutoField(primary_key=True)
    post = models.ForeignKey(CommunityPost, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    last_read_seq = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["user_id", "post_id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "post"], name="community_read_mark_once")]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.last_read_seq}"
