"""Ratings for moderators, hidden ones included: the way to words that nobody reported."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from community.actions.ratings import hide_rating, restore_rating
from community.admin.dialogs import DECIDE
from community.admin.posts import HideableAdmin
from community.models import RatingReview
from project.kit.admin_decorators import button
from project.kit.admin_dialogs import ReasonForm, ask


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

    @button(
        "Hide",
        url_path="hide",
        icon="visibility_off",
        is_dangerous=True,
        permissions=DECIDE,
        dialog=ask("Hide this rating?", "It disappears for everybody at once and counts no more.", "Hide it"),
    )
    def hide(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        rating_id = self.get_row(request, object_id).id
        return self.run_decision(
            request,
            form,
            act=lambda decision: hide_rating(rating_id=rating_id, decision=decision),
            done="Hidden for everybody.",
        )

    @button(
        "Restore",
        url_path="restore",
        icon="visibility",
        permissions=DECIDE,
        dialog=ask("Restore this rating?", "Everybody sees it again, and it counts.", "Restore it"),
    )
    def restore(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        rating_id = self.get_row(request, object_id).id
        return self.run_decision(
            request,
            form,
            act=lambda decision: restore_rating(rating_id=rating_id, decision=decision),
            done="Visible for everybody again.",
        )
