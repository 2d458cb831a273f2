"""unfold's decorators with types: what a column of a list shows, and what a button does."""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar, cast

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from unfold.decorators import action, display
from unfold.enums import ActionVariant

Method = TypeVar("Method", bound=Callable[..., Any])


def column(
    description: str, *, ordering: str | None = None, label: Mapping[str, str] | None = None
) -> Callable[[Method], Method]:
    """A computed column; `label` gives each of its words a colour."""
    decorate = display(description=description, ordering=ordering, label=dict(label) if label else None)
    return cast(Callable[[Method], Method], decorate)


def button(
    description: str,
    *,
    url_path: str,
    icon: str,
    permissions: Sequence[str],
    dialog: Mapping[str, Any],
    is_dangerous: bool = False,
) -> Callable[[Method], Method]:
    """A button that opens a dialog; without one, unfold would make it a GET that changes things.

    An address with an id that no row can have is missing; unfold would build the dialog's form for it. Opened at its
    own address, in another tab say, the dialog is a page of the back office.
    """
    decorate = action(
        description=description,
        url_path=url_path,
        icon=icon,
        variant=ActionVariant.DANGER if is_dangerous else ActionVariant.DEFAULT,
        permissions=permissions,
        dialog=dict(dialog),
    )

    def decorate_checked(method: Method) -> Method:
        decorated = decorate(method)

        @wraps(decorated)
        def press(page: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if "object_id" in kwargs:
                _check_id(page.model, kwargs["object_id"])
            answer = decorated(page, request, *args, **kwargs)
            is_form = answer.status_code == HTTPStatus.OK and "HX-Redirect" not in answer.headers
            if is_form and "HX-Request" not in request.headers:
                return _show_as_page(page, request, answer, dialog["title"], kwargs.get("object_id"))
            return answer

        return cast(Method, press)

    return decorate_checked


def _show_as_page(page: Any, request: HttpRequest, answer: HttpResponse, title: str, object_id: Any) -> HttpResponse:
    """The dialog that was rendered, on a page that can be left for the row, or for the list where there is none."""
    meta = page.model._meta
    prefix = f"{page.admin_site.name}:{meta.app_label}_{meta.model_name}"
    leave = reverse(f"{prefix}_change", args=[object_id]) if object_id else reverse(f"{prefix}_changelist")
    dialog = mark_safe(answer.content.decode())  # noqa: S308  # a template of unfold's, escaped when it was rendered
    context = {**page.admin_site.each_context(request), "title": title, "leave": leave, "dialog": dialog}
    return render(request, "kit/dialog_page.html", context)


def _check_id(model: type[Model], object_id: str) -> None:
    key = model._meta.pk
    assert key is not None, "a table has a key"
    try:
        key.to_python(object_id)
    except ValidationError as error:
        raise Http404 from error
