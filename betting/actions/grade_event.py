"""Grading an event: the result of every selection from the final score, as a new version where it differs."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db import connection, transaction

from betting.core.grading import Grade, grade_market
from betting.locks import lock_book
from betting.models import Market, MarketStatus, Selection, SelectionResult
from betting.queries.markets import market_keyed, selection_keyed
from betting.streams import EVENT_PRICES, LOBBY_PRICES
from project.kit import clock
from project.kit.streams import publish_latest
from project.kit.topics import Keyed
from sports.queries.results import FinalResult, find_final_result

# A cancelled market has paid back, one handed over is settled elsewhere.
UNGRADED_STATUSES = (MarketStatus.CANCELLED, MarketStatus.HANDED_OVER)


_WRITE_RESULTS = """
    WITH graded AS (
        SELECT * FROM unnest(%s::uuid[], %s::text[], %s::smallint[], %s::integer[], %s::bigint[])
            AS graded (id, result, void_halves, result_version, version)
    )
    UPDATE betting_selection AS selection
       SET odds_milli = NULL, result = graded.result, void_halves = graded.void_halves,
           result_version = graded.result_version, version = graded.version, updated_at = %s
      FROM graded
     WHERE selection.id = graded.id
"""


@transaction.atomic(durable=True)
def grade_event(*, event_id: UUID) -> int:
    """Apply the newest final result to the selections; answers the version that holds. Older ones are ignored.

    Locks the book's row and reads the result under it, so that of two corrections the newer one stays.
    """
    book = lock_book(event_id)
    result = find_final_result(event_id)
    if result is None or result.version <= book.graded_result_version:
        return book.graded_result_version
    book.version += 1
    markets = list(
        Market.objects.filter(event_id=event_id)
        .exclude(status__in=UNGRADED_STATUSES)
        .order_by("sort", "key")
        .prefetch_related("selections")
    )
    changed = [selection for market in markets for selection in _grade(market, result, book_version=book.version)]
    _record(changed, result)
    closed = _close(markets, book.version)
    book.graded_result_version = result.version
    book.save(update_fields=["version", "graded_result_version"])
    publish_latest(EVENT_PRICES.name_for(event_id=event_id), _keys_of(closed, changed))
    publish_latest(LOBBY_PRICES.pattern, [Keyed(str(event_id), book.version, None)])
    return result.version


def _grade(market: Market, result: FinalResult, *, book_version: int) -> list[Selection]:
    """The market's selections whose result or offer changes, changed in memory."""
    selections = list(market.selections.all())
    grades: Mapping[str, Grade] = grade_market(
        market.market_type,
        market.specifiers,
        [selection.outcome for selection in selections],
        result.facts,
        places=market.each_way_places or 0,
    )
    changed = []
    for selection in selections:
        grade = grades[selection.outcome]
        if (selection.result, selection.void_halves) != (grade.result, grade.void_halves):
            selection.result = grade.result
            selection.void_halves = grade.void_halves
            selection.result_version = result.version
        elif selection.odds_milli is None:
            continue
        selection.odds_milli = None
        selection.version = book_version
        changed.append(selection)
    return changed


def _record(changed: Sequence[Selection], result: FinalResult) -> None:
    """Write the selections, and one result version for each whose result is of this version."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            _WRITE_RESULTS,
            [
                [selection.id for selection in changed],
                [selection.result for selection in changed],
                [selection.void_halves for selection in changed],
                [selection.result_version for selection in changed],
                [selection.version for selection in changed],
                now,
            ],
        )
    SelectionResult.objects.bulk_create(
        SelectionResult(
            selection=selection,
            version=result.version,
            result=selection.result,
            void_halves=selection.void_halves,
            produced_at=result.recorded_at,
            recorded_at=now,
        )
        for selection in changed
        if selection.result_version == result.version
    )


def _close(markets: Iterable[Market], book_version: int) -> list[Market]:
    closed = [market for market in markets if market.status != MarketStatus.SETTLED]
    for market in closed:
        market.status = MarketStatus.SETTLED
        market.version = book_version
    Market.objects.bulk_update(closed, ["status", "version"])
    return closed


def _keys_of(closed: Sequence[Market], changed: Sequence[Selection]) -> list[Keyed]:
    keys = [
        market_keyed(market, sorted(market.selections.all(), key=lambda selection: selection.sort)) for market in closed
    ]
    keys += [
        selection_keyed(
            selection_id=selection.id,
            market_id=selection.market_id,
            version=selection.version,
            odds_milli=None,
            result=selection.result,
        )
        for selection in changed
    ]
    return keys
