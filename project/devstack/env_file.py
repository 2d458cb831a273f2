"""Reads the untracked `.env` of a checkout. Needs the standard library only."""

import os
import re
from pathlib import Path

LINE = re.compile(r"^(?:export\s+)?([A-Z][A-Z0-9_]*)=(.*)$")


class MalformedLine(ValueError):
    """A line that is neither NAME=value, nor a comment, nor empty."""


def load_env_file(path: Path) -> None:
    """Put the file's values into the environment, for the names that it does not have yet."""
    if not path.is_file():
        return
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = LINE.match(line.strip())
        if match is None:
            raise MalformedLine(f"{path}, line {number} is not NAME=value.")
        os.environ.setdefault(match[1], match[2].strip().strip("\"'"))
