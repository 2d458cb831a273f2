"""A person's slips added up, as rows of a file, and the settlements of one of them."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from betting.models import BetHistory, BetSlip
from betting.models.slips import OPEN_STATUSES, SETTLED_STATUSES, SlipStatus
from betting.queries.slips import describe_slips, list_cash_out_ends
from betting.schemas.slip_reports import SettlementReply, SettlementsReply, SlipSummaryReply
from betting.schemas.slips import SlipReply
from project.kit.money import format_minor

# Years of a busy person; a file beyond it would outlast the request.
ROWS_MAX: Final = 10_000
ROWS_A_QUERY: Final = 500
COLUMNS: Final = (
    "id",
    "placed_at",
    "settled_at",
    "status",
    "bet_type",
    "lines",
    "each_way",
    "free_bet",
    "selections",
    "odds",
    "currency",
    "stake",
    "returned",
    "profit",
)
# A cell that begins so is a formula to spreadsheets, and names come from outside.
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


def summarize_slips(user_id: UUID, currency: str) -> SlipSummaryReply:
    slips = BetSlip.objects.filter(user_id=user_id, currency=currency)
    is_settled = Q(status__in=SETTLED_STATUSES)
    is_open = Q(status__in=OPEN_STATUSES)
    sums = slips.aggregate(
        open=Count("id", filter=is_open),
        running=Coalesce(Sum("remaining_stake_minor", filter=is_open & Q(free_bet__isnull=True)), 0),
        settled=Count("id", filter=is_settled),
        won=Count("id", filter=Q(status=SlipStatus.WON)),
        staked=Coalesce(Sum("stake_minor", filter=is_settled & Q(free_bet__isnull=True)), 0),
        returned=Coalesce(Sum(Coalesce(F("payout_minor"), 0) + F("cashed_out_minor"), filter=is_settled), 0),
    )
    return SlipSummaryReply(
        currency=currency,
        open=sums["open"],
        running=format_minor(int(sums["running"]), currency),
        settled=sums["settled"],
        won=sums["won"],
        staked=format_minor(int(sums["staked"]), currency),
        returned=format_minor(int(sums["returned"]), currency),
        profit=format_minor(int(sums["returned"] - sums["staked"]), currency),
    )


def list_settlements(slip: BetSlip) -> SettlementsReply:
    rows = BetHistory.objects.filter(bet_slip_id=slip.id).order_by("settlement_no")
    return SettlementsReply(
        settlements=[
            SettlementReply(
                settlement_no=row.settlement_no,
                outcome=row.outcome,  # type: ignore[arg-type]  # written from the statuses of slips
                payout=format_minor(row.winnings_minor, row.currency),
                difference=format_minor(row.difference_minor, row.currency),
                at=row.timestamp,
            )
            for row in rows
        ]
    )


def write_slips_csv(user_id: UUID) -> str:
    """The newest slips, newest first, with a heading; times in UTC, money as decimal text."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for slip, described, ended_at in _newest(user_id):
        writer.writerow(_row(slip, described, ended_at))
    return text.getvalue()


def _newest(user_id: UUID) -> Iterator[tuple[BetSlip, SlipReply, datetime | None]]:
    slips = list(BetSlip.objects.filter(user_id=user_id).order_by("-placed_at", "-id")[:ROWS_MAX])
    for first in range(0, len(slips), ROWS_A_QUERY):
        some = slips[first : first + ROWS_A_QUERY]
        described = describe_slips(slip.id for slip in some)
        ended = list_cash_out_ends(some)
        yield from ((slip, described[slip.id], slip.settled_at or ended.get(slip.id)) for slip in some)


def _row(slip: BetSlip, described: SlipReply, ended_at: datetime | None) -> list[object]:
    is_settled = slip.status in SETTLED_STATUSES
    returned_minor = (slip.payout_minor or 0) + slip.cashed_out_minor
    own_stake_minor = 0 if described.is_free_bet else slip.stake_minor
    legs = "; ".join(
        f"{leg.selection_name} @ {leg.odds} ({leg.market_name}, {leg.event_name}{', banker' if leg.is_banker else ''})"
        for leg in described.legs
    )
    return [
        slip.id,
        slip.placed_at.isoformat(),
        ended_at.isoformat() if ended_at else "",
        slip.status,
        slip.bet_type,
        slip.line_count,
        "yes" if slip.is_each_way else "no",
        "yes" if described.is_free_bet else "no",
        f"'{legs}" if legs.startswith(_FORMULA_STARTS) else legs,
        described.odds or "",
        slip.currency,
        described.stake,
        format_minor(returned_minor, slip.currency) if is_settled or returned_minor else "",
        format_minor(returned_minor - own_stake_minor, slip.currency) if is_settled else "",
    ]
