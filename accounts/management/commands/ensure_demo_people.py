"""Create the demo people where they are missing and print their log-ins."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.actions.demo import ensure_demo_people


class Command(BaseCommand):
    help = "Create the demo people (never in production) and print their log-ins."

    def handle(self, *arguments: Any, **options: Any) -> None:
        for person in ensure_demo_people():
            self.stdout.write(f"{person.username:<6} {person.password:<16} {person.role.label}")
