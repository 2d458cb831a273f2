"""Routes of betting: public prices, and each person's own slips."""

from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Status

from betting.access import check_event, get_market_of, get_slip
from betting.placement import submit
from betting.queries.markets import get_markets_reply, list_dynamic_odds, list_lobby_prices, list_price_points
from betting.queries.slips import get_slip_reply, list_slips
from betting.schemas import (
    DynamicOddsReply,
    LobbyPricesReply,
    MarketsReply,
    PlaceSlipCommand,
    PriceHistoryReply,
    SlipReply,
)
from project.kit.callers import Caller, require_user
from project.kit.http import caller_of, idempotency_key
from project.kit.schemas import Page

router = Router(tags=["betting"])

SlipFilter = Literal["open", "settled", "all"]


def read_markets(caller: Caller, event_id: UUID) -> MarketsReply:
    check_event(event_id)
    return get_markets_reply(event_id)


def read_price_history(caller: Caller, event_id: UUID, market_id: UUID) -> PriceHistoryReply:
    market = get_market_of(event_id, market_id)
    return PriceHistoryReply(points=list_price_points(market.id))


def read_dynamic_odds(caller: Caller, event_id: UUID) -> list[DynamicOddsReply]:
    check_event(event_id)
    return list_dynamic_odds(event_id)


def place_slip(caller: Caller, command: PlaceSlipCommand, key: str) -> SlipReply:
    return submit(caller, command, key)


def read_slips(caller: Caller, status: SlipFilter, cursor: str | None) -> Page[SlipReply]:
    return list_slips(user_id=require_user(caller), status=status, cursor=cursor)


def read_slip(caller: Caller, slip_id: UUID) -> SlipReply:
    return get_slip_reply(get_slip(caller, slip_id))


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


@router.post("/slips", response={201: SlipReply})
def post_slip(request: HttpRequest, command: PlaceSlipCommand) -> Status[SlipReply]:
    """Place a bet. The same Idempotency-Key and body answer the same slip."""
    return Status(201, place_slip(caller_of(request), command, idempotency_key(request)))


@router.get("/slips", response=Page[SlipReply])
def get_slips(
    request: HttpRequest, status: SlipFilter = "all", cursor: Annotated[str | None, Query(max_length=400)] = None
) -> Page[SlipReply]:
    """Your slips, newest first."""
    return read_slips(caller_of(request), status, cursor)


@router.get("/slips/{slip_id}", response=SlipReply)
def get_one_slip(request: HttpRequest, slip_id: UUID) -> SlipReply:
    """One of your slips."""
    return read_slip(caller_of(request), slip_id)
