"""unfold's decorators with types: what a column of a list shows, and what a button does."""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, TypeVar, cast

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import Http404, HttpRequest
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

    An address with an id that no row can have is missing; unfold would build the dialog's form for it.
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
            return decorated(page, request, *args, **kwargs)

        return cast(Method, press)

    return decorate_checked


def _check_id(model: type[Model], object_id: str) -> None:
    key = model._meta.pk
    assert key is not None, "a table has a key"
    try:
        key.to_python(object_id)
    except ValidationError as error:
        raise Http404 from error
