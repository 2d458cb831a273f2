"""Results by hand and by message: set, taken back, deductions for withdrawals, windows whose bets are void.

Results and windows are facts with their producer's time: older than what was applied is ignored and the same again
changes nothing, so the order in which messages come does not matter. Deductions have no such time: while one stands the
same again changes nothing, and once it was undone the same is a new one. Each wakes the settlement of its event.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from betting.actions.cancel_windows import Span, move_window
from betting.actions.settlement_jobs import enqueue_settlement
from betting.actions.write_results import Source, apply_grades, bump_versions
from betting.core.grading import Grade
from betting.locks import lock_book, lock_market_exclusive
from betting.models import CancelWindow, Deduction, EventBook, Market, ResultCause
from project.kit import clock
from project.kit.errors import NotFound
from sports.locks import lock_event_exclusive


@dataclass(frozen=True)
class Order:
    """Who asks for a change and why; `produced_at` is the time of the message, or now."""

    reason: str
    produced_at: datetime
    actor_id: UUID | None = None

    def source(self, cause: ResultCause) -> Source:
        return Source(cause, self.produced_at, self.actor_id, self.reason)


@transaction.atomic(durable=True)
def set_results(*, market_id: UUID, grades: Mapping[UUID, Grade], order: Order) -> int:
    """Give selections of a market their results, whatever graded them before; answers how many changed.

    Holds off slips and cash-outs on the event, as `roll_back_results` and the windows do.
    """
    return _apply(market_id, grades, order.source(ResultCause.SET))


@transaction.atomic(durable=True)
def roll_back_results(*, market_id: UUID, order: Order) -> int:
    """Take all results of a market back: its slips are open again. Answers how many selections had one."""
    market = _find_market(market_id)
    return _apply(market_id, {one.id: None for one in market.selections.all()}, order.source(ResultCause.ROLLED_BACK))


@transaction.atomic(durable=True)
def add_deduction(
    *, market_id: UUID, percent: int, placed_before: datetime, withdrawn_selection_id: UUID | None, order: Order
) -> Deduction:
    """Rule 4 on the slips placed before a withdrawal. The same deduction again is the one that stands."""
    market, book = _lock(market_id)
    standing = Deduction.objects.filter(
        market=market,
        percent=percent,
        placed_before=placed_before,
        withdrawn_selection_id=withdrawn_selection_id,
        is_active=True,
    ).first()
    if standing is not None:
        return standing
    deduction = Deduction.objects.create(
        market=market,
        percent=percent,
        placed_before=placed_before,
        withdrawn_selection_id=withdrawn_selection_id,
        reason=order.reason,
        created_by_id=order.actor_id,
        created_at=clock.now(),
    )
    _settle_again(book, market, order.source(ResultCause.DEDUCTION))
    return deduction


@transaction.atomic(durable=True)
def undo_deduction(*, deduction_id: UUID, order: Order) -> None:
    """Let a deduction count no more. Raises NotFound."""
    found = Deduction.objects.filter(id=deduction_id).first()
    if found is None:
        raise NotFound("No such deduction")
    market, book = _lock(found.market_id)
    if Deduction.objects.filter(id=deduction_id, is_active=True).update(is_active=False):
        _settle_again(book, market, order.source(ResultCause.DEDUCTION))


@transaction.atomic(durable=True)
def set_cancel_window(
    *, market_id: UUID, starts_at: datetime | None, ends_at: datetime | None, order: Order
) -> CancelWindow:
    """Void the market's bets placed in [starts_at, ends_at), null for open. Ignored after a later undoing.

    A window whose end is open or to come suspends its market. Raises ValidationFailed, NotFound.
    """
    return _move_window(market_id, Span(starts_at, ends_at), order, is_active=True)


@transaction.atomic(durable=True)
def undo_cancel_window(
    *, market_id: UUID, starts_at: datetime | None, ends_at: datetime | None, order: Order
) -> CancelWindow:
    """Bring back what the window voided. One that is not known yet is remembered as undone."""
    return _move_window(market_id, Span(starts_at, ends_at), order, is_active=False)


def _move_window(market_id: UUID, span: Span, order: Order, *, is_active: bool) -> CancelWindow:
    """Looks at what was placed."""
    span.check("/ends_at")
    _hold_off_bets(market_id)
    market, book = _lock(market_id)
    source = order.source(ResultCause.CANCEL_WINDOW)
    window, is_changed = move_window(book, market, span, source, is_active=is_active)
    if is_changed:
        book.save(update_fields=["version", "results_no"])
        enqueue_settlement(book.event_id)
    return window


def _apply(market_id: UUID, grades: Mapping[UUID, Grade | None], source: Source) -> int:
    """A slip that committed after the result would be taken with the outcome known, and no settlement would see it."""
    _hold_off_bets(market_id)
    _, book = _lock(market_id)
    changed = apply_grades(book, [_find_market(market_id)], grades, source)
    book.save(update_fields=["version", "results_no"])
    enqueue_settlement(book.event_id)
    return len(changed)


def _settle_again(book: EventBook, market: Market, source: Source) -> None:
    bump_versions(book, [market], source)
    book.save(update_fields=["results_no"])
    enqueue_settlement(book.event_id)


def _hold_off_bets(market_id: UUID) -> None:
    """Wait for the slips, cash-outs and tickets in flight on the event, and let none begin."""
    lock_event_exclusive(_find_market(market_id).event_id)
    lock_market_exclusive(market_id)


def _lock(market_id: UUID) -> tuple[Market, EventBook]:
    market = _find_market(market_id)
    return market, lock_book(market.event_id)


def _find_market(market_id: UUID) -> Market:
    market = Market.objects.filter(id=market_id).prefetch_related("selections").first()
    if market is None:
        raise NotFound("No such market")
    return market
