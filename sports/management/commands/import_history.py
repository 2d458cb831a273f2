"""Imports finished seasons as history, from `football.parquet` or from season files as CSV."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sports.actions.history import import_past_matches
from sports.feeds.sources import RESULTS_SOURCE
from sports.importers.past_seasons import list_past_matches


class Command(BaseCommand):
    help = "Import finished matches with their odds; running it again adds nothing twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--data", type=Path, required=True, help="a folder with football.parquet or CSV files")
        parser.add_argument("--season", action="append", required=True, help="such as 2018-19; may be repeated")
        parser.add_argument("--division", action="append", default=[], help="such as E0; may be repeated; else all")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["data"]
        if not folder.is_dir():
            raise CommandError(f"{folder} is not a folder.")
        matches = list_past_matches(folder, seasons=options["season"], divisions=options["division"])
        if not matches:
            raise CommandError(f"{folder} holds no finished matches of {', '.join(options['season'])}.")
        imported = import_past_matches(source_name=RESULTS_SOURCE, matches=matches)
        self.stdout.write(f"{imported} of {len(matches)} matches are new.")
