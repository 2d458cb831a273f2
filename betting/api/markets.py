"""Public prices over HTTP."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from betting.access import check_event, get_market_of
from betting.queries.markets import get_markets_reply, list_dynamic_odds, list_lobby_prices, list_price_points
from betting.schemas.markets import DynamicOddsReply, LobbyPricesReply, MarketsReply, PriceHistoryReply
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


@router.get("/prices/lobby", response=LobbyPricesReply)
def get_lobby_prices(request: HttpRequest) -> LobbyPricesReply:
    """The full-time result prices of every open event."""
    return LobbyPricesReply(prices=list_lobby_prices())
