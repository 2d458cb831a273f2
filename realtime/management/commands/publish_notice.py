"""Tells everyone something: shown on every open page from its start, and in every later welcome until its end."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.access import get_person_by_username
from project.kit import clock
from realtime.actions.notices import publish_notice
from realtime.models import SystemNotification


class Command(BaseCommand):
    """`manage.py publish_notice --by ada --type maintenance --title "Back at noon" --minutes 60`."""

    help = "Publish a notice of the house."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--by", required=True, help="user name of who publishes it")
        parser.add_argument("--type", required=True, choices=SystemNotification.NotificationType.values)
        parser.add_argument("--title", required=True)
        parser.add_argument("--message", default="")
        parser.add_argument("--in-minutes", type=int, default=0, help="when it starts")
        parser.add_argument("--minutes", type=int, help="how long it stands; without it until it is withdrawn")

    def handle(self, *args: Any, **options: Any) -> None:
        start = clock.now() + timedelta(minutes=options["in_minutes"])
        end = start + timedelta(minutes=options["minutes"]) if options["minutes"] else None
        notice = publish_notice(
            actor_id=get_person_by_username(options["by"]).id,
            title=options["title"],
            message=options["message"],
            notification_type=options["type"],
            start_time=start,
            end_time=end,
        )
        print(f"published {notice.id}")
