"""Repeats the fit of the minute profile that `ml/core/minute_profile.py` keeps, and prints the constants."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from ml.core.minute_profile import HalfShape
from ml.core.profile_fit import fit_profile
from ml.queries.recordings import list_goal_minutes


class Command(BaseCommand):
    help = "Fit the minute profile to recorded goals and print its constants."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--data", type=Path, required=True, help="folder with timeline_*.parquet")
        parser.add_argument("--first-season", default="2010-11")
        parser.add_argument("--last-season", default="2017-18")

    def handle(self, *args: Any, **options: Any) -> None:
        goals = list_goal_minutes(
            options["data"], first_season=options["first_season"], last_season=options["last_season"]
        )
        profile = fit_profile(goals)
        self.stdout.write(f"{len(goals)} goals, {options['first_season']} to {options['last_season']}")
        for name, half in (("first", profile.first), ("second", profile.second)):
            self.stdout.write(f"{name}={_as_code(half)},")


def _as_code(half: HalfShape) -> str:
    opening = tuple(round(weight, 6) for weight in half.opening)
    stoppage = tuple(round(weight, 6) for weight in half.stoppage)
    return f"HalfShape(opening={opening}, start={half.start:.6f}, slope={half.slope:.8f}, stoppage={stoppage})"
