"""The trading desk over HTTP, for admins and the group of traders."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from betting.access import check_event, check_trader
from betting.actions import held_prices, stops
from betting.actions.market_status import resume_market, suspend_market
from betting.queries.desk_overview import get_overview, list_switches
from betting.queries.exposure_desk import list_exposures
from betting.queries.held_prices import describe_held, list_held
from betting.schemas.desk import (
    DeskOverview,
    EventStopReply,
    HeldPriceReply,
    HoldCommand,
    MarketStopReply,
    StopCommand,
    SwitchReply,
)
from betting.schemas.exposure import MarketExposureValue
from project.kit.callers import Caller
from project.kit.http import IdempotencyKey, caller_of
from project.kit.idempotency import CommandKey, fingerprint
from project.kit.money import parse_milli

router = Router(tags=["desk"])


def set_switch(caller: Caller, scope: str, command: StopCommand, key: str) -> SwitchReply:
    actor_id = check_trader(caller)
    stops.set_switch(
        actor_id=actor_id,
        scope=scope,
        is_stopped=command.is_stopped,
        reason=command.reason,
        command_key=CommandKey(actor_id, key, fingerprint(f"set_switch:{scope}", command)),
    )
    return next(switch for switch in list_switches() if switch.scope == scope)


def stop_event(caller: Caller, event_id: UUID, command: StopCommand, key: str) -> EventStopReply:
    actor_id = check_trader(caller)
    act = stops.suspend_event if command.is_stopped else stops.resume_event
    command_key = CommandKey(actor_id, key, fingerprint(f"stop_event:{event_id}", command))
    book = act(actor_id=actor_id, event_id=event_id, reason=command.reason, command_key=command_key)
    return EventStopReply(event_id=event_id, is_suspended=book.is_suspended)


def stop_market(caller: Caller, market_id: UUID, command: StopCommand, key: str) -> MarketStopReply:
    actor_id = check_trader(caller)
    act = suspend_market if command.is_stopped else resume_market
    command_key = CommandKey(actor_id, key, fingerprint(f"stop_market:{market_id}", command))
    market = act(actor_id=actor_id, market_id=market_id, reason=command.reason, command_key=command_key)
    return MarketStopReply(market_id=market_id, status=market.status)  # type: ignore[arg-type]  # only statuses


def hold_price(caller: Caller, selection_id: UUID, command: HoldCommand, key: str) -> HeldPriceReply:
    actor_id = check_trader(caller)
    command_key = CommandKey(actor_id, key, fingerprint(f"hold_price:{selection_id}", command))
    if command.odds is None:
        selection = held_prices.release_price(
            actor_id=actor_id, selection_id=selection_id, reason=command.reason, command_key=command_key
        )
    else:
        selection = held_prices.hold_price(
            actor_id=actor_id,
            selection_id=selection_id,
            odds_milli=parse_milli(command.odds),
            reason=command.reason,
            command_key=command_key,
        )
    return describe_held(selection)


@router.get("/desk", response=DeskOverview)
def get_desk(request: HttpRequest) -> DeskOverview:
    """Events with their state and exposure, the switches, and how many proposals wait."""
    check_trader(caller_of(request))
    return get_overview()


@router.get("/desk/events/{event_id}/exposure", response=list[MarketExposureValue])
def get_event_exposure(request: HttpRequest, event_id: UUID) -> list[MarketExposureValue]:
    """What is at risk on each market of an event, up to this moment."""
    check_trader(caller_of(request))
    check_event(event_id)
    return [one.value for one in list_exposures([event_id]).get(event_id, [])]


@router.get("/desk/events/{event_id}/held", response=list[HeldPriceReply])
def get_held(request: HttpRequest, event_id: UUID) -> list[HeldPriceReply]:
    """The prices of an event that the desk holds."""
    check_trader(caller_of(request))
    check_event(event_id)
    return list_held(event_id)


@router.post("/desk/switches/{scope}", response=SwitchReply)
def post_switch(request: HttpRequest, scope: str, command: StopCommand, key: IdempotencyKey) -> SwitchReply:
    """Stop all betting, or that on a sport, or let it go on. `scope` is all or sport:<slug>."""
    return set_switch(caller_of(request), scope, command, key)


@router.post("/desk/events/{event_id}/stop", response=EventStopReply)
def post_event_stop(request: HttpRequest, event_id: UUID, command: StopCommand, key: IdempotencyKey) -> EventStopReply:
    """Stop betting on an event, or let it go on."""
    return stop_event(caller_of(request), event_id, command, key)


@router.post("/desk/markets/{market_id}/stop", response=MarketStopReply)
def post_market_stop(
    request: HttpRequest, market_id: UUID, command: StopCommand, key: IdempotencyKey
) -> MarketStopReply:
    """Stop betting on a market, or let it go on."""
    return stop_market(caller_of(request), market_id, command, key)


@router.post("/desk/selections/{selection_id}/hold", response=HeldPriceReply)
def post_hold(request: HttpRequest, selection_id: UUID, command: HoldCommand, key: IdempotencyKey) -> HeldPriceReply:
    """Set a price and hold it whatever the model says; null gives it back to the model."""
    return hold_price(caller_of(request), selection_id, command, key)
