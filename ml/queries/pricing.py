"""The door through which betting gets chances: every market of one event from one model of it, so none disagree.

The chances of a market sum to 1; those of `double_chance` to 2, those of `top_finish` to its number of places. Where a
line can push, the chance given is the one that makes a bet fair at odds of its inverse: what is paid back does not
count, and half of a stake counts half.
"""

from collections.abc import Iterable, Mapping
from uuid import UUID

from ml.core.inplay import inplay_state, price_event
from ml.queries.priors import get_goal_rates
from sports.core.sport_state import AnyState

PricedMarkets = Mapping[str, Mapping[str, float]]


class UnpricedMarket(KeyError):
    """No model prices this market of this event now."""


def price_markets(event_id: UUID, state: AnyState, keys: Iterable[str] | None = None) -> PricedMarkets:
    """The chance of every outcome by market key: of the markets asked for, else of those usually offered in this state.

    A decided market has chances of exactly 0 and 1. Raises UnpricedMarket.
    """
    prices = price_event(get_goal_rates(event_id), inplay_state(state))
    if keys is None:
        return prices
    try:
        return {key: prices[key] for key in keys}
    except KeyError as error:
        raise UnpricedMarket(*error.args) from error
