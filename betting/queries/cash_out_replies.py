"""Cash-outs as the slip's owner sees them."""

from datetime import datetime

from betting.core.cash_out import MARGIN_MILLI, CashOutLeg, find_reason, offer_minor
from betting.core.payout import leg_factor
from betting.models import BetLeg, BetSlip, CashOut, CashOutQuote
from betting.queries.cash_outs import SlipView, list_taken, view_slips
from betting.queries.markets import format_odds
from betting.schemas.cash_outs import CashOutLegReply, CashOutQuoteReply, CashOutValueReply, TakenCashOut
from project.kit.money import format_milli, format_minor

_MARGIN = f"0.{MARGIN_MILLI:03d}"


def get_value(slip: BetSlip, now: datetime) -> CashOutValueReply:
    """What all that remains of a slip would be cashed out for now, or why not."""
    view = view_slips([slip], now)[0]
    reason = find_reason(view.facts, now)
    offer = 0 if reason else offer_minor(view.facts, slip.remaining_stake_minor)
    if reason is None and offer == 0:
        reason = "too_small"
    target = slip.cash_out_target_minor
    return CashOutValueReply(
        slip_id=slip.id,
        offer=None if reason else format_minor(offer, slip.currency),
        reason=reason,
        remaining_stake=format_minor(slip.remaining_stake_minor, slip.currency),
        target=None if target is None else format_minor(target, slip.currency),
        currency=slip.currency,
        margin=_MARGIN,
        legs=_leg_replies(view),
        taken=[taken_reply(cash_out, slip.currency) for cash_out in list_taken(slip.id)],
    )


def quote_reply(quote: CashOutQuote, view: SlipView) -> CashOutQuoteReply:
    slip = view.slip
    return CashOutQuoteReply(
        id=quote.id,
        slip_id=slip.id,
        stake=format_minor(quote.stake_minor, slip.currency),
        offer=format_minor(quote.offer_minor, slip.currency),
        remaining_stake=format_minor(slip.remaining_stake_minor, slip.currency),
        currency=slip.currency,
        margin=_MARGIN,
        legs=_leg_replies(view),
        expires_at=quote.expires_at,
    )


def taken_reply(cash_out: CashOut, currency: str) -> TakenCashOut:
    return TakenCashOut(
        id=cash_out.id,
        kind=cash_out.kind,  # type: ignore[arg-type]  # a check constraint admits only kinds
        stake=format_minor(cash_out.stake_minor, currency),
        paid=format_minor(cash_out.paid_minor, currency),
        at=cash_out.created_at,
    )


def _leg_replies(view: SlipView) -> list[CashOutLegReply]:
    return [_leg_reply(leg, facts) for leg, facts in zip(view.legs, view.facts.legs, strict=True)]


def _leg_reply(leg: BetLeg, facts: CashOutLeg) -> CashOutLegReply:
    return CashOutLegReply(
        selection_id=leg.selection_id,
        struck_odds=format_milli(leg.odds_milli),
        current_odds=None if facts.result else format_odds(facts.current_odds_milli),
        factor=str(leg_factor(facts.result)) if facts.result else None,
    )
