"""Slips as their owner sees them."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from betting.models import BetLeg, BetSlip
from betting.models.slips import OPEN_STATUSES, SETTLED_STATUSES
from betting.queries.markets import format_odds
from betting.schemas import SlipLegReply, SlipReply
from project.kit.money import format_milli, format_minor
from project.kit.pagination import paginate
from project.kit.schemas import Page

OPEN_SLIPS_MAX = 200  # of the newest ones in the image of a person's stream; the rest is read page by page

_STATUSES = {"open": OPEN_STATUSES, "settled": SETTLED_STATUSES}


def _with_legs() -> QuerySet[BetSlip]:
    """Slips with their legs in `legs_in_order`. Many slips share few markets, so these are fetched once, not joined."""
    legs = BetLeg.objects.order_by("position").prefetch_related("selection", "market", "event")
    return BetSlip.objects.prefetch_related(Prefetch("legs", legs, to_attr="legs_in_order"))


def slip_reply(slip: BetSlip, legs: Iterable[BetLeg]) -> SlipReply:
    """The slip with its legs and what they name. Built from our own rows, so nothing is validated again."""
    return SlipReply.model_construct(
        id=slip.id,
        status=slip.status,  # type: ignore[arg-type]  # a check constraint admits only statuses
        bet_type=slip.bet_type,  # type: ignore[arg-type]  # singles alone are taken
        stake=format_minor(slip.stake_minor, slip.currency),
        odds=format_milli(slip.odds_milli),
        potential_win=format_minor(slip.potential_win_minor, slip.currency),
        payout=None if slip.payout_minor is None else format_minor(slip.payout_minor, slip.currency),
        currency=slip.currency,
        placed_at=slip.placed_at,
        settled_at=slip.settled_at,
        price_policy=slip.price_policy,  # type: ignore[arg-type]  # written from the command's literal
        legs=[_leg_reply(leg) for leg in legs],
        event_id=slip.event_id,
        predicted_outcome=slip.predicted_outcome,
    )


def _describe(slip: BetSlip) -> SlipReply:
    return slip_reply(slip, slip.legs_in_order)  # type: ignore[attr-defined]  # from `_with_legs`


def _leg_reply(leg: BetLeg) -> SlipLegReply:
    return SlipLegReply.model_construct(
        selection_id=leg.selection_id,
        market_id=leg.market_id,
        event_id=leg.event_id,
        event_name=leg.event.name,
        market_name=leg.market.name,
        selection_name=leg.selection.name,
        odds=format_odds(leg.odds_milli) or "",
        status="settled" if leg.result else "open",
        result=leg.result or None,  # type: ignore[arg-type]  # a check constraint admits only results
    )


def list_slips(*, user_id: UUID, status: str, cursor: str | None) -> Page[SlipReply]:
    """A person's slips, newest first; `status` is open, settled or all."""
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


def get_slip_reply(slip: BetSlip) -> SlipReply:
    return describe_slips([slip.id])[slip.id]
