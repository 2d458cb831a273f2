"""Prior goal rates of events: what the market thought before kick-off, as expected goals of both sides."""

import time
from collections import OrderedDict
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from ml.core.goal_rates import GoalRates
from ml.core.insight import BASE_RATES
from ml.core.market_view import MarketView, read_market_view
from sports.queries.odds import OddsByMarket, get_prematch_odds, get_prematch_odds_of

CACHE_EVENTS_MAX: Final = 4_000  # twice the matches a process may see at once
CACHE_SECONDS: Final = 30.0  # how long prices corrected before kick-off may stay unseen


_rates: "OrderedDict[UUID, tuple[float, GoalRates]]" = OrderedDict()
_odds: "OrderedDict[UUID, tuple[float, OddsByMarket]]" = OrderedDict()


def get_kept_odds(event_id: UUID) -> OddsByMarket:
    """The market's prices before the start, in thousandths by market key and outcome; kept for a short while."""
    kept = _odds.get(event_id)
    if kept is not None and kept[0] >= time.monotonic() - CACHE_SECONDS:
        return kept[1]
    odds = get_prematch_odds(event_id)
    _odds[event_id] = (time.monotonic(), odds)
    _odds.move_to_end(event_id)
    while len(_odds) > CACHE_EVENTS_MAX:
        _odds.popitem(last=False)
    return odds


def get_goal_rates(event_id: UUID) -> GoalRates:
    """The rates of one event; base rates where nobody had prices for it. Kept in this process for a short while."""
    return get_goal_rates_of([event_id])[event_id]


def get_goal_rates_of(event_ids: Iterable[UUID]) -> dict[UUID, GoalRates]:
    """The rates of several events, with one query for those that are not in memory."""
    found: dict[UUID, GoalRates] = {}
    missing: list[UUID] = []
    oldest = time.monotonic() - CACHE_SECONDS
    for event_id in event_ids:
        kept = _rates.get(event_id)
        if kept is not None and kept[0] >= oldest:
            found[event_id] = kept[1]
        else:
            missing.append(event_id)
    for event_id, view in find_market_views(missing).items():
        found[event_id] = view.rates()
        _remember(event_id, found[event_id])
    return {**dict.fromkeys(missing, BASE_RATES), **found}


def find_market_views(event_ids: Iterable[UUID]) -> dict[UUID, MarketView]:
    """The market before kick-off without its margin; events without 1X2 prices are absent."""
    wanted = list(event_ids)
    if not wanted:
        return {}
    views = {event_id: read_market_view(odds) for event_id, odds in get_prematch_odds_of(wanted).items()}
    return {event_id: view for event_id, view in views.items() if view is not None}


def _remember(event_id: UUID, rates: GoalRates) -> None:
    _rates[event_id] = (time.monotonic(), rates)
    _rates.move_to_end(event_id)
    while len(_rates) > CACHE_EVENTS_MAX:
        _rates.popitem(last=False)
