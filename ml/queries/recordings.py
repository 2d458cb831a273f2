"""Recorded matches with minute timelines, read from a folder of Parquet files; they never enter the database."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ml.core.market_view import MarketView, read_market_view

MATCHES_FILE: Final = "timeline_matches.parquet"
EVENTS_FILE: Final = "timeline_events.parquet"
ODDS_FILE: Final = "football.parquet"
BOOKMAKERS: Final = ("avg", "b365", "iw", "wh")  # the market's average first, then whoever had prices

Instant = tuple[int, int]


@dataclass(frozen=True, slots=True)
class RecordedIncident:
    """When and for whom; `instant` is (minute, added)."""

    instant: Instant
    side: str


@dataclass(frozen=True)
class RecordedMatch:
    """One match: the market before kick-off, and its goals and red cards in order of play."""

    match_id: str
    season: str
    market: MarketView
    goals: tuple[RecordedIncident, ...]
    reds: tuple[RecordedIncident, ...]


def list_goal_minutes(folder: Path, *, first_season: str, last_season: str) -> list[Instant]:
    """The (minute, added) of every goal of these seasons."""
    wanted = {row["tid"] for row in _read(folder / MATCHES_FILE) if first_season <= row["season"] <= last_season}
    return [
        (row["minute"], row["added"])
        for row in _read(folder / EVENTS_FILE)
        if row["type"] == "goal" and row["tid"] in wanted
    ]


def list_recorded_matches(folder: Path, *, first_season: str, limit: int | None = None) -> list[RecordedMatch]:
    """The matches from a season on that have a timeline and prices, by season and id."""
    timelines = [row for row in _read(folder / MATCHES_FILE) if row["match_id"] and row["season"] >= first_season]
    timelines.sort(key=lambda row: (row["season"], row["match_id"]))
    markets = _read_markets(folder, {row["match_id"] for row in timelines})
    incidents = _read_incidents(folder, {row["tid"] for row in timelines})
    matches = [
        RecordedMatch(
            match_id=row["match_id"],
            season=row["season"],
            market=markets[row["match_id"]],
            goals=tuple(incidents.get((row["tid"], "goal"), ())),
            reds=tuple(incidents.get((row["tid"], "red"), ())),
        )
        for row in timelines
        if row["match_id"] in markets
    ]
    return matches[:limit]


def _read_markets(folder: Path, wanted: set[str]) -> dict[str, MarketView]:
    columns = [f"{name}_{part}" for name in BOOKMAKERS[:2] for part in ("h", "d", "a", "o25", "u25")]
    columns += [f"{name}_{part}" for name in BOOKMAKERS[2:] for part in ("h", "d", "a")]
    views = {}
    for row in _read(folder / ODDS_FILE, ["match_id", *columns]):
        if row["match_id"] in wanted and (view := _market_view(row)) is not None:
            views[row["match_id"]] = view
    return views


def _market_view(row: dict[str, Any]) -> MarketView | None:
    odds: dict[str, dict[str, int]] = {}
    for name in BOOKMAKERS:
        if "1x2" not in odds and (prices := _milli(row, name, ("h", "d", "a"))):
            odds["1x2"] = dict(zip(("home", "draw", "away"), prices, strict=True))
        if "over_under;total=2.5" not in odds and (prices := _milli(row, name, ("o25", "u25"))):
            odds["over_under;total=2.5"] = dict(zip(("over", "under"), prices, strict=True))
    return read_market_view(odds)


def _milli(row: dict[str, Any], bookmaker: str, parts: tuple[str, ...]) -> list[int]:
    """The prices of one bookmaker in thousandths, or nothing unless all of them are there."""
    values = [row.get(f"{bookmaker}_{part}") for part in parts]
    return [round(value * 1000) for value in values if value and value > 1.0] if all(values) else []


def _read_incidents(folder: Path, wanted: set[int]) -> dict[tuple[int, str], list[RecordedIncident]]:
    incidents: dict[tuple[int, str], list[RecordedIncident]] = {}
    for row in _read(folder / EVENTS_FILE):
        if row["tid"] in wanted and row["type"] in ("goal", "red"):
            happened = RecordedIncident((row["minute"], row["added"]), row["side"])
            incidents.setdefault((row["tid"], row["type"]), []).append(happened)
    for found in incidents.values():
        found.sort(key=lambda incident: incident.instant)
    return incidents


def _read(path: Path, columns: list[str] | None = None) -> Iterator[dict[str, Any]]:
    import pyarrow.parquet  # heavy, and needed by nothing but these commands

    with pyarrow.parquet.ParquetFile(path) as file:
        for batch in file.iter_batches(columns=columns):
            yield from batch.to_pylist()
