"""The door through which betting gets chances: every market of one event from one model of it, so none disagree.

The chances of a market sum to 1; those of `double_chance` to 2, those of `top_finish` to its number of places. Where a
line can push, the chance given is the one that makes a bet fair at odds of its inverse: what is paid back does not
count, and half of a stake counts half.
"""

from collections.abc import Iterable, Mapping
from uuid import UUID

from ml.core import football_book
from ml.core.inplay import inplay_state
from ml.queries.priors import get_goal_rates
from sports.core.sport_state import AnyState

PricedMarkets = Mapping[str, Mapping[str, float]]


class UnpricedMarket(KeyError):
    """No model prices this market of this event now."""


def price_book(event_id: UUID, state: AnyState, open_keys: Iterable[str] = ()) -> PricedMarkets:
    """The chances of the markets usually offered in this state, and of those open ones that the model can still price.

    Lines are usual while they are near what is expected; one that was opened stays open when that moves away.
    """
    return football_book.price_book(get_goal_rates(event_id), inplay_state(state), open_keys)


def price_markets(event_id: UUID, state: AnyState, keys: Iterable[str] | None = None) -> PricedMarkets:
    """The chance of every outcome by market key: of the markets asked for, else of those usually offered in this state.

    A decided market has chances of exactly 0 and 1. Raises UnpricedMarket.
    """
    if keys is None:
        return price_book(event_id, state)
    wanted = list(keys)
    prices = price_book(event_id, state, wanted)
    try:
        return {key: prices[key] for key in wanted}
    except KeyError as error:
        raise UnpricedMarket(*error.args) from error
