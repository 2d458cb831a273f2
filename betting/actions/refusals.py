"""From a refusal of the pure core to the error a client gets."""

from accounts.errors import SelfExcluded, TimedOut
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
    OwnLimitReached,
    PersonBarred,
    Refusal,
    SelfExclusionHolds,
    StakeTooHigh,
    StakeTooLow,
    TimeOutHolds,
)
from betting.core.slip_facts import SlipTerms
from betting.errors import (
    EventStarted,
    FeedIsStale,
    FreeBetUnavailable,
    MarketSuspended,
    OddsChanged,
    OwnLimitExceeded,
    RelatedLegs,
    StakeAboveMax,
    StakeBelowMin,
)
from betting.queries.markets import format_odds
from project.kit.errors import AppError, Forbidden, InsufficientFunds, ValidationFailed
from project.kit.money import format_minor
from project.kit.schemas import write_instant


def error_of(refusal: Refusal, currency: str, terms: SlipTerms) -> AppError:  # noqa: C901  one line for each refusal
    """The error with the fields that its code promises. Stakes are named as the client names them: in all or a line."""
    match refusal:
        case MarketClosed(reason):
            return MarketSuspended(reason=reason)
        case EventBegan():
            return EventStarted()
        case FeedStale():
            return FeedIsStale()
        case OddsMoved(current):
            legs = [{"selection_id": str(leg), "current": format_odds(odds_milli)} for leg, odds_milli in current]
            return OddsChanged(legs=legs)
        case LegsRelated():
            return RelatedLegs()
        case NoPlaceTerms(position):
            return _invalid(f"/legs/{position}", "each_way_not_offered", "This market is not offered each way")
        case StakeTooHigh(stake_minor_max, reason):
            return StakeAboveMax(max_stake=format_minor(stake_minor_max // terms.stake_step, currency), reason=reason)
        case StakeTooLow(stake_minor_min):
            return StakeBelowMin(min_stake=format_minor(stake_minor_min // terms.stake_step, currency))
        case PersonBarred() | SelfExclusionHolds() | TimeOutHolds() | OwnLimitReached():
            return error_of_own_rules(refusal, currency, terms.stake_step)
        case FundsShort(available_minor):
            return InsufficientFunds(available=format_minor(available_minor, currency), currency=currency)
        case FreeBetUnusable(reason):
            return FreeBetUnavailable(reason=reason)
        case FreeBetOfOtherAmount(amount_minor):
            amount = format_minor(amount_minor, currency)
            return _invalid("/stake", "free_bet_amount", f"This free bet is for a stake of {amount}")


def error_of_own_rules(
    refusal: PersonBarred | SelfExclusionHolds | TimeOutHolds | OwnLimitReached, currency: str, stake_step: int = 1
) -> AppError:
    """What keeps the person away. What is left of a limit is named as the stake was."""
    match refusal:
        case PersonBarred():
            return Forbidden("This account is suspended")
        case SelfExclusionHolds(until):
            return SelfExcluded(until)
        case TimeOutHolds(until):
            return TimedOut(until)
        case OwnLimitReached(kind, period, limit_minor, remaining_minor, resets_at):
            return OwnLimitExceeded(
                kind=kind,
                period=period,
                limit=format_minor(limit_minor, currency),
                remaining=format_minor(remaining_minor // stake_step, currency),
                resets_at=None if resets_at is None else write_instant(resets_at),
            )


def _invalid(pointer: str, code: str, message: str) -> ValidationFailed:
    return ValidationFailed(message, errors=[{"pointer": pointer, "code": code, "message": message}])
