"""Recorded matches with the minute of every goal and card, joined to the prices before them.

They come as `timeline_matches.parquet` + `timeline_events.parquet`, or as CSV season files with `*_events.csv`.
"""

import csv
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from sports.core.fixtures import Fixture
from sports.core.match_plan import FULL_MINUTES, HALF_MINUTES, MatchPlan, PlannedIncident, PlannedSide, PlannedType
from sports.core.outside_odds import quote_all
from sports.importers.divisions import competition_of, team_of
from sports.importers.football_csv import UnknownLayout, read_season_file
from sports.importers.football_parquet import read_football
from sports.importers.football_rows import STATISTICS, match_id_of, odds_of, statistics_of, whole_number

MATCHES_FILE: Final = "timeline_matches.parquet"
EVENTS_FILE: Final = "timeline_events.parquet"
TYPES: Final[Mapping[str, PlannedType]] = {
    "goal": "goal",
    "yellow": "yellow_card",
    "red": "red_card",
    "pen_missed": "penalty_missed",
}
SIDES: Final[Mapping[str, PlannedSide]] = {"home": "home", "away": "away"}
PRICED_BY: Final = {"avg": "average", "ps": "pinnacle", "b365": "bet365"}  # best first
# A feed reads a sixth of the table's columns: this is most of its start.
COLUMNS: Final = (
    *("match_id", "div", "season", "date", "home_team", "away_team", "fthg", "ftag"),
    *STATISTICS,
    *(f"{prefix}_{suffix}" for prefix in PRICED_BY for suffix in ("h", "d", "a", "o25", "u25")),
)
STOPPAGE_MAX: Final = 20
CARDS: Final = ("_yellows", "_reds")  # the timeline counts them itself

TimelineEvent = tuple[int, int, str, str]  # minute, added, type, side


@dataclass(frozen=True, slots=True)
class RecordedMatch:
    """One recorded match: its canonical results row, with prices, and what happened when."""

    row: Mapping[str, Any]
    events: tuple[TimelineEvent, ...]

    def to_fixture(self, lap: int = 0) -> Fixture | None:
        """The fixture to play, or None where timeline and score disagree or prices are missing.

        `lap` tells repetitions of a recording apart.
        """
        plan = _plan_of(self.row, self.events)
        odds = _prematch_prices(self.row)
        if plan is None or "1x2" not in odds:
            return None
        competition = competition_of(str(self.row["div"]))
        match_id = match_id_of(self.row)
        implied = {outcome: 1 / price for outcome, price in odds["1x2"].items()}
        chances = {outcome: implied[outcome] / sum(implied.values()) for outcome in ("home", "draw", "away")}
        return Fixture(
            source_ref=f"{match_id}#{lap + 1}" if lap else match_id,
            competition=competition,
            entrants=(
                team_of(str(self.row["home_team"]), competition.country),
                team_of(str(self.row["away_team"]), competition.country),
            ),
            venue="",
            plan=replace(plan, chances=tuple(chances.values()), quote_ref=match_id),
            odds=odds,
            quotes=quote_all("1x2", chances, event_ref=match_id),
        )


def list_recorded_matches(folder: Path, *, seasons: Sequence[str], divisions: Sequence[str]) -> list[RecordedMatch]:
    """Recorded matches of these seasons in order of play; empty where the folder holds no timelines."""
    if (folder / MATCHES_FILE).is_file() and (folder / EVENTS_FILE).is_file():
        return _from_parquet(folder, seasons, divisions)
    return _from_csv(folder, seasons, divisions)


def _from_parquet(folder: Path, seasons: Sequence[str], divisions: Sequence[str]) -> list[RecordedMatch]:
    import pyarrow.parquet as parquet  # see football_parquet

    filters = [("season", "in", list(seasons)), ("div", "in", list(divisions))]
    timelines = parquet.read_table(folder / MATCHES_FILE, columns=["tid", "match_id"], filters=filters).to_pydict()
    tid_of = {match: tid for match, tid in zip(timelines["match_id"], timelines["tid"], strict=True) if match}
    events = parquet.read_table(
        folder / EVENTS_FILE, columns=["tid", "minute", "added", "type", "side"],
        filters=[("tid", "in", list(tid_of.values()))],
    ).to_pydict()  # fmt: skip
    by_tid: dict[int, list[TimelineEvent]] = {}
    for tid, *event in zip(*(events[name] for name in ("tid", "minute", "added", "type", "side")), strict=True):
        by_tid.setdefault(tid, []).append(tuple(event))
    rows = read_football(folder, seasons=seasons, divisions=divisions, columns=COLUMNS)
    return [
        RecordedMatch(row, tuple(by_tid.get(tid_of[row["match_id"]], ()))) for row in rows if row["match_id"] in tid_of
    ]


def _from_csv(folder: Path, seasons: Sequence[str], divisions: Sequence[str]) -> list[RecordedMatch]:
    by_match: dict[str, list[TimelineEvent]] = {}
    for path in sorted(folder.rglob("*_events.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for line in csv.DictReader(file):
                minute, added = whole_number(line.get("minute")), whole_number(line.get("added")) or 0
                if minute is not None:
                    event = (minute, added, str(line.get("type")), str(line.get("side")))
                    by_match.setdefault(str(line.get("match_id")), []).append(event)
    if not by_match:
        return []
    recorded = []
    for path in sorted(folder.rglob("*.csv")):
        try:
            rows = read_season_file(path)
        except UnknownLayout:
            continue
        recorded += [
            RecordedMatch(row, tuple(by_match.get(match_id_of(row), ())))
            for row in rows
            if row["season"] in seasons and row.get("div") in divisions
        ]
    return recorded


def _plan_of(row: Mapping[str, Any], events: Sequence[TimelineEvent]) -> MatchPlan | None:
    incidents = []
    for minute, added, event_type, side in sorted(events, key=lambda event: event[:2]):
        if event_type not in TYPES or side not in SIDES or not 1 <= minute <= FULL_MINUTES:
            return None
        stoppage = added if minute in (HALF_MINUTES, FULL_MINUTES) else 0
        if stoppage > STOPPAGE_MAX:
            return None
        incidents.append(PlannedIncident(minute, stoppage, TYPES[event_type], SIDES[side]))
    chance = zlib.crc32(match_id_of(row).encode())  # the sources do not say how long stoppage was
    plan = MatchPlan(
        first_half_added=max(1 + chance % 3, _longest(incidents, HALF_MINUTES)),
        second_half_added=max(2 + chance // 3 % 4, _longest(incidents, FULL_MINUTES)),
        incidents=tuple(incidents),
        statistics={name: count for name, count in statistics_of(row).items() if not name.endswith(CARDS)},
    )
    return plan if plan.score == (whole_number(row.get("fthg")), whole_number(row.get("ftag"))) else None


def _longest(incidents: Sequence[PlannedIncident], minute: int) -> int:
    return max((incident.added for incident in incidents if incident.minute == minute), default=0)


def _prematch_prices(row: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """The market's average before the match, else any sharp or large bookmaker's, for the markets a feed offers."""
    prices = {}
    for key, by_bookmaker in odds_of(row).items():
        if key.startswith("asian_handicap"):
            continue
        for bookmaker in PRICED_BY.values():
            if bookmaker in by_bookmaker:
                prices[key] = by_bookmaker[bookmaker]
                break
    return prices
