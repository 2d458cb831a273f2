"""Windows whose bets are void: one writer for the desk and for messages, whose locks and book the caller holds.

A window is one row, whoever asks for it and however often. Of two messages about it the one made later holds, of two
made at the same time the later to arrive, as with results.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from betting.actions.market_status import publish_market, write_status
from betting.actions.write_results import Source, bump_versions
from betting.models import CancelWindow, EventBook, Market, MarketStatus
from project.kit import clock
from project.kit.errors import ValidationFailed

# Thousands of systems on one market take longer to read than a request may.
RESTATED_WITHIN: Final = "1min"
_RESTATE: Final = "SELECT betting_restate_exposure(%s)"


@dataclass(frozen=True)
class Span:
    """From when until when: bets placed at the start are in it, those placed at the end are not; null is open."""

    starts_at: datetime | None
    ends_at: datetime | None

    def check(self, pointer: str) -> None:
        """Raises ValidationFailed at that field."""
        if self.starts_at and self.ends_at and self.starts_at >= self.ends_at:
            message = "The window ends after it starts"
            raise ValidationFailed(message, errors=[{"pointer": pointer, "code": "invalid", "message": message}])


def move_window(
    book: EventBook, market: Market, span: Span, source: Source, *, is_active: bool
) -> tuple[CancelWindow, bool]:
    """Void the bets of a window or let them stand again; answers it, and whether that changed anything.

    Older news than what is known changes nothing; one that nobody knows yet is remembered as undone. A market that
    would go on taking void bets is suspended. The caller holds the event's and the market's locks exclusively and the
    book's row, and saves the book afterwards.
    """
    window = find_window(market, span)
    if window is not None and source.produced_at < window.produced_at:
        return window, False
    was_active = window is not None and window.is_active
    window = window or CancelWindow(
        market=market,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        reason=source.reason,
        created_by_id=source.actor_id,
        created_at=clock.now(),
        is_active=False,
        undone_at=clock.now(),
    )
    window.produced_at = source.produced_at
    if was_active != is_active:
        window.is_active = is_active
        window.undone_at = None if is_active else clock.now()
        window.reason = source.reason
    window.save()
    if was_active != is_active:
        if is_active:
            _close_for_void_bets(book, market, span)
        _restate_exposure(market)
        bump_versions(book, [market], source)
    return window, was_active != is_active


def find_window(market: Market, span: Span) -> CancelWindow | None:
    """The row of exactly this window, active or undone."""
    return CancelWindow.objects.filter(market=market, starts_at=span.starts_at, ends_at=span.ends_at).first()


def _restate_exposure(market: Market) -> None:
    """Void bets put nothing at risk, and those that stand again do: in deltas, which the next fold shows and prices."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [RESTATED_WITHIN])
        cursor.execute(_RESTATE, [market.id])


def _close_for_void_bets(book: EventBook, market: Market, span: Span) -> None:
    """Suspend a market on which bets could still be placed in the window: they would be void from the start."""
    is_over = span.ends_at is not None and span.ends_at <= clock.now()
    if is_over or market.status != MarketStatus.ACTIVE:
        return
    write_status(book, market, MarketStatus.SUSPENDED)
    publish_market(market)
