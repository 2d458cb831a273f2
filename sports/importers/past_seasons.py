"""Finding a season in a data folder, whichever file holds it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sports.core.fixtures import PastMatch
from sports.importers.football_csv import UnknownLayout, read_season_file
from sports.importers.football_parquet import FILE_NAME, read_football
from sports.importers.football_rows import past_match_of


def list_past_matches(folder: Path, *, seasons: Sequence[str], divisions: Sequence[str]) -> list[PastMatch]:
    """The finished matches of these seasons and divisions, from the parquet file where there is one, else from CSV."""
    rows = (
        read_football(folder, seasons=seasons, divisions=divisions)
        if (folder / FILE_NAME).is_file()
        else _read_csv_folder(folder, seasons, divisions)
    )
    matches = [past_match_of(row) for row in rows]
    return [match for match in matches if match is not None]


def read_csv_matches(path: Path) -> list[PastMatch]:
    """Every finished match of one CSV file."""
    matches = [past_match_of(row) for row in read_season_file(path)]
    return [match for match in matches if match is not None]


def _read_csv_folder(folder: Path, seasons: Sequence[str], divisions: Sequence[str]) -> list[dict[str, Any]]:
    rows = []
    for path in sorted(folder.rglob("*.csv")):
        try:
            found = read_season_file(path)
        except UnknownLayout:
            continue  # a folder holds other tables too
        rows += [
            row for row in found if row["season"] in seasons and (not divisions or str(row.get("div", "")) in divisions)
        ]
    return rows
