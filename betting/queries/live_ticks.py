"""Open events as strategies see them now: the same values that a recording of them will give back later."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from betting.core.catalogue import find_kind
from betting.core.strategies.recording import (
    SECONDS_PER_MINUTE,
    Situation,
    best_outside,
    in_millionths,
    model_chances,
)
from betting.core.strategies.ticks import Offer, Tick
from betting.models import EventBook, FollowedBook, MarketStatus, Selection
from betting.queries.recordings import listing_of
from betting.queries.switches import read_switches
from ml.core.goal_rates import GoalRates
from ml.core.insight import Views
from ml.models import BettingModelInsight
from ml.models.insights import InsightStage
from sports.models import BettingOdds, Event, EventStatus, LiveState

Outside = Mapping[tuple[str, str], Mapping[str, int]]  # thousandths by market key and outcome, then by source

OPEN_STATUSES = (EventStatus.SCHEDULED, EventStatus.ONGOING)


@dataclass(frozen=True)
class LiveTick:
    """A tick, and the version of the book it was read at."""

    event_id: UUID
    book_version: int
    tick: Tick


def list_moved_event_ids(limit: int) -> list[UUID]:
    """Open events whose book has moved since paper runs last saw it, longest unseen first."""
    with_books = Event.objects.filter(status__in=OPEN_STATUSES, book__version__gt=0)
    followed = dict(FollowedBook.objects.filter(event__in=with_books).values_list("event_id", "version"))
    books = with_books.order_by("book__priced_at", "id").values_list("id", "book__version")
    return [event_id for event_id, version in books if version > followed.get(event_id, -1)][:limit]


def read_live_ticks(event_ids: Collection[UUID], at: datetime) -> list[LiveTick]:
    """The ticks of these events at one instant, in a constant number of statements."""
    versions = dict(EventBook.objects.filter(event_id__in=event_ids).values_list("event_id", "version"))
    suspended = set(
        EventBook.objects.filter(event_id__in=event_ids, is_suspended=True).values_list("event_id", flat=True)
    )
    live_states = LiveState.objects.select_related("event__sport").filter(event_id__in=event_ids).order_by("event_id")
    switches = read_switches()
    selections, outside, rates = _selections_of(event_ids), _outside_of(event_ids), _rates_of(event_ids)
    return [
        LiveTick(
            live.event_id,
            versions.get(live.event_id, 0),
            _tick(
                live,
                at,
                selections[live.event_id],
                outside[live.event_id],
                rates.get(live.event_id),
                is_suspended=live.event_id in suspended or switches.is_stopped(live.event.sport.slug),
            ),
        )
        for live in live_states
    ]


def _tick(
    live: LiveState,
    at: datetime,
    selections: Collection[Selection],
    outside: Outside,
    rates: GoalRates | None,
    *,
    is_suspended: bool,
) -> Tick:
    situation = Situation(live.phase, live.home_goals, live.away_goals, live.home_reds, live.away_reds)
    chances = model_chances(rates, live.sport, situation, live.minute)
    return Tick(
        event_id=str(live.event_id),
        at=at,
        sport=live.sport,
        phase=live.phase,
        minute=live.minute,
        minutes_to_start=int((live.event.start_time - at).total_seconds() // SECONDS_PER_MINUTE),
        home_score=live.home_goals,
        away_score=live.away_goals,
        home_reds=live.home_reds,
        away_reds=live.away_reds,
        is_stopped=live.is_betting_stopped or is_suspended,
        offers=tuple(_offer(selection, live.phase, outside, chances) for selection in selections),
    )


def _offer(selection: Selection, phase: str, outside: Outside, chances: Mapping[str, Mapping[str, float]]) -> Offer:
    listing = listing_of(selection)
    assert selection.odds_milli is not None, "only selections on offer are read"
    return Offer(
        selection_id=listing.selection_id,
        market_key=listing.market_key,
        market_type=listing.market_type,
        outcome=listing.outcome,
        line_millionths=listing.line_millionths,
        odds_milli=selection.odds_milli,
        opening_odds_milli=selection.initial_odds_milli or selection.odds_milli,
        market_millionths=in_millionths(selection.probability),
        model_millionths=in_millionths(chances.get(listing.market_key, {}).get(listing.outcome)),
        outside_odds_milli=best_outside(outside.get((listing.market_key, listing.outcome), {}), phase),
    )


def _selections_of(event_ids: Collection[UUID]) -> Mapping[UUID, list[Selection]]:
    """On offer in open markets whose prices are charted, so that a later back-test sees the same."""
    rows = Selection.objects.select_related("market").filter(
        market__event_id__in=event_ids,
        market__status=MarketStatus.ACTIVE,
        market__is_stopped=False,
        odds_milli__isnull=False,
    )
    found: dict[UUID, list[Selection]] = defaultdict(list)
    for selection in rows.order_by("market__sort", "sort", "id"):
        kind = find_kind(selection.market.sport, selection.market.market_type)
        if kind is not None and kind.is_charted:
            found[selection.market.event_id].append(selection)
    return found


def _outside_of(event_ids: Collection[UUID]) -> Mapping[UUID, Outside]:
    prices: dict[UUID, dict[tuple[str, str], dict[str, int]]] = defaultdict(dict)
    for row in BettingOdds.objects.filter(event_id__in=event_ids):
        prices[row.event_id].setdefault((row.market_key, row.outcome), {})[row.source] = row.value_milli
    return prices


def _rates_of(event_ids: Collection[UUID]) -> dict[UUID, GoalRates]:
    rows = BettingModelInsight.objects.filter(event_id__in=event_ids, stage=InsightStage.BEFORE)
    return {event_id: Views.from_document(rates).model for event_id, rates in rows.values_list("event_id", "rates")}
