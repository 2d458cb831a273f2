"""Ratings in the back office, read-only."""

from django.contrib import admin

from community.admin.dialogs import ModeratedAdmin
from community.models import RatingReview


@admin.register(RatingReview)
class RatingReviewAdmin(ModeratedAdmin):
    """What people think of strategies, threads and their own slips, newest first."""

    list_display = ("user", "rating", "strategy", "post", "slip", "submitted_at")
    list_filter = ("rating",)
    list_select_related = ("user", "strategy", "post", "slip")
    search_fields = ("user__username", "review", "strategy__name")
    ordering = ("-submitted_at", "-id")
