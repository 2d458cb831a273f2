"""Writes docs/markets.md from the catalogue itself, so that the page cannot be wrong."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from betting.core.catalogue.page import markets_page

PAGE = Path(__file__).resolve().parent.parent.parent.parent / "docs" / "markets.md"


class Command(BaseCommand):
    """`--check` compares instead of writing."""

    help = "Write docs/markets.md from the catalogue."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="fail when the page differs")

    def handle(self, *args: Any, **options: Any) -> None:
        page = markets_page()
        if not options["check"]:
            PAGE.write_text(page, encoding="utf-8")
        elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page:
            raise CommandError("docs/markets.md is behind the catalogue: run `make protocol`")
