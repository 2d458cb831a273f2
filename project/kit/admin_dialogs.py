"""Buttons in the admin: a dialog asks for the reason, its form is a POST with CSRF, and one action is called."""

from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextareaWidget

from project.kit.read_only_admin import ReadOnlyAdmin

REASON_CHARS_MAX: Final = 500  # a reason is a sentence or two that somebody else must understand later


class ReasonForm(BaseDialogForm):  # type: ignore[misc]  # unfold ships no types
    """Why: it is kept beside what changed."""

    reason = forms.CharField(
        label="Reason",
        max_length=REASON_CHARS_MAX,
        help_text="Kept in the log beside what changed.",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )

    def clean_reason(self) -> str:
        """Zero-width characters alone are no reason."""
        reason: str = self.cleaned_data["reason"]
        if not any(character.isprintable() and not character.isspace() for character in reason):
            raise forms.ValidationError("Say why.")
        return reason


def ask(title: str, description: str, submit: str) -> dict[str, Any]:
    """A dialog that asks for the reason. Opening it is a GET that changes nothing."""
    return {"title": title, "description": description, "form_class": ReasonForm, "form_submit_text": submit}


def leave_to_list(request: HttpRequest, page: ReadOnlyAdmin) -> HttpResponse:
    """Back to the list of the page. htmx would follow a redirect inside the dialog; a header makes it leave."""
    meta = page.model._meta
    target = reverse(f"{page.admin_site.name}:{meta.app_label}_{meta.model_name}_changelist")
    if "HX-Request" in request.headers:
        return HttpResponse(headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)
