"""Season rows from `football.parquet`, which has the canonical column names already."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

FILE_NAME: Final = "football.parquet"


def read_football(
    folder: Path, *, seasons: Sequence[str], divisions: Sequence[str] = (), columns: Sequence[str] | None = None
) -> list[dict[str, Any]]:
    """The rows of these seasons and divisions in order of play; all divisions where none is named."""
    import pyarrow.parquet as parquet  # 0.2 s to import, and only machines with real data need it

    filters: list[tuple[str, str, Any]] = [("season", "in", list(seasons))]
    if divisions:
        filters.append(("div", "in", list(divisions)))
    wanted = list(columns) if columns else None
    rows: list[dict[str, Any]] = parquet.read_table(folder / FILE_NAME, columns=wanted, filters=filters).to_pylist()
    for row in rows:
        if isinstance(row["date"], datetime):
            row["date"] = row["date"].date()
    rows.sort(key=lambda row: (row["date"], str(row["match_id"])))
    return rows
