"""Stored feeds of past events, for back-tests: every price of charted markets with what was known beside it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from betting.core.strategies.backtest import Worth
from betting.core.strategies.recording import (
    Listing,
    Opinion,
    OutsidePrice,
    PriceMove,
    Recording,
    ResultSeen,
    Seen,
    in_millionths,
)
from betting.core.strategies.ticks import MILLION
from betting.models import PricePoint, Selection, SelectionResult
from betting.queries.selection_worth import read_adjustments
from ml.core.insight import Views
from ml.models import BettingModelInsight
from ml.models.insights import InsightStage
from sports.models import BettingOddsChange, Event, Incident

EVENTS_AT_ONCE: Final = 20


def list_recorded_event_ids(first_day: date, last_day: date, *, limit: int) -> list[UUID]:
    """Graded events of these days (UTC) that have price points, oldest first; the newest of them beyond the limit."""
    events = Event.objects.filter(
        start_time__date__range=(first_day, last_day), book__graded_result_version__gt=0, markets__price_points__gt=0
    )
    newest = events.order_by("-start_time", "-id").values_list("id", "start_time").distinct()[:limit]
    return [event_id for event_id, _ in reversed(newest)]


def read_recordings(event_ids: Sequence[UUID]) -> Iterator[Recording]:
    """The recordings of these events, a few at a time."""
    for start in range(0, len(event_ids), EVENTS_AT_ONCE):
        yield from _read(event_ids[start : start + EVENTS_AT_ONCE])


def _read(event_ids: Sequence[UUID]) -> Iterator[Recording]:
    selections = _selections_of(event_ids)
    prices, incidents = _prices_of(selections), _incidents_of(event_ids)
    outside, opinions, results = _outside_of(event_ids), _opinions_of(event_ids), _results_of(selections)
    listings: dict[UUID, dict[str, Listing]] = defaultdict(dict)
    for selection in selections.values():
        listings[selection.market.event_id][str(selection.id)] = listing_of(selection)
    for event in Event.objects.select_related("live_state").filter(id__in=event_ids).order_by("start_time", "id"):
        yield Recording(
            event_id=str(event.id),
            sport=event.live_state.sport,  # races are `outright`, whatever is raced
            start_time=event.start_time,
            listings=listings[event.id],
            prices=prices.get(event.id, ()),
            incidents=incidents.get(event.id, ()),
            outside=outside.get(event.id, ()),
            opinions=opinions.get(event.id, ()),
            results=results.get(event.id, ()),
        )


def listing_of(selection: Selection) -> Listing:
    """A selection as strategies name it; its market is read with it."""
    specifiers = selection.market.specifiers
    line = specifiers.get("total", specifiers.get("hcp"))
    return Listing(
        selection_id=str(selection.id),
        market_key=selection.market.key,
        market_type=selection.market.market_type,
        outcome=selection.outcome,
        line_millionths=None if line is None else int(Decimal(line) * MILLION),
    )


def _selections_of(event_ids: Sequence[UUID]) -> dict[UUID, Selection]:
    """Of charted markets."""
    rows = Selection.objects.select_related("market").filter(market__event_id__in=event_ids, market__price_points__gt=0)
    return {row.id: row for row in rows.distinct()}


def _prices_of(selections: Mapping[UUID, Selection]) -> dict[UUID, list[PriceMove]]:
    moves: dict[UUID, list[PriceMove]] = defaultdict(list)
    market_ids = {selection.market_id for selection in selections.values()}
    for point in PricePoint.objects.filter(market_id__in=market_ids).order_by("recorded_at", "id"):
        moves[selections[point.selection_id].market.event_id].append(
            PriceMove(
                at=point.recorded_at,
                minute=point.minute,
                selection_id=str(point.selection_id),
                odds_milli=point.odds_milli,
                market_millionths=in_millionths(point.probability) or 0,
            )
        )
    return moves


def _incidents_of(event_ids: Sequence[UUID]) -> dict[UUID, list[Seen]]:
    seen: dict[UUID, list[Seen]] = defaultdict(list)
    for row in Incident.objects.filter(event_id__in=event_ids).order_by("event_id", "seq"):
        seen[row.event_id].append(
            Seen(row.recorded_at, row.incident_type, row.side, row.minute, row.home_goals, row.away_goals)
        )
    return seen


def _outside_of(event_ids: Sequence[UUID]) -> dict[UUID, list[OutsidePrice]]:
    prices: dict[UUID, list[OutsidePrice]] = defaultdict(list)
    for row in BettingOddsChange.objects.filter(event_id__in=event_ids).order_by("recorded_at", "id"):
        prices[row.event_id].append(
            OutsidePrice(row.recorded_at, row.source, row.market_key, row.outcome, row.value_milli)
        )
    return prices


def _opinions_of(event_ids: Sequence[UUID]) -> dict[UUID, list[Opinion]]:
    """What was last said before the match. What was said earlier is not kept, so before then nobody said anything."""
    rows = BettingModelInsight.objects.filter(event_id__in=event_ids, stage=InsightStage.BEFORE)
    return {row.event_id: [Opinion(row.prediction_date, Views.from_document(row.rates).model)] for row in rows}


def _results_of(selections: Mapping[UUID, Selection]) -> dict[UUID, list[ResultSeen]]:
    """Every version in its time, those without a result too: what a deduction came before, and what was taken back.

    Deductions and voids are known for the newest version alone.
    """
    adjustments = read_adjustments({selection.market_id for selection in selections.values()})
    rows = list(SelectionResult.objects.filter(selection_id__in=list(selections)).order_by("recorded_at", "id"))
    newest = {row.selection_id: row.id for row in rows}
    seen: dict[UUID, list[ResultSeen]] = defaultdict(list)
    for row in rows:
        selection = selections[row.selection_id]
        is_newest = newest[row.selection_id] == row.id
        worth = Worth(
            outcome=row.result,  # type: ignore[arg-type]  # a check constraint admits only results
            void_halves=row.void_halves,
            dead_heat_places=row.dead_heat_places,
            dead_heat_tied=row.dead_heat_tied,
            deductions=adjustments.deductions.get(selection.market_id, ()) if is_newest else (),
            cancelled=adjustments.cancelled.get(selection.market_id, ()) if is_newest else (),
        )
        seen[selection.market.event_id].append(ResultSeen(row.recorded_at, str(row.selection_id), worth))
    return seen
