"""Judges the in-play prices on recorded matches: one row per match and snapshot, and what they scored.

A snapshot at minute m knows what happened up to m and nothing later, stoppage time of minute 45 and 90 included.
"""

import csv
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Final

import numpy as np
from django.core.management.base import BaseCommand

from ml.core.inplay import GoalRates, InPlayState
from ml.core.inplay_batch import MatchBatch, PriceTable, price_events
from ml.core.scoring import calibration_error, mean_log_loss
from ml.queries.recordings import RecordedIncident, RecordedMatch, list_recorded_matches

SNAPSHOT_MINUTES: Final = tuple(range(0, 90, 5))
HALF_TIME: Final = 45
FIRST_KEPT_APART: Final = "2018-19"  # the profile and the multipliers were fitted to earlier seasons
OVER25_LINE: Final = 2  # its place among the total lines
COLUMNS: Final = (
    "match_id",
    "minute",
    "p_home",
    "p_draw",
    "p_away",
    "p_over25",
    "p_next_home",
    "p_next_none",
    "p_next_away",
)


@dataclass(frozen=True)
class Scores:
    """Mean losses over all snapshots, beside the market's prices frozen at kick-off."""

    matches: int
    snapshots: int
    frozen: float
    result: float
    over25: float
    next_goal: float
    calibration: float

    def __str__(self) -> str:
        return (
            f"{self.matches} matches, {self.snapshots} snapshots\n"
            f"1X2 log loss, odds frozen at kick-off  {self.frozen:.4f}\n"
            f"1X2 log loss, in play                  {self.result:.4f}\n"
            f"over/under 2.5 log loss                {self.over25:.4f}\n"
            f"next goal log loss                     {self.next_goal:.4f}\n"
            f"1X2 calibration error (20 bins)        {self.calibration:.4f}"
        )


class Command(BaseCommand):
    help = "Price recorded matches every five minutes and score the chances."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--data", type=Path, required=True, help="folder with the Parquet files")
        parser.add_argument("--out", type=Path, required=True, help="CSV file to write")
        parser.add_argument("--first-season", default=FIRST_KEPT_APART)
        parser.add_argument("--limit", type=int, help="only so many matches")

    def handle(self, *args: Any, **options: Any) -> None:
        matches = list_recorded_matches(options["data"], first_season=options["first_season"], limit=options["limit"])
        table = price_snapshots(matches)
        write_rows(options["out"], matches, table)
        self.stdout.write(str(score(matches, table)))


def price_snapshots(matches: Sequence[RecordedMatch]) -> PriceTable:
    """All snapshots of all matches, match by match."""
    rates = [match.market.rates() for match in matches]
    pairs: list[tuple[GoalRates, InPlayState]] = [
        (rate, state_at(match, minute))
        for match, rate in zip(matches, rates, strict=True)
        for minute in SNAPSHOT_MINUTES
    ]
    return price_events(MatchBatch.of(pairs))


def state_at(match: RecordedMatch, minute: int) -> InPlayState:
    """What a scoreboard showed when `minute` had been played and no stoppage time yet."""
    return InPlayState(
        phase="scheduled" if minute == 0 else "first_half" if minute <= HALF_TIME else "second_half",
        minute=minute,
        home_goals=_count(match.goals, "home", minute),
        away_goals=_count(match.goals, "away", minute),
        home_reds=_count(match.reds, "home", minute),
        away_reds=_count(match.reds, "away", minute),
    )


def write_rows(path: Path, matches: Sequence[RecordedMatch], table: PriceTable) -> None:
    keys = [(match.match_id, minute) for match in matches for minute in SNAPSHOT_MINUTES]
    home, draw, away = table.results
    next_home, next_away, next_none = table.next_goal
    columns = (home, draw, away, table.over[OVER25_LINE], next_home, next_none, next_away)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for key, *chances in zip(keys, *(column.tolist() for column in columns), strict=True):
            writer.writerow([*key, *(f"{chance:.9f}" for chance in chances)])


def score(matches: Sequence[RecordedMatch], table: PriceTable) -> Scores:
    count = len(SNAPSHOT_MINUTES)
    finals = [(_count(match.goals, "home"), _count(match.goals, "away")) for match in matches]
    results = np.repeat([0 if home > away else 1 if home == away else 2 for home, away in finals], count)
    over25 = np.repeat([0 if home + away > OVER25_LINE else 1 for home, away in finals], count)
    market = np.repeat([[match.market.home, match.market.draw, match.market.away] for match in matches], count, axis=0)
    following = np.array(list(chain.from_iterable(_next_goals(match) for match in matches)))
    over = table.over[OVER25_LINE]
    return Scores(
        matches=len(matches),
        snapshots=len(results),
        frozen=mean_log_loss(market, results),
        result=mean_log_loss(table.results.T, results),
        over25=mean_log_loss(np.stack([over, 1.0 - over], axis=1), over25),
        next_goal=mean_log_loss(table.next_goal.T, following),
        calibration=calibration_error(table.results.T, results),
    )


def _count(incidents: Sequence[RecordedIncident], side: str, minute: int | None = None) -> int:
    """How many of a side's incidents had happened by a minute, or ever."""
    return sum(
        1 for incident in incidents if incident.side == side and (minute is None or incident.instant <= (minute, 0))
    )


def _next_goals(match: RecordedMatch) -> list[int]:
    """Per snapshot which column of the next-goal market came true."""
    columns = {"home": 0, "away": 1}
    return [
        next((columns[goal.side] for goal in match.goals if goal.instant > (minute, 0)), 2)
        for minute in SNAPSHOT_MINUTES
    ]
