"""Season files as CSV: the football-data layout of any year, and our own canonical one."""

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

from sports.importers.football_rows import season_of
from sports.importers.season_dates import read_date, repair_swapped

SEASON_END: Final = (8, 31)  # 2019-20 was played until August
ENCODINGS: Final = ("utf-8-sig", "latin-1")

# football-data's column -> canonical name. Several names of one thing are different years of it.
_PLAIN: Final = {
    "Div": "div", "Date": "date", "HomeTeam": "home_team", "AwayTeam": "away_team",
    "HT": "home_team", "AT": "away_team",
    "FTHG": "fthg", "FTAG": "ftag", "HG": "fthg", "AG": "ftag", "HTHG": "hthg", "HTAG": "htag",
    "HS": "hs", "AS": "as", "HST": "hst", "AST": "ast", "HC": "hc", "AC": "ac",
    "HF": "hf", "AF": "af", "HY": "hy", "AY": "ay", "HR": "hr", "AR": "ar",
    "BbAHh": "ah_line", "AHh": "ah_line", "AHCh": "ahc_line",
}  # fmt: skip
_PREFIXES: Final = {
    "B365": "b365", "BW": "bw", "IW": "iw", "WH": "wh", "VC": "vc", "LB": "lb", "PS": "ps", "P": "ps",
    "BbAv": "avg", "Avg": "avg", "BbMx": "max", "Max": "max",
    "B365C": "b365c", "PSC": "psc", "PC": "psc", "AvgC": "avgc", "MaxC": "maxc",
}  # fmt: skip
_SUFFIXES: Final = {"H": "h", "D": "d", "A": "a", ">2.5": "o25", "<2.5": "u25", "AHH": "ahh", "AHA": "aha"}
_COLUMNS: Final = _PLAIN | {
    prefix + suffix: f"{name}_{short}" for prefix, name in _PREFIXES.items() for suffix, short in _SUFFIXES.items()
}


class UnknownLayout(ValueError):
    """The file has none of the columns a results file must have."""


def read_season_file(path: Path) -> list[dict[str, Any]]:
    """The rows of one file under canonical names, dates repaired; rows without sides or date are left out."""
    rows = [row for row in _read_rows(path) if row.get("date") and row.get("home_team") and row.get("away_team")]
    by_division: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        row["date"] = read_date(str(row["date"]))
        by_division.setdefault(str(row.get("div", "")), []).append(row)
    for division_rows in by_division.values():
        _repair(division_rows)
    return rows


def _repair(rows: list[dict[str, Any]]) -> None:
    """Repair a division season by season; a file without a season column holds one, that of most of its days."""
    fallback = Counter(season_of(row["date"]) for row in rows).most_common(1)[0][0]
    by_season: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        row["season"] = str(row.get("season") or fallback)
        by_season.setdefault(row["season"], []).append(row)
    for season, season_rows in by_season.items():
        year = int(season[:4])
        days = repair_swapped(
            [row["date"] for row in season_rows], first=date(year, 7, 1), last=date(year + 1, *SEASON_END)
        )
        for row, day in zip(season_rows, days, strict=True):
            row["date"] = day


def _read_rows(path: Path) -> Iterator[dict[str, Any]]:
    reader = csv.reader(_decode(path).splitlines())
    header = [name.strip() for name in next(reader, [])]
    names = header if "home_team" in header else [_COLUMNS.get(name, "") for name in header]
    if not {"date", "home_team", "away_team", "fthg", "ftag"} <= set(names):
        raise UnknownLayout(f"{path.name} is no results file")
    for values in reader:
        # Some years' rows are longer than their header, others shorter: what has no name or no cell is not read.
        row: dict[str, Any] = {}
        for name, value in zip(names, values, strict=False):
            if name and value.strip():
                row.setdefault(name, value.strip())
        yield row


def _decode(path: Path) -> str:
    content = path.read_bytes()
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnknownLayout(f"{path.name} is no text")
