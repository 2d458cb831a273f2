"""Keeping what outside sources say: the latest price per outcome, and every price ever given."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from project.kit import clock
from sports.core.market_keys import check_outcome, parse_market_key
from sports.models import BettingOdds, BettingOddsChange


@transaction.atomic(durable=True)
def record_odds(*, event_id: UUID, source: str, odds: Mapping[str, Mapping[str, int]]) -> int:
    """Store a source's prices in thousandths by market key and outcome; returns how many were new.

    Raises InvalidMarketKey.
    """
    return store_odds(event_id=event_id, source=source, odds=odds)


def store_odds(*, event_id: UUID, source: str, odds: Mapping[str, Mapping[str, int]]) -> int:
    """The writes of `record_odds`, inside the caller's transaction. Prices that did not change leave no trace."""
    now = clock.now()
    wanted = {(key, outcome): value for key, outcomes in odds.items() for outcome, value in outcomes.items()}
    for key, outcome in wanted:
        check_outcome(parse_market_key(key), outcome)
    if not wanted:
        return 0
    known = {
        (row.market_key, row.outcome): row.value_milli
        for row in BettingOdds.objects.filter(event_id=event_id, source=source).select_for_update().order_by("id")
    }
    moved = {where: value for where, value in wanted.items() if known.get(where) != value}
    BettingOdds.objects.bulk_create(
        [
            BettingOdds(
                event_id=event_id,
                source=source,
                market_key=key,
                outcome=outcome,
                value_milli=value,
                last_updated=now,
            )
            for (key, outcome), value in moved.items()
        ],
        update_conflicts=True,
        unique_fields=["event", "source", "market_key", "outcome"],
        update_fields=["value_milli", "last_updated"],
    )
    BettingOddsChange.objects.bulk_create(
        [
            BettingOddsChange(
                event_id=event_id, source=source, market_key=key, outcome=outcome, value_milli=value, recorded_at=now
            )
            for (key, outcome), value in moved.items()
        ]
    )
    return len(moved)
