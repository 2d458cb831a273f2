"""What every decision of a moderator in the admin shares: the right to decide, one action called, one answer given."""

from collections.abc import Callable
from typing import ClassVar, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse

from community.access import check_moderator
from community.actions.decisions import Decision
from community.models import CommunityPost, PostReply, RatingReview, Report
from project.kit.admin_dialogs import ReasonForm, leave_to_list
from project.kit.errors import AppError
from project.kit.http import caller_of
from project.kit.read_only_admin import ReadOnlyAdmin

DECIDE: Final = ("decide",)  # unfold asks `has_decide_permission`
MODERATORS: Final = frozenset({"MODERATOR"})


class ModeratedAdmin(ReadOnlyAdmin):
    """A page for moderators whose buttons each call one action of the community."""

    viewer_roles: ClassVar[frozenset[str]] = MODERATORS

    def has_decide_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Whether this person decides: asked for the buttons and again when one is pressed."""
        return self.may_view(request)

    def run_decision(
        self,
        request: HttpRequest,
        form: ReasonForm,
        *,
        act: Callable[[Decision], object],
        done: str,
        report_id: UUID | None = None,
    ) -> HttpResponse:
        """Call one action as this moderator and go back to the list; a refusal is shown in its own words."""
        try:
            actor_id = check_moderator(caller_of(request))
            act(Decision(actor_id=actor_id, reason=form.cleaned_data["reason"], report_id=report_id))
        except AppError as refusal:
            messages.error(request, refusal.detail or refusal.title)
        else:
            messages.success(request, done)
        return leave_to_list(request, self)

    def get_row(self, request: HttpRequest, object_id: str) -> Report | CommunityPost | PostReply | RatingReview:
        """The row a button belongs to. Raises Http404."""
        row: Report | CommunityPost | PostReply | RatingReview | None = self.get_object(request, object_id)
        if row is None:
            raise Http404
        return row
