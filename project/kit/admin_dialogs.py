"""Buttons in the admin: a dialog asks for the reason, its form is a POST with CSRF, and one action is called."""

from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextareaWidget

from project.kit.errors import AppError
from project.kit.read_only_admin import ReadOnlyAdmin
from project.kit.words import is_said

REASON_CHARS_MAX: Final = 500  # a reason is a sentence or two that somebody else must understand later


class ReasonForm(BaseDialogForm):  # type: ignore[misc]  # unfold ships no types
    """Why: it is kept beside what changed."""

    reason = forms.CharField(
        label="Reason",
        max_length=REASON_CHARS_MAX,
        help_text="Kept in the log beside what changed.",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Or the keyboard would stay on the page behind the dialog.
        self.visible_fields()[0].field.widget.attrs["autofocus"] = True

    def clean_reason(self) -> str:
        """Zero-width characters alone are no reason."""
        reason: str = self.cleaned_data["reason"]
        if not is_said(reason):
            raise forms.ValidationError("Say why.")
        return reason

    def render_after_template(self) -> str:
        """What is wrong, beside the button that was pressed: unfold shows what concerns one field, and no more."""
        if not self.errors:
            return ""
        said = [str(error) for error in self.non_field_errors()] or ["Look at what is marked above."]
        return format_html('<p class="desk-problem" role="alert">{}</p>', " ".join(said))


def ask(title: str, description: str, submit: str, *, form_class: type[ReasonForm] = ReasonForm) -> dict[str, Any]:
    """A dialog that asks for the reason, and for what else the form has. Opening it is a GET that changes nothing."""
    return {"title": title, "description": description, "form_class": form_class, "form_submit_text": submit}


def carry_out(
    request: HttpRequest, page: ReadOnlyAdmin, act: Callable[[], tuple[Any, str]], *, done: str
) -> HttpResponse:
    """Call one action; it answers the row to log and what to log. A refusal is said in its own words. Then leave."""
    try:
        row, change = act()
    except AppError as refusal:
        messages.error(request, refusal.detail or refusal.title)
    else:
        page.log_change(request, row, change)
        messages.success(request, done)
    return leave_to_list(request, page)


def leave_to_row(request: HttpRequest, row: Any) -> HttpResponse:
    """To the page of one row."""
    meta = row._meta
    return _leave(request, reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk]))


def leave_to_list(request: HttpRequest, page: ReadOnlyAdmin) -> HttpResponse:
    """Back to the list of the page. htmx would follow a redirect inside the dialog; a header makes it leave."""
    meta = page.model._meta
    return _leave(request, reverse(f"{page.admin_site.name}:{meta.app_label}_{meta.model_name}_changelist"))


def _leave(request: HttpRequest, target: str) -> HttpResponse:
    if "HX-Request" in request.headers:
        return HttpResponse(headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)
