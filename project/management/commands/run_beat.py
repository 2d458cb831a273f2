"""Runs Celery's schedule. Of however many are started, one holds a database lock and works; the others wait."""

from typing import Any

from django.core.management.base import BaseCommand

from project.celery import app

SCHEDULER = "project.beat.LockedScheduler"


class Command(BaseCommand):
    help = "Run the scheduler."
    requires_system_checks: tuple[str, ...] = ()  # `prepare_stack` makes them, once for all processes

    def handle(self, *args: Any, **options: Any) -> None:
        app.Beat(scheduler_cls=SCHEDULER, loglevel="WARNING", quiet=True).run()
