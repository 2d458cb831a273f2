"""What each kind of proposal writes about a market, inside the transaction of whoever previews or applies it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from betting.actions.cancel_windows import Span, find_window, move_window
from betting.actions.write_results import RESULT_FIELDS, Source, apply_grades, bump_versions
from betting.core.grading import Grade
from betting.models import (
    CancelWindow,
    Deduction,
    DeskActionKind,
    EventBook,
    Market,
    ResultCause,
    Selection,
)
from betting.schemas.desk import (
    DeductionPayload,
    DeskPayload,
    GivenResult,
    RollBackPayload,
    SettleMarketPayload,
    UndoDeductionPayload,
    UndoVoidPayload,
    VoidMarketPayload,
)
from project.kit.errors import ValidationFailed, VersionConflict

SCHEMAS: Final[Mapping[str, type[Any]]] = {
    DeskActionKind.VOID_MARKET: VoidMarketPayload,
    DeskActionKind.UNDO_VOID: UndoVoidPayload,
    DeskActionKind.SETTLE_MARKET: SettleMarketPayload,
    DeskActionKind.ROLL_BACK: RollBackPayload,
    DeskActionKind.DEDUCTION: DeductionPayload,
    DeskActionKind.UNDO_DEDUCTION: UndoDeductionPayload,
}


@dataclass(frozen=True)
class Desk:
    """Who writes, why, when, on which market, whose book's row is held."""

    book: EventBook
    market: Market
    actor_id: UUID
    reason: str
    at: datetime

    def source(self, cause: ResultCause) -> Source:
        return Source(cause, self.at, self.actor_id, self.reason[:300])


def write_payload(desk: Desk, payload: DeskPayload) -> None:
    """Make the change and let settlement find it. Raises ValidationFailed, VersionConflict; saves the book."""
    write: Callable[[Desk, Any], None] = _WRITERS[type(payload)]
    write(desk, payload)
    desk.book.save()


def describe_state(market: Market) -> dict[str, Any]:
    """What a proposal may change about a market, as it stands: kept before and after, and compared."""
    selections = Selection.objects.filter(market=market).order_by("sort", "id")
    windows = CancelWindow.objects.filter(market=market, is_active=True).order_by("created_at", "id")
    deductions = Deduction.objects.filter(market=market, is_active=True).order_by("created_at", "id")
    return {
        "status": Market.objects.values_list("status", flat=True).get(id=market.id),
        "results": {
            str(one.id): {"name": one.name} | {name: getattr(one, name) for name in RESULT_FIELDS} for one in selections
        },
        "result_versions": {str(one.id): one.result_version for one in selections},
        "cancel_windows": [str(window.id) for window in windows],
        "deductions": [{"id": str(one.id), "percent": one.percent} for one in deductions],
    }


def _void(desk: Desk, payload: VoidMarketPayload) -> None:
    span = Span(payload.starts_at, payload.ends_at)
    span.check("/payload/ends_at")
    if not _move_window(desk, span, is_active=True):
        raise VersionConflict("These bets are void already")


def _undo_void(desk: Desk, payload: UndoVoidPayload) -> None:
    window = CancelWindow.objects.filter(id=payload.window_id, market=desk.market, is_active=True).first()
    if window is None:
        raise VersionConflict("There is no such cancel window any more")
    _move_window(desk, Span(window.starts_at, window.ends_at), is_active=False)


def _move_window(desk: Desk, span: Span, *, is_active: bool) -> bool:
    """Never stale: who decides at the desk knows all that was heard, whatever time its producer put on it."""
    source, known = desk.source(ResultCause.CANCEL_WINDOW), find_window(desk.market, span)
    if known is not None:
        source = replace(source, produced_at=max(source.produced_at, known.produced_at))
    return move_window(desk.book, desk.market, span, source, is_active=is_active)[1]


def _settle(desk: Desk, payload: SettleMarketPayload) -> None:
    has_places = desk.market.each_way_places is not None
    grades = {given.selection_id: _grade_of(given, has_places=has_places) for given in payload.results}
    if len(grades) < len(payload.results):
        raise _invalid("/payload/results", "A selection is named twice")
    _apply(desk, grades, ResultCause.SET)


def _roll_back(desk: Desk, payload: RollBackPayload) -> None:
    selection_ids = Selection.objects.filter(market=desk.market).values_list("id", flat=True)
    _apply(desk, dict.fromkeys(selection_ids), ResultCause.ROLLED_BACK)


def _apply(desk: Desk, grades: Mapping[UUID, Grade | None], cause: ResultCause) -> None:
    """Never stale, as with windows, nor in part."""
    market = Market.objects.prefetch_related("selections").get(id=desk.market.id)
    known_at = {selection.id: selection.result_produced_at for selection in market.selections.all()}
    if grades.keys() - known_at.keys():
        raise _invalid("/payload/results", "A selection belongs to another market")
    times = [known_at[selection_id] or desk.at for selection_id in grades]
    source = replace(desk.source(cause), produced_at=max([desk.at, *times]))
    if not apply_grades(desk.book, [market], grades, source):
        raise VersionConflict("These are the results already")


def _grade_of(given: GivenResult, *, has_places: bool) -> Grade:
    """Where the market pays places, each-way bets wait for the place part, unless the whole is void: that is one grade,
    however it was said, for pools, prices and legs read the result alone."""
    is_void = given.result == "void" or given.void_halves == 2
    if has_places and not given.place_result and not is_void:
        raise _invalid("/payload/results", "This market pays places: say who was placed")
    if has_places and given.result == "won" and given.place_result == "lost":
        raise _invalid("/payload/results", "Who has won is placed")
    if given.dead_heat_places > given.dead_heat_tied or given.place_dead_heat_places > given.place_dead_heat_tied:
        raise _invalid("/payload/results", "A dead heat shares fewer places than are tied")
    return Grade(
        "void" if is_void else given.result,
        2 if is_void else given.void_halves,
        given.dead_heat_places,
        given.dead_heat_tied,
        given.place_result or "",
        given.place_dead_heat_places,
        given.place_dead_heat_tied,
    )


def _deduct(desk: Desk, payload: DeductionPayload) -> None:
    withdrawn = payload.withdrawn_selection_id
    if withdrawn and not Selection.objects.filter(id=withdrawn, market=desk.market).exists():
        raise _invalid("/payload/withdrawn_selection_id", "The selection belongs to another market")
    Deduction.objects.create(
        market=desk.market,
        withdrawn_selection_id=withdrawn,
        percent=payload.percent,
        placed_before=payload.placed_before,
        reason=desk.reason[:300],
        created_by_id=desk.actor_id,
        created_at=desk.at,
    )
    bump_versions(desk.book, [desk.market], desk.source(ResultCause.DEDUCTION))


def _undo_deduction(desk: Desk, payload: UndoDeductionPayload) -> None:
    deductions = Deduction.objects.filter(id=payload.deduction_id, market=desk.market, is_active=True)
    if not deductions.update(is_active=False):
        raise VersionConflict("There is no such deduction any more")
    bump_versions(desk.book, [desk.market], desk.source(ResultCause.DEDUCTION))


def _invalid(pointer: str, message: str) -> ValidationFailed:
    return ValidationFailed(message, errors=[{"pointer": pointer, "code": "invalid", "message": message}])


_WRITERS: Final[Mapping[type[Any], Callable[[Desk, Any], None]]] = {
    VoidMarketPayload: _void,
    UndoVoidPayload: _undo_void,
    SettleMarketPayload: _settle,
    RollBackPayload: _roll_back,
    DeductionPayload: _deduct,
    UndoDeductionPayload: _undo_deduction,
}
