"""Scheduled housekeeping of the kernel's own tables."""

from celery import shared_task

from project.kit import history


@shared_task(name="kit.trim_history", soft_time_limit=50, time_limit=60)
def trim_history() -> None:
    """Forget stored changes and events nobody can ask for any more."""
    history.trim_changes()
    history.trim_events()
