"""unfold's decorators with types: what a column of a list shows, and what a button does."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, cast

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
    """A button that opens a dialog; without one, unfold would make it a GET that changes things."""
    decorate = action(
        description=description,
        url_path=url_path,
        icon=icon,
        variant=ActionVariant.DANGER if is_dangerous else ActionVariant.DEFAULT,
        permissions=permissions,
        dialog=dict(dialog),
    )
    return cast(Callable[[Method], Method], decorate)
