"""`manage.py seed_strategies`: strategies of the demo people with their back-tests, once. Never in production."""

from typing import Any

from django.core.management.base import BaseCommand

from betting.actions.demo_strategies import ensure_demo_strategies


class Command(BaseCommand):
    """Fills the list of strategies of a fresh installation."""

    help = "Make the demo strategies that are not there yet. Run it after seed_sports and ensure_demo_people."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{ensure_demo_strategies()} demo strategies made")
