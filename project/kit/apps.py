"""Registers the shared kernel with Django and collects what the apps declare."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class KitConfig(AppConfig):
    name = "project.kit"
    label = "kit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # kit is the last installed app, so every model is loaded before the declarations that use it.
        autodiscover_modules("streams")
        autodiscover_modules("reactions")
