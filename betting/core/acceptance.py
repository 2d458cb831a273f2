"""Whether a slip may stand: every rule in one order that people can rely on, as a function of plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from betting.core.limits import StakeLimits
from betting.core.payout import potential_return, stake_for_return

PricePolicy = Literal["none", "better", "any"]
CapReason = Literal["payout", "liability", "limit"]

# Prices may trail the match clock by this many ticks before they count as stale; an incident makes them stale at once.
STATE_VERSIONS_BEHIND_MAX = 3
# Nothing is reported through a half-time of 15 minutes; a feed that is silent for longer has died.
HALF_TIME_SILENCE = 4


@dataclass(frozen=True)
class EventFacts:
    """What the slip must know of the match, read after the event's lock was taken."""

    event_id: UUID
    status: str
    phase: str
    start_time: datetime
    is_betting_stopped: bool
    stop_reason: str
    state_version: int
    incident_seq: int
    priced_state_version: int
    priced_incident_seq: int
    feed_age_s: float
    feed_age_s_max: float


@dataclass(frozen=True)
class LegFacts:
    """One leg: what the client saw and what is true now."""

    selection_id: UUID
    market_id: UUID
    market_status: str
    seen_odds_milli: int
    current_odds_milli: int | None
    event: EventFacts


@dataclass(frozen=True)
class Exposure:
    """What is already staked on a market, and what would be paid if this selection won. Minor units."""

    stakes_minor: int
    payouts_minor: int


@dataclass(frozen=True)
class Accepted:
    """The slip stands at these prices, one per leg in order."""

    odds_milli: tuple[int, ...]
    total_odds_milli: int
    potential_return_minor: int


@dataclass(frozen=True)
class MarketClosed:
    reason: str


@dataclass(frozen=True)
class EventBegan:
    event_id: UUID


@dataclass(frozen=True)
class FeedStale:
    event_id: UUID


@dataclass(frozen=True)
class OddsMoved:
    """`current` lists only the legs whose price is not acceptable under the policy."""

    current: tuple[tuple[UUID, int | None], ...]


@dataclass(frozen=True)
class LegsRelated:
    pass


@dataclass(frozen=True)
class MultiplesClosed:
    pass


@dataclass(frozen=True)
class StakeTooHigh:
    """`stake_minor_max` is itself acceptable; 0 when no stake is."""

    stake_minor_max: int
    reason: CapReason


@dataclass(frozen=True)
class StakeTooLow:
    stake_minor_min: int


@dataclass(frozen=True)
class FundsShort:
    available_minor: int


Refusal = (
    MarketClosed
    | EventBegan
    | FeedStale
    | OddsMoved
    | LegsRelated
    | MultiplesClosed
    | StakeTooHigh
    | StakeTooLow
    | FundsShort
)


def decide(
    *,
    legs: Sequence[LegFacts],
    stake_minor: int,
    price_policy: PricePolicy,
    exposure: Exposure,
    limits: StakeLimits,
    available_minor: int,
    now: datetime,
) -> Accepted | Refusal:
    """The first rule that refuses, or acceptance. `exposure` is that of the one leg of a single."""
    refusal = _check_open(legs, now) or _check_prices(legs, price_policy) or _check_related(legs)
    if refusal is not None:
        return refusal
    if len(legs) != 1:
        return MultiplesClosed()
    odds_milli = legs[0].current_odds_milli
    assert odds_milli is not None, "a leg without a price was let through"
    refusal = _check_stake(stake_minor, odds_milli, exposure, limits)
    if refusal is not None:
        return refusal
    if stake_minor > available_minor:
        return FundsShort(available_minor)
    return Accepted((odds_milli,), odds_milli, potential_return(stake_minor, odds_milli))


def _check_open(legs: Sequence[LegFacts], now: datetime) -> Refusal | None:
    for leg in legs:
        closed_reason = _find_closed_reason(leg)
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


def _find_closed_reason(leg: LegFacts) -> str:
    if leg.event.is_betting_stopped:
        return leg.event.stop_reason or "stopped"
    if leg.event.status not in ("scheduled", "ongoing"):
        return leg.event.status
    if leg.market_status != "active":
        return leg.market_status
    if leg.event.priced_incident_seq < leg.event.incident_seq:
        return "repricing"
    if leg.current_odds_milli is None:
        return "no_price"
    return ""


def _is_stale(event: EventFacts) -> bool:
    if event.state_version - event.priced_state_version > STATE_VERSIONS_BEHIND_MAX:
        return True
    silence_s_max = {
        "first_half": event.feed_age_s_max,
        "half_time": event.feed_age_s_max * HALF_TIME_SILENCE,
        "second_half": event.feed_age_s_max,
    }.get(event.phase)
    return silence_s_max is not None and event.feed_age_s > silence_s_max


def _check_prices(legs: Sequence[LegFacts], policy: PricePolicy) -> OddsMoved | None:
    moved = tuple((leg.selection_id, leg.current_odds_milli) for leg in legs if not _is_price_taken(leg, policy))
    return OddsMoved(moved) if moved else None


def _is_price_taken(leg: LegFacts, policy: PricePolicy) -> bool:
    """Leg by leg: `none` refuses any change, a better one too; `better` takes a rise; `any` takes what there is."""
    assert leg.current_odds_milli is not None, "a leg without a price was let through"
    match policy:
        case "none":
            return leg.current_odds_milli == leg.seen_odds_milli
        case "better":
            return leg.current_odds_milli >= leg.seen_odds_milli
        case "any":
            return True


def _check_related(legs: Sequence[LegFacts]) -> LegsRelated | None:
    """Two legs of one event (one selection twice among them) are not independent: their product is not a price."""
    return LegsRelated() if len({leg.event.event_id for leg in legs}) < len(legs) else None


def _check_stake(stake_minor: int, odds_milli: int, exposure: Exposure, limits: StakeLimits) -> Refusal | None:
    caps: list[tuple[int, CapReason]] = [
        (stake_for_return(limits.payout_minor_max, odds_milli), "payout"),
        (_stake_for_liability(odds_milli, exposure, limits.liability_minor_max), "liability"),
        (limits.stake_minor_max, "limit"),
    ]
    if any(stake_minor > cap for cap, _ in caps):
        # The lowest cap of all, so that the stake we name would be taken.
        cap, reason = min(caps, key=lambda pair: pair[0])
        return StakeTooHigh(cap if cap >= limits.stake_minor_min else 0, reason)
    if stake_minor < limits.stake_minor_min:
        return StakeTooLow(limits.stake_minor_min)
    return None


def liability_minor(odds_milli: int, stake_minor: int, exposure: Exposure) -> int:
    """What the house loses on the market if the selection wins, this stake included: payouts less all stakes."""
    return exposure.payouts_minor + potential_return(stake_minor, odds_milli) - exposure.stakes_minor - stake_minor


def _stake_for_liability(odds_milli: int, exposure: Exposure, liability_minor_max: int) -> int:
    """The largest stake within the liability cap; a bet on the other side has made room."""
    room = liability_minor_max - exposure.payouts_minor + exposure.stakes_minor
    # floor(stake * odds / 1000) - stake = floor(stake * (odds - 1000) / 1000) <= room
    return max(0, ((room + 1) * 1_000 - 1) // (odds_milli - 1_000))
