"""`manage.py seed_community`: a few threads and messages by the demo people, once. Development and test only."""

from typing import Any

from django.core.management.base import BaseCommand

from community.actions.demo import ensure_demo_community


class Command(BaseCommand):
    """Fills the forum of a fresh installation."""

    help = "Post the demo threads and messages that are not there yet. Run it after ensure_demo_people."

    def handle(self, *args: Any, **options: Any) -> None:
        threads = ensure_demo_community()
        self.stdout.write(f"{threads} demo threads are there" if threads else "no demo people, no demo threads")
