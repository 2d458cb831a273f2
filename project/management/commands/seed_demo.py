"""Demo people and a world of sports for a machine that shows Touchline. Idempotent; production refuses it."""

import io
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Create the sports data, the demo people with their log-ins for `make run` to print, and some threads."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.IS_PRODUCTION:
            raise CommandError("Demo people have known passwords: production refuses them.")
        call_command("seed_sports", stdout=self.stdout)
        log_ins = io.StringIO()
        call_command("ensure_demo_people", stdout=log_ins)
        call_command("seed_community", stdout=self.stdout)
        call_command("seed_strategies", stdout=self.stdout)
        settings.WORK_FOLDER.mkdir(parents=True, exist_ok=True)
        (settings.WORK_FOLDER / "demo-log-ins.txt").write_text(log_ins.getvalue())
