"""From a refusal of the pure core to the error a client gets."""

from betting.core.acceptance import (
    EventBegan,
    FeedStale,
    FundsShort,
    LegsRelated,
    MarketClosed,
    MultiplesClosed,
    OddsMoved,
    Refusal,
    StakeTooHigh,
    StakeTooLow,
)
from betting.errors import (
    EventStarted,
    FeedIsStale,
    MarketSuspended,
    OddsChanged,
    RelatedLegs,
    StakeAboveMax,
    StakeBelowMin,
)
from betting.queries.markets import format_odds
from project.kit.errors import AppError, InsufficientFunds, ValidationFailed
from project.kit.money import format_minor


def error_of(refusal: Refusal, currency: str) -> AppError:
    """The error with the fields that its code promises."""
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
        case MultiplesClosed():
            message = "Accumulators are not offered yet: place each leg as a slip of its own"
            return ValidationFailed(
                message, errors=[{"pointer": "/legs", "code": "multiples_not_offered", "message": message}]
            )
        case StakeTooHigh(stake_minor_max, reason):
            return StakeAboveMax(max_stake=format_minor(stake_minor_max, currency), reason=reason)
        case StakeTooLow(stake_minor_min):
            return StakeBelowMin(min_stake=format_minor(stake_minor_min, currency))
        case FundsShort(available_minor):
            return InsufficientFunds(available=format_minor(available_minor, currency), currency=currency)
