"""The community app: direct messages, forum and moderation."""

from django.apps import AppConfig


class CommunityConfig(AppConfig):
    """Names the app; its topics and reactions are found by the kernel."""

    name = "community"
    verbose_name = "Community"
