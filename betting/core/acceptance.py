"""Whether a slip may stand: every rule in one order that people can rely on, as a function of plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from betting.core.each_way import PLACE_MARGIN_MIN
from betting.core.feed import STATE_VERSIONS_BEHIND_MAX, silence_s_max
from betting.core.ladder import ODDS_MILLI_MAX
from betting.core.limits import StakeLimits
from betting.core.own_rules import OwnRules, check_kept_away, check_own_limits, narrow_to_own_limits
from betting.core.promises import Promise, promise_of, total_odds_milli
from betting.core.refusals import (
    EventBegan,
    FeedStale,
    FreeBetOfOtherAmount,
    FreeBetUnusable,
    FundsShort,
    LegsRelated,
    MarketClosed,
    NoPlaceTerms,
    OddsMoved,
    Refusal,
    StakeTooHigh,
)
from betting.core.slip_facts import EventFacts, Exposure, Funds, LegFacts, SlipTerms
from betting.core.stakes import Share, StakeRange, check_stake, lowest_stake, promised_minor, shares_of

# What the column and the pattern of odds on the wire can hold; the return is worked out from the legs' own odds.
TOTAL_ODDS_MILLI_MAX = 999_999_999

assert ODDS_MILLI_MAX < TOTAL_ODDS_MILLI_MAX


@dataclass(slots=True)
class Accepted:
    """The slip stands at these prices, one per leg in order. `total_odds_milli` is that of its one line, or None.

    `potential_return_minor` is what it pays at best, `shares` what each leg puts at risk. It waits for `delay_ms`
    before it is judged again. Never changed once made.
    """

    odds_milli: tuple[int, ...]
    total_odds_milli: int | None
    potential_return_minor: int
    shares: tuple[Share, ...]
    delay_ms: int


def decide(
    *,
    terms: SlipTerms,
    legs: Sequence[LegFacts],
    exposures: Sequence[Exposure],
    limits: StakeLimits,
    funds: Funds | None,
    now: datetime,
    own_rules: OwnRules | None = None,
) -> Accepted | Refusal:
    """The first rule that refuses, or acceptance. One exposure for each leg.

    `funds` is None where the stake is held already, at the end of a delay; `own_rules` where the person has none.
    """
    refusal = check_legs(terms, legs, now)
    if refusal is not None:
        return refusal
    promise = promise_of(terms, legs)
    refusal = check_stake(terms, promise, exposures, limits)
    if isinstance(refusal, StakeTooHigh) and own_rules is not None and not terms.is_free_bet:
        refusal = _narrow(refusal, terms, limits, own_rules)
    if refusal is None and own_rules is not None:
        refusal = _check_own_rules(terms, limits, own_rules, now)
    refusal = refusal or _check_funds(terms, funds)
    return refusal or _accept(terms, legs, promise)


def check_legs(terms: SlipTerms, legs: Sequence[LegFacts], now: datetime) -> Refusal | None:
    """The rules that no amount of money changes."""
    return (
        check_open(legs, now)
        or _check_prices(legs)
        or check_related(legs)
        or (_check_place_terms(legs) if terms.is_each_way else None)
    )


def check_open(legs: Sequence[LegFacts], now: datetime) -> Refusal | None:
    """Markets and selections open, then no prices of before kick-off, then news of every match."""
    for leg in legs:
        closed_reason = find_closed_reason(leg)
        if closed_reason:
            return MarketClosed(closed_reason)
    for leg in legs:
        # The prices before kick-off must not be had once the ball may roll, whether or not the feed has said so.
        if leg.event.phase == "scheduled" and now >= leg.event.start_time:
            return EventBegan(leg.event.event_id)
    for leg in legs:
        if _is_stale(leg.event):
            return FeedStale(leg.event.event_id)
    return None


def find_closed_reason(leg: LegFacts) -> str:
    """Why no bet is taken on a selection, or nothing."""
    event = leg.event
    if event.stopped_at_large:
        return event.stopped_at_large
    if event.is_betting_stopped:
        return event.stop_reason or "stopped"
    if event.status not in ("scheduled", "ongoing"):
        return event.status
    if event.is_suspended:
        return "suspended"
    if leg.market.status != "active":
        return leg.market.status
    if leg.is_settled:
        return "settled"
    if event.priced_incident_seq < event.incident_seq:
        return "repricing"
    if leg.current_odds_milli is None:
        return "no_price"
    return ""


def _is_stale(event: EventFacts) -> bool:
    if event.state_version - event.priced_state_version > STATE_VERSIONS_BEHIND_MAX:
        return True
    silence_s = silence_s_max(event.phase, playing_s=event.feed_age_s_max)
    return silence_s is not None and event.feed_age_s > silence_s


def _check_prices(legs: Sequence[LegFacts]) -> OddsMoved | None:
    moved = [(leg.selection_id, leg.current_odds_milli) for leg in legs if not _is_price_taken(leg)]
    return OddsMoved(tuple(moved)) if moved else None


def _is_price_taken(leg: LegFacts) -> bool:
    """Leg by leg: `none` refuses any change, a better one too; `better` takes a rise; `any` takes what there is."""
    assert leg.current_odds_milli is not None, "a leg without a price was let through"
    match leg.price_policy:
        case "none":
            return leg.current_odds_milli == leg.seen_odds_milli
        case "better":
            return leg.current_odds_milli >= leg.seen_odds_milli
        case "any":
            return True


def check_related(legs: Sequence[LegFacts]) -> LegsRelated | None:
    """Two legs of one event (one selection twice among them) are not independent: their product is not a price."""
    if len(legs) == 1:
        return None
    return LegsRelated() if len({leg.event.event_id for leg in legs}) < len(legs) else None


def _check_place_terms(legs: Sequence[LegFacts]) -> NoPlaceTerms | None:
    """A fraction of the win odds is the price of a place while nobody is ahead and places leave a margin: who is third
    for certain shortly before the end would be paid a quarter of long odds."""
    for position, leg in enumerate(legs):
        market = leg.market
        if market.each_way is None or leg.event.is_in_play or market.place_margin < PLACE_MARGIN_MIN:
            return NoPlaceTerms(position)
    return None


def _narrow(refusal: StakeTooHigh, terms: SlipTerms, limits: StakeLimits, own_rules: OwnRules) -> StakeTooHigh:
    """The stake that a refusal names is taken under the person's own limits too."""
    stakes = StakeRange(lowest_stake(terms, limits), refusal.stake_minor_max, refusal.reason)
    stakes = narrow_to_own_limits(stakes, own_rules, terms.stake_step)
    return StakeTooHigh(stakes.stake_minor_max, stakes.reason)


