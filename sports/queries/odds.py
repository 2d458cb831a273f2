"""What outside sources say about events that are not finished."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sports.core.outside_odds import PREMATCH_SOURCE
from sports.models import BettingOdds, BettingOddsChange

OUTSIDE_ROWS_MAX = 5_000  # a dozen sources with full books
HISTORY_ROWS = 500  # more than a chart can show

OddsByMarket = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class OutsideOdds:
    """What one source pays on one outcome, in thousandths."""

    market_key: str
    outcome: str
    source: str
    odds_milli: int
    last_updated: datetime


def list_outside_odds(event_id: UUID) -> list[OutsideOdds]:
    """The latest price of every source on every outcome of an event."""
    rows = BettingOdds.objects.filter(event_id=event_id).order_by("market_key", "outcome", "source")
    return [
        OutsideOdds(row.market_key, row.outcome, row.source, row.value_milli, row.last_updated)
        for row in rows[:OUTSIDE_ROWS_MAX]
    ]


def list_outside_history(event_id: UUID, *, market_key: str, outcome: str) -> list[OutsideOdds]:
    """Every price that sources gave one outcome, oldest first; of very many the newest."""
    rows = BettingOddsChange.objects.filter(event_id=event_id, market_key=market_key, outcome=outcome)
    return [
        OutsideOdds(row.market_key, row.outcome, row.source, row.value_milli, row.recorded_at)
        for row in reversed(rows.order_by("-id")[:HISTORY_ROWS])
    ]


def get_prematch_odds(event_id: UUID) -> OddsByMarket:
    """Thousandths by market key and outcome; empty where no source had prices."""
    return get_prematch_odds_of([event_id]).get(event_id, {})


def get_prematch_odds_of(event_ids: Iterable[UUID]) -> dict[UUID, OddsByMarket]:
    """The same for several events in one statement; events without prices are absent."""
    rows = BettingOdds.objects.filter(event_id__in=list(event_ids), source=PREMATCH_SOURCE).values_list(
        "event_id", "market_key", "outcome", "value_milli"
    )
    odds: dict[UUID, OddsByMarket] = {}
    for event_id, market_key, outcome, value_milli in rows:
        odds.setdefault(event_id, {}).setdefault(market_key, {})[outcome] = value_milli
    return odds
