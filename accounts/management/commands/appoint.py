"""Give somebody a role from the console: the first administrator of a site has nobody to ask."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.access import get_person_by_username
from accounts.actions.appointments import appoint_person
from accounts.models import User
from project.kit.errors import NotFound


class Command(BaseCommand):
    help = "Give somebody who has signed up a role, and the trading desk or not. Their sessions end."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("role", choices=[role.value for role in User.Role])
        parser.add_argument("--trader", action="store_true", help="they work at the trading desk too")

    def handle(self, *arguments: Any, **options: Any) -> None:
        try:
            person = get_person_by_username(options["username"])
        except NotFound as error:
            raise CommandError(f"There is nobody active called {options['username']}") from error
        person = appoint_person(
            user_id=person.id,
            actor_id=None,
            role=User.Role(options["role"]),
            is_trader=options["trader"],
            reason="at the console",
        )
        desk = "with the trading desk" if options["trader"] else "without the trading desk"
        self.stdout.write(f"{person.username}: {User.Role(person.role).label}, {desk}")
