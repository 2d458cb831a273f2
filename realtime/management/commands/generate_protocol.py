"""Writes docs/protocol, or with --check says whether it still fits the classes it is made from."""

from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from realtime.documents import list_documents

FOLDER: Final = Path("docs") / "protocol"


class Command(BaseCommand):
    """Run it after any change of a schema, a change, a topic or a frame."""

    help = "Write the OpenAPI and AsyncAPI documents."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing, fail on drift")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = settings.REPOSITORY / FOLDER
        documents = list_documents()
        stale = [name for name, text in documents.items() if _read(folder / name) != text]
        if options["check"]:
            if stale:
                raise CommandError(f"{', '.join(stale)} no longer fit: run `make protocol`")
            return
        folder.mkdir(parents=True, exist_ok=True)
        for name in stale:
            (folder / name).write_text(documents[name], encoding="utf-8")
            print(f"wrote {FOLDER / name}")


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
