"""What became of selections, as the payout engine reads it: results with the deductions and voids of their markets."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from betting.core.strategies.backtest import Worth
from betting.models import CancelWindow, Deduction, Selection


@dataclass(frozen=True)
class Adjustments:
    """Deductions and cancel windows by market."""

    deductions: Mapping[UUID, tuple[tuple[int, datetime], ...]]
    cancelled: Mapping[UUID, tuple[tuple[datetime | None, datetime | None], ...]]


def read_adjustments(market_ids: Collection[UUID]) -> Adjustments:
    """The active ones of these markets, in two statements."""
    deductions: dict[UUID, list[tuple[int, datetime]]] = defaultdict(list)
    rows = Deduction.objects.filter(market_id__in=market_ids, is_active=True).order_by("created_at", "id")
    for deduction in rows:
        deductions[deduction.market_id].append((deduction.percent, deduction.placed_before))
    cancelled: dict[UUID, list[tuple[datetime | None, datetime | None]]] = defaultdict(list)
    for window in CancelWindow.objects.filter(market_id__in=market_ids, is_active=True).order_by("created_at", "id"):
        cancelled[window.market_id].append((window.starts_at, window.ends_at))
    return Adjustments(
        {market_id: tuple(rows) for market_id, rows in deductions.items()},
        {market_id: tuple(rows) for market_id, rows in cancelled.items()},
    )


def get_worth(selection: Selection, adjustments: Adjustments) -> Worth:
    """The newest word on a selection, which may be that it has no result."""
    return Worth(
        outcome=selection.result,  # type: ignore[arg-type]  # a check constraint admits only results
        void_halves=selection.void_halves,
        dead_heat_places=selection.dead_heat_places,
        dead_heat_tied=selection.dead_heat_tied,
        deductions=adjustments.deductions.get(selection.market_id, ()),
        cancelled=adjustments.cancelled.get(selection.market_id, ()),
    )
