"""The desk's record in the admin."""

from django.contrib import admin

from betting.admin.desk import TradingAdmin
from betting.models import DeskRecord


@admin.register(DeskRecord)
class DeskRecordAdmin(TradingAdmin):
    """Everything the desk ever changed, newest first: who, why, before and after."""

    list_display = ("recorded_at", "change", "subject", "actor", "reason")
    list_filter = ("change",)
    list_select_related = ("actor",)
    search_fields = ("subject", "actor__username", "reason")
    ordering = ("-id",)
