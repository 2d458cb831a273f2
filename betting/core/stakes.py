"""How much may be staked on a slip: the highest stake under every cap, and what a slip adds to a market's risk.

A market's liability for a selection is what its slips would pay at best if it won, less all their stakes. For that to
bound what the house can lose on the market's slips, whatever else happens, each leg of a multiple carries the slip's
whole payout and stake; where other lines of the slip still pay without the leg, that sum leaves both.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from betting.core.limits import StakeLimits
from betting.core.promises import Promise
from betting.core.refusals import CapReason, StakeTooHigh, StakeTooLow
from betting.core.slip_facts import Exposure, SlipTerms


@dataclass(slots=True)
class Share:
    """What one leg of an accepted slip adds to the exposure of its selection. The stake is negative where the slip
    still pays more than it cost without the leg. Never changed once made."""

    stake_minor: int
    payout_minor: int


@dataclass(slots=True)
class StakeRange:
    """The lowest and the highest stake that would be taken; no stake is where the highest is 0. Never changed once
    made."""

    stake_minor_min: int
    stake_minor_max: int
    reason: CapReason


def promised_minor(terms: SlipTerms, promise: Promise) -> int:
    """What the slip pays at best. A free bet pays the winnings alone."""
    returned = promise.return_minor(terms.stake_minor)
    return max(0, returned - terms.stake_minor) if terms.is_free_bet else returned


def range_of_stakes(
    terms: SlipTerms, promise: Promise, exposures: Sequence[Exposure], limits: StakeLimits
) -> StakeRange:
    """The stakes that every rule about amounts takes, in the steps of the slip's stake. One exposure for each leg."""
    cap = _stake_for_payout(limits.payout_minor_max, promise, is_free_bet=terms.is_free_bet)
    reason: CapReason = "payout"
    for_liability = _stake_for_liability(limits, promise, exposures)
    if for_liability < cap:
        cap, reason = for_liability, "liability"
    if limits.stake_minor_max < cap:
        cap, reason = limits.stake_minor_max, "limit"
    lowest = lowest_stake(terms, limits)
    highest = cap // terms.stake_step * terms.stake_step
    return StakeRange(lowest, highest if highest >= lowest else 0, reason)


def lowest_stake(terms: SlipTerms, limits: StakeLimits) -> int:
    """The lowest stake that is taken, in the steps of the slip's: no line stakes less than the smallest coin."""
    lowest = max(limits.stake_minor_min, terms.lines.count)
    return -(-lowest // terms.stake_step) * terms.stake_step


def check_stake(
    terms: SlipTerms, promise: Promise, exposures: Sequence[Exposure], limits: StakeLimits
) -> StakeTooHigh | StakeTooLow | None:
    """The refusal names the lowest cap of all, so that the stake it names would be taken."""
    stakes = range_of_stakes(terms, promise, exposures, limits)
    is_low = terms.stake_minor < stakes.stake_minor_min
    if terms.stake_minor > stakes.stake_minor_max and not (is_low and stakes.stake_minor_max):
        return StakeTooHigh(stakes.stake_minor_max, stakes.reason)
    return StakeTooLow(stakes.stake_minor_min) if is_low else None


def shares_of(terms: SlipTerms, promise: Promise) -> tuple[Share, ...]:
    """What the slip adds to the exposure, one share for each leg. A free bet's stake is the house's own."""
    stake_minor = terms.stake_minor
    promised = promised_minor(terms, promise)
    paid_in = 0 if terms.is_free_bet else stake_minor
    if promise.without == (0,):  # a single: nothing is paid without its leg
        return (Share(paid_in, promised),)
    shares = []
    for position in range(len(promise.without)):
        still_paid = promise.return_minor_without(position, stake_minor)
        if terms.is_free_bet:
            still_paid = max(0, still_paid - stake_minor)
        shares.append(Share(paid_in - still_paid, promised - still_paid))
    return tuple(shares)


def _stake_for_payout(payout_minor_max: int, promise: Promise, *, is_free_bet: bool) -> int:
    if is_free_bet:
        return _stake_for_gain(payout_minor_max, promise.whole, promise.denominator)
    # floor(stake * whole / denominator) <= cap  <=>  stake * whole < (cap + 1) * denominator
    return max(0, ((payout_minor_max + 1) * promise.denominator - 1) // promise.whole)


def _stake_for_liability(limits: StakeLimits, promise: Promise, exposures: Sequence[Exposure]) -> int:
    """The largest stake within the cap of every leg's market; bets on the other side have made room."""
    caps = limits.liability_by_leg or [limits.liability_minor_max] * len(exposures)
    stakes = []
    for cap, exposure, without in zip(caps, exposures, promise.without, strict=True):
        room = cap + exposure.stakes_minor
        stakes.append(_stake_for_gain(room - exposure.payouts_minor, promise.whole, promise.denominator))
        if without > promise.denominator:
            # Other lines pay although another selection of the market wins.
            stakes.append(_stake_for_gain(room - exposure.rival_payouts_minor, without, promise.denominator))
    return min(stakes)


def _stake_for_gain(gain_minor_max: int, numerator: int, denominator: int) -> int:
    """The largest stake with floor(stake * numerator / denominator) - stake within the gain."""
    if gain_minor_max < 0:
        return 0
    # The same as floor(stake * (numerator - denominator) / denominator), the stake being whole.
    return max(0, ((gain_minor_max + 1) * denominator - 1) // max(1, numerator - denominator))
