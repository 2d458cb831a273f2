"""The base of every page in the admin: it shows rows and never writes them.

A change is an action of an app with a reason, called from a dialog: Django's own change and delete views run in a
transaction of their own, in which a durable action cannot run.
"""

from typing import Any, ClassVar, Final

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from project.kit.http import caller_of

ADMIN: Final = "ADMIN"


class ReadOnlyAdmin(ModelAdmin):  # type: ignore[misc]  # unfold ships no types
    """Rows of one table for the roles in `viewer_roles`. Admins see everything."""

    viewer_roles: ClassVar[frozenset[str]] = frozenset()
    list_per_page = 50
    show_full_result_count = False  # a count over a table of millions is no help to anybody
    compressed_fields = True

    def may_view(self, request: HttpRequest) -> bool:
        """Whether this person's role opens the page at all."""
        role = caller_of(request).role
        return role == ADMIN or role in self.viewer_roles

    def leads_somewhere(self, request: HttpRequest, row: Any, path: str) -> bool:
        """Whether a button, known by its path, is shown on this row to this person. Its action judges once more."""
        return True

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[Any]:
        """Only the buttons that lead somewhere from here."""
        buttons: list[Any] = super().get_actions_detail(request, object_id)
        row = self.get_object(request, object_id) if buttons else None
        return [one for one in buttons if row is not None and self.leads_somewhere(request, row, one.path)]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str] | tuple[str, ...]:
        """The page's own fields, else every column: reading needs no form to find them."""
        if self.fields:
            return tuple(self.fields)
        computed = list(self.get_readonly_fields(request, obj))
        hidden = {*(self.get_exclude(request, obj) or ()), *computed}
        return [field.name for field in self.model._meta.concrete_fields if field.name not in hidden] + computed

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.may_view(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_view(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Refuse: the admin writes nothing by itself."""
        raise PermissionDenied("The admin does not save rows. Use an action.")

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Refuse: the admin removes nothing."""
        raise PermissionDenied("The admin does not delete rows.")

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        """Refuse: the admin removes nothing."""
        raise PermissionDenied("The admin does not delete rows.")


class ReadOnlyInline(TabularInline):  # type: ignore[misc]  # unfold ships no types
    """Rows of another table beside their owner: whoever may open the owner's page sees them, nobody changes them."""

    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