def _check_own_rules(terms: SlipTerms, limits: StakeLimits, own_rules: OwnRules, now: datetime) -> Refusal | None:
    """A free bet costs the person nothing, but a bet it is."""
    refusal = check_kept_away(own_rules, now)
    if refusal is not None or terms.is_free_bet:
        return refusal
    return check_own_limits(
        own_rules,
        terms.stake_minor,
        stake_minor_min=lowest_stake(terms, limits),
        stake_step=terms.stake_step,
    )


def _check_funds(terms: SlipTerms, funds: Funds | None) -> Refusal | None:
    if funds is None:
        return None
    if funds.free_bet is None:
        return FundsShort(funds.available_minor) if terms.stake_minor > funds.available_minor else None
    if funds.free_bet.unusable:
        return FreeBetUnusable(funds.free_bet.unusable)
    if funds.free_bet.amount_minor != terms.stake_minor:
        return FreeBetOfOtherAmount(funds.free_bet.amount_minor)
    return None


def _accept(terms: SlipTerms, legs: Sequence[LegFacts], promise: Promise) -> Accepted:
    odds = tuple(leg.current_odds_milli or 0 for leg in legs)
    has_one_line = terms.lines.count == (2 if terms.is_each_way else 1)
    return Accepted(
        odds_milli=odds,
        total_odds_milli=min(total_odds_milli(legs), TOTAL_ODDS_MILLI_MAX) if has_one_line else None,
        potential_return_minor=promised_minor(terms, promise),
        shares=shares_of(terms, promise),
        delay_ms=max(leg.delay_ms for leg in legs),
    )
