"""Writing results of selections: one writer for grading, the desk, deductions and cancel windows.

Every change makes the next version of the selection, which is what tells settlement to work its slips out again.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

from betting.core.catalogue import LOBBY_KEYS
from betting.core.grading import Grade
from betting.core.results import judge_result
from betting.models import EventBook, Market, MarketStatus, ResultCause, Selection, SelectionResult
from betting.queries.markets import list_lobby_keys, market_keyed, selection_keyed
from betting.streams import EVENT_PRICES, LOBBY_PRICES
from project.kit import clock
from project.kit.streams import publish_latest
from project.kit.topics import Keyed

RESULT_FIELDS: Final = (
    "result", "void_halves", "dead_heat_places", "dead_heat_tied",
    "place_result", "place_dead_heat_places", "place_dead_heat_tied",
)  # fmt: skip

_WRITE: Final = """
    UPDATE betting_selection AS selection
       SET odds_milli = given.odds_milli, result = given.result, void_halves = given.void_halves,
           dead_heat_places = given.dead_heat_places, dead_heat_tied = given.dead_heat_tied,
           place_result = given.place_result, place_dead_heat_places = given.place_dead_heat_places,
           place_dead_heat_tied = given.place_dead_heat_tied, result_version = given.result_version,
           result_produced_at = given.result_produced_at, version = given.version, updated_at = %s
      FROM unnest(%s::uuid[], %s::integer[], %s::text[], %s::smallint[], %s::smallint[], %s::smallint[], %s::text[],
                  %s::smallint[], %s::smallint[], %s::integer[], %s::timestamptz[], %s::bigint[])
           AS given (id, odds_milli, result, void_halves, dead_heat_places, dead_heat_tied, place_result,
                     place_dead_heat_places, place_dead_heat_tied, result_version, result_produced_at, version)
     WHERE selection.id = given.id
"""


@dataclass(frozen=True)
class Source:
    """Where news of results come from: why, when its producer made it, and for the desk who and for what reason."""

    cause: ResultCause
    produced_at: datetime
    actor_id: UUID | None = None
    reason: str = ""


def grade_of(selection: Selection) -> Grade | None:
    """The selection's result as it stands, None where there is none."""
    if not selection.result:
        return None
    return Grade(
        selection.result,  # type: ignore[arg-type]  # a check constraint admits only results
        selection.void_halves,
        selection.dead_heat_places,
        selection.dead_heat_tied,
        selection.place_result,  # type: ignore[arg-type]  # as above
        selection.place_dead_heat_places,
        selection.place_dead_heat_tied,
    )


def apply_grades(
    book: EventBook, markets: Sequence[Market], grades: Mapping[UUID, Grade | None], source: Source
) -> list[Selection]:
    """Apply news of selections' results, None for no result again; answers whose version grew.

    The caller holds the book's row, gives markets with their selections prefetched, and saves the book afterwards.
    A selection with a result takes no bets. Older news than what was applied changes nothing.
    """
    book.version += 1
    touched, changed = [], []
    for selection in (one for market in markets for one in market.selections.all() if one.id in grades):
        grade = grades[selection.id]
        verdict = judge_result(grade_of(selection), selection.result_produced_at, grade, source.produced_at)
        if verdict == "stale":
            continue
        if verdict == "changed":
            _set(selection, grade)
            selection.result_version += 1
            changed.append(selection)
        selection.result_produced_at = source.produced_at
        selection.version = book.version
        selection.odds_milli = None if grade else selection.odds_milli
        touched.append(selection)
    _write(touched)
    _record(changed, source)
    if changed:
        book.results_no += 1
    _publish(book, _move_markets(markets, book.version, {selection.market_id for selection in changed}), touched)
    return changed


def bump_versions(book: EventBook, markets: Iterable[Market], source: Source) -> None:
    """Let every selection of these markets be settled again: what its bets are worth has changed, not its result.

    The caller holds the book's row and saves it afterwards.
    """
    selections = list(Selection.objects.filter(market__in=markets).order_by("id"))
    for selection in selections:
        selection.result_version += 1
    Selection.objects.bulk_update(selections, ["result_version"])
    _record(selections, source)
    book.results_no += 1


def _set(selection: Selection, grade: Grade | None) -> None:
    known = grade or Grade("void", 0)
    for name in RESULT_FIELDS:
        setattr(selection, name, getattr(known, name))
    if grade is None:
        selection.result = ""


def _write(selections: Sequence[Selection]) -> None:
    if not selections:
        return
    names = ("id", "odds_milli", *RESULT_FIELDS, "result_version", "result_produced_at", "version")
    with connection.cursor() as cursor:
        cursor.execute(
            _WRITE, [clock.now(), *([getattr(selection, name) for selection in selections] for name in names)]
        )


def _record(selections: Iterable[Selection], source: Source) -> None:
    now = clock.now()
    SelectionResult.objects.bulk_create(
        SelectionResult(
            selection=selection,
            version=selection.result_version,
            **{name: getattr(selection, name) for name in RESULT_FIELDS},
            cause=source.cause,
            actor_id=source.actor_id,
            reason=source.reason,
            produced_at=source.produced_at,
            recorded_at=now,
        )
        for selection in selections
    )


def _move_markets(markets: Sequence[Market], version: int, changed_ids: Set[UUID]) -> list[Market]:
    """A market is settled while all its selections have results; one that lost a result waits, suspended. One that pays
    places is told anew: whether it still takes each-way bets is a matter of the prices that are left.

    Any change of results counts as a stop: a bet that waits was made before it, and is not taken though the result is
    gone again and the market open.
    """
    moved = []
    for market in markets:
        market.stop_count += market.id in changed_ids
        is_settled = market.status == MarketStatus.SETTLED
        has_all = all(selection.result for selection in market.selections.all())
        has_status = has_all == is_settled or market.status == MarketStatus.CANCELLED
        if has_status and (market.each_way_places is None or market.id not in changed_ids):
            continue
        if not has_status:
            market.status = MarketStatus.SETTLED if has_all else MarketStatus.SUSPENDED
        market.version = version
        moved.append(market)
    written_ids = changed_ids | {market.id for market in moved}
    written = [market for market in markets if market.id in written_ids]
    Market.objects.bulk_update(written, ["status", "version", "stop_count"])
    return moved


def _publish(book: EventBook, markets: Sequence[Market], selections: Sequence[Selection]) -> None:
    keys = [
        market_keyed(market, sorted(market.selections.all(), key=lambda selection: selection.sort))
        for market in markets
    ]
    keys += [
        selection_keyed(
            selection_id=selection.id,
            market_id=selection.market_id,
            version=selection.version,
            odds_milli=selection.odds_milli,
            result=selection.result,
        )
        for selection in selections
    ]
    publish_latest(EVENT_PRICES.name_for(event_id=book.event_id), keys)
    if book.graded_result_version:  # the event is over and leaves the lobby
        publish_latest(LOBBY_PRICES.pattern, [Keyed(str(book.event_id), book.version, None)])
    elif any(selection.market.key in LOBBY_KEYS for selection in selections):
        publish_latest(LOBBY_PRICES.pattern, list_lobby_keys([book.event_id]))
