"""Reports by people and decisions by moderators. Decisions are an append-only log."""

from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q

from project.kit.ids import new_id


class SubjectType(models.TextChoices):
    """What can be reported and hidden."""

    POST = "post", "Thread"
    REPLY = "reply", "Reply"
    MESSAGE = "message", "Message"
    RATING = "rating", "Rating"


_EXACTLY_ONE_SUBJECT = (
    Q(subject_type="post", post__isnull=False, reply__isnull=True, message__isnull=True, rating__isnull=True)
    | Q(subject_type="reply", post__isnull=True, reply__isnull=False, message__isnull=True, rating__isnull=True)
    | Q(subject_type="message", post__isnull=True, reply__isnull=True, message__isnull=False, rating__isnull=True)
    | Q(subject_type="rating", post__isnull=True, reply__isnull=True, message__isnull=True, rating__isnull=False)
)


class Report(models.Model):
    """One person's complaint about one text, with the text as it was when they complained."""

    class Reason(models.TextChoices):
        SPAM = "spam", "Spam"
        ABUSE = "abuse", "Abuse"
        ILLEGAL = "illegal", "Illegal"
        OTHER = "other", "Something else"

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        ACTIONED = "actioned", "Hidden"
        DISMISSED = "dismissed", "Dismissed"
        RESTORED = "restored", "Restored"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reports_filed")
    subject_type = models.CharField(max_length=16, choices=SubjectType)
    post = models.ForeignKey("community.CommunityPost", on_delete=models.PROTECT, null=True, related_name="reports")
    reply = models.ForeignKey("community.PostReply", on_delete=models.PROTECT, null=True, related_name="reports")
    message = models.ForeignKey("community.Message", on_delete=models.PROTECT, null=True, related_name="reports")
    rating = models.ForeignKey("community.RatingReview", on_delete=models.PROTECT, null=True, related_name="reports")
    subject_author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="reports_received"
    )
    reason = models.CharField(max_length=16, choices=Reason)
    note = models.TextField(blank=True)
    content_snapshot = models.TextField()
    status = models.CharField(max_length=16, choices=Status, default=Status.OPEN)
    filed_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-filed_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=_EXACTLY_ONE_SUBJECT, name="community_report_one_subject"),
            models.CheckConstraint(
                condition=Q(status="open", resolved_at__isnull=True, resolved_by__isnull=True)
                | (~Q(status="open") & Q(resolved_at__isnull=False, resolved_by__isnull=False)),
                name="community_report_resolved_by_somebody",
            ),
            *(
                models.UniqueConstraint(
                    fields=["reporter", subject], condition=Q(status="open"), name=f"community_report_open_{subject}"
                )
                for subject in ("post", "reply", "message", "rating")
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["filed_at", "id"], condition=Q(status="open"), name="community_report_queue"),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()}: {self.get_subject_type_display().lower()}"

    @property
    def subject_id(self) -> UUID:
        """The id of the one subject that is set."""
        found = self.post_id or self.reply_id or self.message_id or self.rating_id
        assert found is not None, "the database keeps exactly one subject"
        return found


class ModerationAction(models.Model):
    """What a moderator did, to what, why, and what it changed. Rows are never changed or removed."""

    class Action(models.TextChoices):
        HIDE = "hide", "Hide"
        RESTORE = "restore", "Restore"
        DISMISS = "dismiss", "Dismiss"
        SUSPEND = "suspend", "Suspend"

    class Subject(models.TextChoices):
        POST = "post", "Thread"
        REPLY = "reply", "Reply"
        MESSAGE = "message", "Message"
        RATING = "rating", "Rating"
        REPORT = "report", "Report"
        PERSON = "person", "Person"

    id = models.BigAutoField(primary_key=True)
    # A log outlives what it names: keys are enforced, nothing cascades into it.
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, related_name="+")
    action = models.CharField(max_length=16, choices=Action)
    subject_type = models.CharField(max_length=16, choices=Subject)
    subject_id = models.UUIDField()
    report = models.ForeignKey(Report, on_delete=models.DO_NOTHING, null=True, related_name="actions")
    reason = models.CharField(max_length=500)
    before = models.JSONField()
    after = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-id"]
        verbose_name = "decision"
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(reason=""), name="community_action_has_reason")]
        indexes: ClassVar = [models.Index(fields=["subject_type", "subject_id"], name="community_action_subject")]

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.get_subject_type_display().lower()}"
