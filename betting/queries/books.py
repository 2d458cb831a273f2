"""Reading a book as the pricing core sees it."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import F, Q

from betting.core.book import Exposures, PricedMarket, PricedSelection, Stakes
from betting.models import EventBook
from sports.core.score_facts import ScoreFacts
from sports.core.sport_state import AnyState, facts_of, from_columns
from sports.models import Event, EventResult, EventStatus

PRICED_EVENT_STATUSES = (EventStatus.SCHEDULED, EventStatus.ONGOING, EventStatus.INTERRUPTED)
SWEPT_MAX = 500  # what one sweep hands out; the next one, seconds later, finds the rest
CORRECTIONS_SWEPT = 1_000  # the newest result versions among which a missed correction is looked for


@dataclass(frozen=True)
class BookView:
    """A book with its row locked, and the newest committed state of its match."""

    version: int
    priced_state_version: int
    graded_result_version: int
    event_status: str
    state_version: int
    minute: int
    state: AnyState
    markets: Sequence[PricedMarket]
    exposures: Exposures

    @property
    def sport(self) -> str:
        return self.state.sport

    @property
    def facts(self) -> ScoreFacts:
        """What the event so far decides."""
        return facts_of(self.state)


def lock_book_view(event_id: UUID) -> BookView:
    """Lock the event's book and read all that repricing needs, markets in display order. One round trip."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT betting_read_book(%s)::text", [event_id])
        book = json.loads(cursor.fetchone()[0])
    live = book["state"]
    return BookView(
        version=book["version"],
        priced_state_version=book["priced_state_version"],
        graded_result_version=book["graded_result_version"],
        event_status=book["status"],
        state_version=live["version"],
        minute=live["minute"],
        state=from_columns(live),
        markets=[
            PricedMarket(
                UUID(market_id),
                key,
                market_type,
                specifiers,
                status,
                [PricedSelection(UUID(selection_id), *rest) for selection_id, *rest in selections],
            )
            for market_id, key, market_type, specifiers, status, selections in book["markets"]
        ],
        exposures=_group_exposures(book["exposure"]),
    )


def _group_exposures(rows: Iterable[tuple[str, str, int, int]]) -> Exposures:
    exposures: dict[UUID, list[Stakes]] = {}
    for selection_id, currency, stake_minor, payout_minor in rows:
        exposures.setdefault(UUID(selection_id), []).append(Stakes(currency, stake_minor, payout_minor))
    return exposures


def list_event_ids_behind() -> list[UUID]:
    """Open events whose prices are older than their state, or that have no book yet."""
    behind = Q(book__isnull=True) | Q(live_state__version__gt=F("book__priced_state_version"))
    events = Event.objects.filter(behind, status__in=PRICED_EVENT_STATUSES).order_by("start_time", "id")
    return list(events.values_list("id", flat=True)[:SWEPT_MAX])


def list_event_ids_unsettled() -> list[UUID]:
    """Events with a final result that has not been graded, or with results that not all their slips are settled by."""
    ahead = EventBook.objects.filter(results_no__gt=F("settled_results_no")).order_by("event_id")
    ungraded = EventBook.objects.filter(graded_result_version=0, event__results__is_final=True).order_by("event_id")
    newest = EventResult.objects.order_by("-id")[:CORRECTIONS_SWEPT].values("id")
    corrected = EventResult.objects.filter(
        id__in=newest, is_final=True, version__gt=F("event__book__graded_result_version")
    )
    return sorted(
        {
            *ahead.values_list("event_id", flat=True)[:SWEPT_MAX],
            *ungraded.values_list("event_id", flat=True).distinct()[:SWEPT_MAX],
            *corrected.values_list("event_id", flat=True),
        }
    )
