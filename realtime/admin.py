"""Notifications and house notices in the admin: readable, and a notice can be taken back."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse

from project.kit.admin_decorators import button
from project.kit.admin_dialogs import ReasonForm, ask, leave_to_list
from project.kit.errors import AppError
from project.kit.read_only_admin import ReadOnlyAdmin
from realtime.actions.notices import withdraw_notice
from realtime.models import Notification, SystemNotification


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    """What people were told."""

    list_display = ("title", "user", "kind", "status", "timestamp")
    list_filter = ("kind", "status")
    list_select_related = ("user",)
    search_fields = ("user__username",)
    ordering = ("-timestamp", "-id")


@admin.register(SystemNotification)
class SystemNotificationAdmin(ReadOnlyAdmin):
    """What everyone is told, with the button that takes it back."""

    list_display = ("title", "notification_type", "start_time", "end_time", "is_active")
    list_filter = ("notification_type", "is_active")
    ordering = ("-start_time", "-id")
    actions_row = ("withdraw",)
    actions_detail = ("withdraw",)

    def leads_somewhere(self, request: HttpRequest, row: SystemNotification, path: str) -> bool:
        return row.is_active

    def has_withdraw_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Whether this person may take a notice back: asked for the button and again when it is pressed."""
        return self.may_view(request)

    @button(
        description="Withdraw",
        url_path="withdraw",
        icon="campaign",
        permissions=["withdraw"],
        dialog=ask("Take this notice away?", "It disappears from every open page at once.", "Withdraw it"),
        is_dangerous=True,
    )
    def withdraw(self, request: HttpRequest, form: ReasonForm, object_id: Any) -> HttpResponse:
        try:
            withdraw_notice(notice_id=object_id)
        except AppError as refusal:
            messages.error(request, refusal.detail or refusal.title)
        else:
            messages.success(request, "The notice is gone.")
        return leave_to_list(request, self)
