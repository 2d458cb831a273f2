"""The log of what moderators decided. It has no buttons."""

from django.contrib import admin

from community.admin.dialogs import MODERATORS
from community.models import ModerationAction
from project.kit.admin_decorators import column
from project.kit.read_only_admin import ReadOnlyAdmin


@admin.register(ModerationAction)
class ModerationActionAdmin(ReadOnlyAdmin):
    """Decisions, newest first."""

    viewer_roles = MODERATORS
    list_display = ("what", "subject_type", "reason", "actor", "created_at")
    list_filter = ("action", "subject_type")
    search_fields = ("reason", "actor__username")
    list_select_related = ("actor",)
    ordering = ("-id",)
    readonly_fields = ("what",)
    fields = ("what", "subject_type", "subject_id", "reason", "actor", "created_at", "report", "before", "after")

    @column(
        "Decision",
        ordering="action",
        label={"Hide": "danger", "Restore": "success", "Dismiss": "info", "Suspend": "danger"},
    )
    def what(self, entry: ModerationAction) -> str:
        return entry.get_action_display()
