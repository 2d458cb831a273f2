"""Past matches: pages for people, rows for models."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from project.kit.pagination import paginate
from project.kit.schemas import Page
from sports.models import HistoricalEvent
from sports.queries.participants import describe_team
from sports.schemas import HistoricalEventReply

OddsByMarket = dict[str, dict[str, int]]

CLOSING_SUFFIX: Final = "_closing"
# Whose prices stand for the market, best first: the average of all bookmakers, then sharp ones, then whoever is there.
PREFERRED_BOOKMAKERS: Final = ("average", "pinnacle", "synthetic", "bet365")
CHUNK_ROWS: Final = 2_000


@dataclass(frozen=True, slots=True)
class TrainingRow:
    """One past match; `odds` and `closing_odds` are thousandths by market key and outcome, empty where unknown."""

    id: UUID
    played_at: datetime
    season: str
    competition_id: UUID
    competition: str
    home_team_id: UUID
    home_team: str
    away_team_id: UUID
    away_team: str
    home_goals: int
    away_goals: int
    statistics: dict[str, int]
    odds: OddsByMarket
    closing_odds: OddsByMarket

    @property
    def home_shots(self) -> int | None:
        return self.statistics.get("home_shots")

    @property
    def away_shots(self) -> int | None:
        return self.statistics.get("away_shots")

    @property
    def home_shots_on_target(self) -> int | None:
        return self.statistics.get("home_shots_on_target")

    @property
    def away_shots_on_target(self) -> int | None:
        return self.statistics.get("away_shots_on_target")


def training_rows() -> Iterator[TrainingRow]:
    """Every past match in order of play, read in chunks."""
    rows = (
        HistoricalEvent.objects.order_by("event_date", "id")
        .values_list(
            "id",
            "event_date",
            "season",
            "competition_id",
            "competition__code",
            "home_team_id",
            "home_team__name",
            "away_team_id",
            "away_team__name",
            "home_goals",
            "away_goals",
            "statistics",
            "odds",
        )
        .iterator(chunk_size=CHUNK_ROWS)
    )
    for row in rows:
        yield TrainingRow(*row[:-1], *split_odds(row[-1]))


def count_history() -> int:
    """How many past matches there are."""
    return HistoricalEvent.objects.count()


def split_odds(odds: dict[str, dict[str, dict[str, int]]]) -> tuple[OddsByMarket, OddsByMarket]:
    """One price per outcome before the match and one at its close, of the most trusted bookmaker each."""
    before: OddsByMarket = {}
    closing: OddsByMarket = {}
    for market_key, by_bookmaker in odds.items():
        early = {name: prices for name, prices in by_bookmaker.items() if not name.endswith(CLOSING_SUFFIX)}
        late = {
            name.removesuffix(CLOSING_SUFFIX): prices
            for name, prices in by_bookmaker.items()
            if name.endswith(CLOSING_SUFFIX)
        }
        if early:
            before[market_key] = _most_trusted(early)
        if late:
            closing[market_key] = _most_trusted(late)
    return before, closing


def list_history(*, competition_id: UUID, cursor: str | None, limit: int) -> Page[HistoricalEventReply]:
    """The past matches of a competition, newest first."""
    matches = HistoricalEvent.objects.filter(competition_id=competition_id).select_related("home_team", "away_team")
    return paginate(matches, cursor=cursor, limit=limit, order=("-event_date", "-id"), shape=describe_past_match)


def describe_past_match(match: HistoricalEvent) -> HistoricalEventReply:
    """A past match as clients see it."""
    return HistoricalEventReply(
        id=match.pk,
        season=match.season,
        event_date=match.event_date,
        home=describe_team(match.home_team),
        away=describe_team(match.away_team),
        home_goals=match.home_goals,
        away_goals=match.away_goals,
        statistics=match.statistics,
    )


def _most_trusted(by_bookmaker: dict[str, Any]) -> dict[str, int]:
    for name in PREFERRED_BOOKMAKERS:
        if name in by_bookmaker:
            prices: dict[str, int] = by_bookmaker[name]
            return prices
    first: dict[str, int] = by_bookmaker[min(by_bookmaker)]
    return first
