"""Achievements in the admin, read-only."""

from django.contrib import admin

from community.models import UserAchievement
from project.kit.read_only_admin import ReadOnlyAdmin


@admin.register(UserAchievement)
class UserAchievementAdmin(ReadOnlyAdmin):
    """What people have earned, newest first."""

    list_display = ("user", "achievement_type", "achieved_on")
    list_filter = ("achievement_type",)
    list_select_related = ("user",)
    search_fields = ("user__username",)
    ordering = ("-achieved_on", "-id")
