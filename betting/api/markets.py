"""Public prices over HTTP."""

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from betting.access import check_event, get_market_of
from betting.queries.market_rules import get_market_rules
from betting.queries.markets import (
    get_markets_reply,
    list_dynamic_odds,
    list_lobby_prices,
    list_price_charts,
    list_price_points,
)
from betting.queries.outside_odds import get_outside_odds
from betting.schemas.market_rules import MarketRulesReply, OutsideOddsReply
from betting.schemas.markets import (
    DynamicOddsReply,
    LobbyPricesReply,
    MarketsReply,
    PriceChartsReply,
    PriceHistoryReply,
)
from project.kit.callers import Caller
from project.kit.http import caller_of

router = Router(tags=["betting"])


def read_markets(caller: Caller, event_id: UUID) -> MarketsReply:
    check_event(event_id)
    return get_markets_reply(event_id)


def read_price_history(caller: Caller, event_id: UUID, market_id: UUID) -> PriceHistoryReply:
    market = get_market_of(event_id, market_id)
    return PriceHistoryReply(points=list_price_points(market.id))


def read_dynamic_odds(caller: Caller, event_id: UUID) -> list[DynamicOddsReply]:
    check_event(event_id)
    return list_dynamic_odds(event_id)


def read_price_charts(caller: Caller, event_id: UUID) -> PriceChartsReply:
    check_event(event_id)
    return PriceChartsReply(event_id=event_id, charts=list_price_charts(event_id))


def read_outside_odds(caller: Caller, event_id: UUID) -> OutsideOddsReply:
    check_event(event_id)
    return get_outside_odds(event_id)


def read_market_rules(caller: Caller, sport: str | None) -> MarketRulesReply:
    return get_market_rules(sport)


@router.get("/events/{event_id}/markets", response=MarketsReply)
def get_markets(request: HttpRequest, event_id: UUID) -> MarketsReply:
    """Every market of an event with its current prices."""
    return read_markets(caller_of(request), event_id)


@router.get("/events/{event_id}/price-history", response=PriceHistoryReply)
def get_price_history(request: HttpRequest, event_id: UUID, market_id: UUID) -> PriceHistoryReply:
    """How the prices of one market moved."""
    return read_price_history(caller_of(request), event_id, market_id)


@router.get("/events/{event_id}/dynamic-odds", response=list[DynamicOddsReply])
def get_dynamic_odds(request: HttpRequest, event_id: UUID) -> list[DynamicOddsReply]:
    """Our first and our current price of every selection."""
    return read_dynamic_odds(caller_of(request), event_id)


@router.get("/events/{event_id}/price-charts", response=PriceChartsReply)
def get_price_charts(request: HttpRequest, event_id: UUID) -> PriceChartsReply:
    """How the prices of all charted markets of an event moved."""
    return read_price_charts(caller_of(request), event_id)


@router.get("/events/{event_id}/outside-odds", response=OutsideOddsReply)
def get_outside_odds_of_event(request: HttpRequest, event_id: UUID) -> OutsideOddsReply:
    """What other bookmakers pay, outcome by outcome beside our price."""
    return read_outside_odds(caller_of(request), event_id)


@router.get("/market-rules", response=MarketRulesReply)
def get_rules(
    request: HttpRequest, sport: Annotated[str | None, Query(max_length=20, pattern="^[a-z]+$")] = None
) -> MarketRulesReply:
    """The rules in words, limits and delays of every kind of market."""
    return read_market_rules(caller_of(request), sport)


@router.get("/prices/lobby", response=LobbyPricesReply)
def get_lobby_prices(request: HttpRequest) -> LobbyPricesReply:
    """The prices of every open event on who wins it."""
    return LobbyPricesReply(prices=list_lobby_prices())
