"""Ratings for moderators, hidden ones included: the way to words that nobody reported."""

from functools import partial

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from community.actions.ratings import hide_rating, restore_rating
from community.admin.posts import HideableAdmin, hide_button, restore_button
from community.models import RatingReview
from project.kit.admin_dialogs import ReasonForm


@admin.register(RatingReview)
class RatingReviewAdmin(HideableAdmin):
    """What people think of strategies, threads and their own slips, newest first."""

    list_display = ("user", "rating", "state", "strategy", "post", "slip", "submitted_at")
    list_filter = ("is_hidden", "rating")
    list_select_related = ("user", "strategy", "post", "slip")
    search_fields = ("user__username", "review", "strategy__name")
    ordering = ("-submitted_at", "-id")
    readonly_fields = ("state", "text")
    fieldsets = ((None, {"fields": ("text", "rating", "state", "user", "strategy", "post", "slip", "submitted_at")}),)

    @hide_button("Hide this rating?", "It disappears for everybody at once and counts no more.")
    def hide(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        row_id = self.get_row(request, object_id).id
        return self.run_hiding(request, form, partial(hide_rating, rating_id=row_id))

    @restore_button("Restore this rating?", "Everybody sees it again, and it counts.")
    def restore(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        row_id = self.get_row(request, object_id).id
        return self.run_restoring(request, form, partial(restore_rating, rating_id=row_id))
