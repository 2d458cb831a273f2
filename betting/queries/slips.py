"""Slips as their owner sees them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Max, Prefetch, QuerySet

from betting.core.payout import DEDUCTION_MAX
from betting.models import BetLeg, BetSlip, CancelWindow, CashOut, Deduction, Market, SlipStatus
from betting.models.slips import OPEN_STATUSES, SETTLED_STATUSES
from betting.queries.markets import format_odds, place_terms
from betting.schemas.slips import Rejection, SlipLegReply, SlipReply
from project.kit.money import format_minor
from project.kit.pagination import paginate
from project.kit.schemas import Page

OPEN_SLIPS_MAX = 200  # of the newest ones in the image of a person's stream; the rest is read page by page

_DEDUCTION_PERCENT_MAX: Final = int(DEDUCTION_MAX * 100)
_STATUSES = {"open": OPEN_STATUSES, "pending": OPEN_STATUSES, "settled": SETTLED_STATUSES}


def _with_legs() -> QuerySet[BetSlip]:
    """Slips with their legs in `legs_in_order`. Many slips share few markets, so these are fetched once, not joined."""
    deductions = Prefetch("deductions", Deduction.objects.filter(is_active=True), to_attr="standing_deductions")
    windows = Prefetch("cancel_windows", CancelWindow.objects.filter(is_active=True), to_attr="standing_windows")
    markets = Prefetch("market", Market.objects.prefetch_related(deductions, windows))
    legs = BetLeg.objects.order_by("position").prefetch_related("selection", markets, "event")
    return BetSlip.objects.prefetch_related(Prefetch("legs", legs, to_attr="legs_in_order"))


def slip_reply(slip: BetSlip, legs: Iterable[BetLeg]) -> SlipReply:
    """The slip with its legs and what they name. Built from our own rows, so nothing is validated again."""
    return SlipReply.model_construct(
        id=slip.id,
        status=slip.status,  # type: ignore[arg-type]  # a check constraint admits only statuses
        bet_type=slip.bet_type,  # type: ignore[arg-type]  # a check constraint admits only bet types
        stake=format_minor(slip.stake_minor, slip.currency),
        odds=format_odds(slip.odds_milli),
        potential_win=format_minor(slip.potential_win_minor, slip.currency),
        payout=_money(slip.payout_minor, slip.currency),
        currency=slip.currency,
        placed_at=slip.placed_at,
        settled_at=slip.settled_at,
        price_policy=slip.price_policy,  # type: ignore[arg-type]  # written from the command's literal
        legs=[_leg_reply(leg, slip.placed_at) for leg in legs],
        event_id=slip.event_id,
        predicted_outcome=slip.predicted_outcome or None,
        line_sizes=slip.line_sizes,
        line_count=slip.line_count,
        is_each_way=slip.is_each_way,
        is_free_bet=slip.free_bet_id is not None,
        remaining_stake=format_minor(slip.remaining_stake_minor, slip.currency),
        cashed_out=format_minor(slip.cashed_out_minor, slip.currency),
        cash_out_target=_money(slip.cash_out_target_minor, slip.currency),
        due_at=slip.due_at,
        rejection=None if slip.rejection is None else Rejection.model_validate(slip.rejection),
    )


def _money(minor: int | None, currency: str) -> str | None:
    return None if minor is None else format_minor(minor, currency)


def _dead_heat(places: int, tied: int) -> str | None:
    return None if places == tied else f"{places}/{tied}"


def _describe(slip: BetSlip) -> SlipReply:
    return slip_reply(slip, slip.legs_in_order)  # type: ignore[attr-defined]  # from `_with_legs`


def _leg_reply(leg: BetLeg, placed_at: datetime) -> SlipLegReply:
    """A leg with what it is settled by: where the desk has voided bets of that time, its selection's result is not."""
    reply = _as_graded(leg, _deducted_percent(leg.market, placed_at))
    if _is_cancelled(leg.market, placed_at):
        place_result = "void" if reply.place_terms else None
        void = {"status": "settled", "result": "void", "void_halves": 2, "place_result": place_result}
        return reply.model_copy(update=void | {"dead_heat": None})
    return reply


def _is_cancelled(market: Market, placed_at: datetime) -> bool:
    windows: Iterable[CancelWindow] = market.standing_windows  # type: ignore[attr-defined]  # from `_with_legs`
    return any(window.covers(placed_at) for window in windows)


def _deducted_percent(market: Market, placed_at: datetime) -> int:
    deductions: Iterable[Deduction] = market.standing_deductions  # type: ignore[attr-defined]  # from `_with_legs`
    return min(_DEDUCTION_PERCENT_MAX, sum(one.percent for one in deductions if placed_at < one.placed_before))


def _as_graded(leg: BetLeg, deduction_percent: int) -> SlipLegReply:
    return SlipLegReply.model_construct(
        selection_id=leg.selection_id,
        market_id=leg.market_id,
        event_id=leg.event_id,
        event_name=leg.event.name,
        market_name=leg.market.name,
        selection_name=leg.selection.name,
        odds=format_odds(leg.odds_milli) or "",
        status="settled" if leg.selection.result else "open",
        result=leg.selection.result or None,  # type: ignore[arg-type]  # a check constraint admits only results
        is_banker=leg.is_banker,
        void_halves=leg.selection.void_halves,
        dead_heat=_dead_heat(leg.selection.dead_heat_places, leg.selection.dead_heat_tied),
        deduction_percent=deduction_percent,
        place_terms=place_terms(leg.market),
        place_result=leg.selection.place_result or None,  # type: ignore[arg-type]  # as above
    )


def list_slips(*, user_id: UUID, status: str, cursor: str | None) -> Page[SlipReply]:
    """A person's slips, newest first; `status` is open or pending, settled or all."""
    slips = _with_legs().filter(user_id=user_id)
    if status in _STATUSES:
        slips = slips.filter(status__in=_STATUSES[status])
    return paginate(slips, cursor=cursor, order=("-placed_at", "-id"), shape=_describe)


def list_open_slips(user_id: UUID) -> list[SlipReply]:
    slips = _with_legs().filter(user_id=user_id, status__in=OPEN_STATUSES).order_by("-placed_at", "-id")
    return [_describe(slip) for slip in slips[:OPEN_SLIPS_MAX]]


def describe_slips(slip_ids: Iterable[UUID]) -> dict[UUID, SlipReply]:
    """Slips by id, whoever owns them; for the apps above and for streams."""
    return {slip.id: _describe(slip) for slip in _with_legs().filter(id__in=list(slip_ids))}


def list_cash_out_ends(slips: Iterable[BetSlip]) -> dict[UUID, datetime]:
    """When those of these slips were over that were cashed out to the end: no result settles them any more."""
    ids = [slip.id for slip in slips if slip.status == SlipStatus.CASHED_OUT]
    taken = CashOut.objects.filter(slip_id__in=ids).order_by().values_list("slip_id")
    return dict(taken.annotate(ended_at=Max("created_at")))


def get_slip_reply(slip: BetSlip) -> SlipReply:
    return describe_slips([slip.id])[slip.id]
