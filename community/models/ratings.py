"""What people think of strategies, threads, and slips of their own: one to five, with words if they like."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from project.kit.ids import new_id

RATING_MIN = 1
RATING_MAX = 5


class RatingReview(models.Model):
    """One person's word on one subject, of which exactly one key is set; a second word replaces the first."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="ratings")
    slip = models.ForeignKey("betting.BetSlip", on_delete=models.PROTECT, null=True, related_name="ratings")
    strategy = models.ForeignKey("betting.BettingStrategy", on_delete=models.PROTECT, null=True, related_name="ratings")
    post = models.ForeignKey("community.CommunityPost", on_delete=models.PROTECT, null=True, related_name="ratings")
    rating = models.PositiveSmallIntegerField()
    review = models.TextField(blank=True)
    submitted_at = models.DateTimeField()
    is_hidden = models.BooleanField(default=False, help_text="By a moderator: it is not shown and does not count")

    class Meta:
        ordering: ClassVar = ["-submitted_at", "-id"]
        verbose_name = "rating"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(slip__isnull=False, strategy__isnull=True, post__isnull=True)
                | Q(slip__isnull=True, strategy__isnull=False, post__isnull=True)
                | Q(slip__isnull=True, strategy__isnull=True, post__isnull=False),
                name="community_rating_of_one_subject",
            ),
            models.CheckConstraint(
                condition=Q(rating__gte=RATING_MIN, rating__lte=RATING_MAX), name="community_rating_one_to_five"
            ),
            models.UniqueConstraint(fields=["user", "slip"], name="community_rating_once_per_slip"),
            models.UniqueConstraint(fields=["user", "strategy"], name="community_rating_once_per_strategy"),
            models.UniqueConstraint(fields=["user", "post"], name="community_rating_once_per_post"),
        ]

    def __str__(self) -> str:
        return f"{self.rating} of {RATING_MAX}"

    @property
    def subject_id(self) -> object:
        """The id of whatever was rated."""
        return self.slip_id or self.strategy_id or self.post_id
