"""The project's own app: its management commands, and the Celery application in every process."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "project"
    label = "project"

    def ready(self) -> None:
        # Whoever enqueues by name needs this application and its broker, in every thread.
        from project.celery import app

        app.set_default()
