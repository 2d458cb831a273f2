"""Grading an event: the result of every selection from the facts of the event, as a new version where it differs."""

from uuid import UUID

from django.db import transaction

from betting.actions.write_results import Source, apply_grades
from betting.core.grading import grade_market
from betting.locks import lock_book
from betting.models import Market, MarketStatus, ResultCause
from sports.queries.results import find_final_result

# A cancelled market has paid back, one handed over is settled elsewhere.
UNGRADED_STATUSES = (MarketStatus.CANCELLED, MarketStatus.HANDED_OVER)


@transaction.atomic(durable=True)
def grade_event(*, event_id: UUID) -> int:
    """Apply the newest final result to the selections; answers the version that holds. Older ones are ignored.

    Locks the book's row and reads the result under it, so that of two corrections the newer one stays.
    """
    book = lock_book(event_id)
    result = find_final_result(event_id)
    if result is None or result.version <= book.graded_result_version:
        return book.graded_result_version
    markets = list(
        Market.objects.filter(event_id=event_id)
        .exclude(status__in=UNGRADED_STATUSES)
        .order_by("sort", "key")
        .prefetch_related("selections")
    )
    grades = {}
    for market in markets:
        selections = {selection.outcome: selection.id for selection in market.selections.all()}
        graded = grade_market(
            market.market_type,
            market.specifiers,
            list(selections),
            result.facts,
            places=market.each_way_places or 0,
        )
        grades.update({selections[outcome]: grade for outcome, grade in graded.items()})
    book.graded_result_version = result.version
    apply_grades(book, markets, grades, Source(ResultCause.GRADED, result.recorded_at))
    if book.settled_results_no == book.results_no:
        book.settled_result_version = result.version
    book.save(update_fields=["version", "graded_result_version", "settled_result_version", "results_no"])
    return result.version
