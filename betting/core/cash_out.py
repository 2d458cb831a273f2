"""What a slip is worth before it is settled: one exact formula, one floor, and every reason for making no offer.

A leg that is settled counts with its factor, an open one with struck odds / current odds: what a stake of one, struck
then, would have to be staked at today's price for the same return. The sum over the slip's lines, as in a settlement,
times the stake, less the house's margin, is the offer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Final, Literal

from betting.core.feed import STATE_VERSIONS_BEHIND_MAX
from betting.core.ladder import ODDS_MILLI_MIN
from betting.core.payout import LegResult, leg_factor, lines_return

Unavailable = Literal[
    "not_accepted",
    "settled",
    "nothing_left",
    "not_offered",
    "lost",
    "stopped",
    "suspended",
    "stale",
    "moved",
    "too_small",
]

MARGIN_MILLI: Final = 50  # the house's share of an offer: its price for ending a bet early
LOWEST_ODDS: Final = Fraction(ODDS_MILLI_MIN, 1_000)
QUOTE_SECONDS: Final = 5.0  # long enough to press a button, short enough that no goal falls into it unseen


@dataclass(frozen=True)
class LegMarket:
    """Whether the price of an open leg can be relied on, read after the locks that a placement takes."""

    is_stopped_at_large: bool
    is_betting_stopped: bool
    event_status: str
    has_begun: bool
    start_time: datetime
    market_status: str
    is_priced_for_incidents: bool
    state_versions_behind: int
    is_feed_silent: bool


@dataclass(frozen=True)
class CashOutLeg:
    """One leg: its result as it would be settled today, or, while it is open, what a win would be and the price now."""

    as_won: LegResult
    result: LegResult | None
    current_odds_milli: int | None
    market: LegMarket
    is_banker: bool = False


@dataclass(frozen=True)
class CashOutSlip:
    """A slip as far as its worth depends on it. Minor units."""

    status: str
    is_each_way: bool
    is_free_bet: bool
    line_sizes: tuple[int, ...]
    line_count: int
    remaining_stake_minor: int
    payout_minor_max: int | None
    legs: Sequence[CashOutLeg]


def find_reason(slip: CashOutSlip, now: datetime) -> Unavailable | None:
    """Why no offer is made on the slip at all, in this order, or None.

    Each-way slips have no offer, because no price is made on places alone; free bets have none, because their stake is
    not the person's to be paid out.
    """
    reason = _find_reason_of_slip(slip)
    if reason is not None:
        return reason
    if all(leg.result is not None for leg in slip.legs):
        return "settled"
    if _sum_lines(slip, [_best_case(leg) for leg in slip.legs]) == 0:
        return "lost"
    reasons = [_find_reason_of_leg(leg, now) for leg in slip.legs if leg.result is None]
    return next((one for one in reasons if one is not None), None)


def _find_reason_of_slip(slip: CashOutSlip) -> Unavailable | None:
    if slip.status in ("pending_delay", "rejected"):
        return "not_accepted"
    if slip.status == "cashed_out":
        return "nothing_left"
    if slip.status != "accepted":
        return "settled"
    if slip.remaining_stake_minor == 0:
        return "nothing_left"
    if slip.is_each_way or slip.is_free_bet:
        return "not_offered"
    return None


def _find_reason_of_leg(leg: CashOutLeg, now: datetime) -> Unavailable | None:
    market = leg.market
    if market.is_stopped_at_large or market.is_betting_stopped:
        return "stopped"
    if market.event_status not in ("scheduled", "ongoing") or market.market_status != "active":
        return "suspended"
    # The prices before kick-off say nothing once the ball may roll, whether or not the feed has said so.
    if not market.has_begun and now >= market.start_time:
        return "stale"
    if not market.is_priced_for_incidents or market.is_feed_silent:
        return "stale"
    if market.state_versions_behind > STATE_VERSIONS_BEHIND_MAX:
        return "stale"
    return "suspended" if leg.current_odds_milli is None else None


def offer_minor(slip: CashOutSlip, stake_minor: int) -> int:
    """What is offered for so much of the remaining stake; 0 is too little to offer. `find_reason` gave None.

    Where the slip's return is capped, its worth is that of the capped return.
    """
    value = _sum_lines(slip, [_value(leg) for leg in slip.legs])
    best_return = slip.remaining_stake_minor * _sum_lines(slip, [_best_case(leg) for leg in slip.legs])
    if slip.payout_minor_max is not None and best_return > slip.payout_minor_max:
        value *= slip.payout_minor_max / best_return
    return _less_margin(stake_minor * value)


def offer_minor_max(slip: CashOutSlip) -> int:
    """No offer for all that remains is more, by today's results: all open legs have won but the last of them, which
    stands at the lowest price there is."""
    best = [_best_case(leg) for leg in slip.legs]
    nearly = [
        _sum_lines(slip, [*best[:place], best[place] / LOWEST_ODDS, *best[place + 1 :]])
        for place, leg in enumerate(slip.legs)
        if leg.result is None
    ]
    value_minor = slip.remaining_stake_minor * max(nearly, default=Fraction(0))
    if slip.payout_minor_max is not None:
        value_minor = min(value_minor, Fraction(slip.payout_minor_max))
    return _less_margin(value_minor)


def _less_margin(value_minor: Fraction) -> int:
    offer = value_minor * Fraction(1_000 - MARGIN_MILLI, 1_000)
    return offer.numerator // offer.denominator


def _sum_lines(slip: CashOutSlip, values: Sequence[Fraction]) -> Fraction:
    """What one minor unit of the slip's stake comes to, with these values of its legs."""
    free = [value for leg, value in zip(slip.legs, values, strict=True) if not leg.is_banker]
    bankers = [value for leg, value in zip(slip.legs, values, strict=True) if leg.is_banker]
    return lines_return(Fraction(1, slip.line_count), free, slip.line_sizes, bankers)


def _best_case(leg: CashOutLeg) -> Fraction:
    return leg_factor(leg.as_won if leg.result is None else leg.result)


def _value(leg: CashOutLeg) -> Fraction:
    if leg.result is not None:
        return leg_factor(leg.result)
    assert leg.current_odds_milli is not None, "an open leg without a price was let through"
    return leg_factor(leg.as_won) / Fraction(leg.current_odds_milli, 1_000)
