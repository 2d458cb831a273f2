"""Runs a file of worked examples against the rules that settle real bets, and prints expected beside got."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from betting.management.cases.answers import BadCase, answer
from betting.management.cases.shapes import Case, CaseFile

MISSING = "(nothing)"


class Command(BaseCommand):
    help = (
        "Print each case of a JSON file with what it expects and what the rules answer; docs/cases.md has the format."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--failed", action="store_true", help="print only the cases that differ")

    def handle(self, *args: Any, **options: Any) -> None:
        cases = [case for path in options["files"] for case in read_cases(path)]
        failed = 0
        for case in cases:
            differs = self._run(case, is_quiet=options["failed"])
            failed += differs
        self.stdout.write(f"{len(cases) - failed} passed, {failed} failed")
        if failed:
            raise CommandError(f"{failed} of {len(cases)} cases differ")

    def _run(self, case: Case, *, is_quiet: bool) -> bool:
        """Print one case; answers whether it differs."""
        got, fault = ask(case)
        differs = bool(fault) or any(got.get(name) != value for name, value in case.expect.items())
        if is_quiet and not differs:
            return False
        self.stdout.write(f"{'DIFFERS' if differs else 'ok     '} {case.rule}: {case.name}")
        for name, expected in case.expect.items():
            self.stdout.write(f"          {name}: expected {expected}, got {got.get(name, MISSING)}")
        if fault:
            self.stdout.write(f"          {fault}")
        if case.published:
            self.stdout.write(f"          the source prints {case.published}: {case.note}")
        self.stdout.write(f"          {case.source}")
        return differs


def read_cases(path: Path) -> list[Case]:
    """The cases of a file. Raises CommandError on a file that is none, naming what is wrong with it."""
    try:
        document = json.loads(path.read_bytes(), object_pairs_hook=_members_of)
        return CaseFile.model_validate(document).cases
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:  # JSON that is none, text that is none, and pydantic's own
        raise CommandError(f"{path} is no case file: {error}") from error


def _members_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; a member named twice is refused, because one of the two would be an expectation not looked at."""
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError(f"a member is named twice among {', '.join(name for name, _ in pairs)}")
    return members


def ask(case: Case) -> tuple[dict[str, str], str]:
    """What the rules answer, and why they cannot where they cannot."""
    try:
        return answer(case), ""
    except (BadCase, ValueError) as error:
        return {}, str(error)
