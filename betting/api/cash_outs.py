"""Cashing out one's own slips, over HTTP and, taking an offer, over the socket too."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status

from betting.access import get_quote, get_slip
from betting.actions import cash_out
from betting.queries.cash_out_replies import get_value
from betting.schemas.cash_outs import (
    CashOutCommand,
    CashOutQuoteReply,
    CashOutReply,
    CashOutTargetCommand,
    CashOutValueReply,
    QuoteCashOutCommand,
)
from betting.schemas.slips import SlipReply
from project.kit import clock
from project.kit.callers import Caller, require_user
from project.kit.errors import NotFound
from project.kit.http import IdempotencyKey, caller_of
from project.kit.throttles import check_rate

router = Router(tags=["betting"])

# A quote is a row: a page follows the offer by itself and asks when somebody is about to press.
QUOTES_PER_MINUTE = 120


def read_value(caller: Caller, slip_id: UUID) -> CashOutValueReply:
    return get_value(get_slip(caller, slip_id), clock.now())


def quote_cash_out(caller: Caller, slip_id: UUID, command: QuoteCashOutCommand) -> CashOutQuoteReply:
    slip = get_slip(caller, slip_id)
    check_rate(f"cash-out-quote:{require_user(caller)}", limit=QUOTES_PER_MINUTE, per_s=60)
    return cash_out.quote_cash_out(slip=slip, command=command)


def take_cash_out(caller: Caller, command: CashOutCommand, key: str) -> CashOutReply:
    return cash_out.take_cash_out(quote=get_quote(caller, command.quote_id), key=key)


def set_target(caller: Caller, slip_id: UUID, command: CashOutTargetCommand) -> SlipReply:
    return cash_out.set_cash_out_target(slip_id=get_slip(caller, slip_id).id, command=command)


@router.get("/slips/{slip_id}/cash-out", response=CashOutValueReply)
def get_cash_out(request: HttpRequest, slip_id: UUID) -> CashOutValueReply:
    """What one of your slips would be cashed out for now, and what it is made of."""
    return read_value(caller_of(request), slip_id)


@router.post("/slips/{slip_id}/cash-out/quote", response=CashOutQuoteReply)
def post_quote(request: HttpRequest, slip_id: UUID, command: QuoteCashOutCommand) -> CashOutQuoteReply:
    """An offer for a part of a slip, or all that remains of it, good for a few seconds."""
    return quote_cash_out(caller_of(request), slip_id, command)


@router.post("/slips/{slip_id}/cash-out", response={201: CashOutReply})
def post_cash_out(
    request: HttpRequest, slip_id: UUID, command: CashOutCommand, key: IdempotencyKey
) -> Status[CashOutReply]:
    """Take an offer. The same Idempotency-Key and quote answer the same."""
    caller = caller_of(request)
    if get_quote(caller, command.quote_id).slip_id != slip_id:
        raise NotFound("No such quote")
    return Status(201, take_cash_out(caller, command, key))


@router.put("/slips/{slip_id}/cash-out/target", response=SlipReply)
def put_target(request: HttpRequest, slip_id: UUID, command: CashOutTargetCommand) -> SlipReply:
    """Cash a slip out by itself as soon as the offer reaches a target; null takes the target back."""
    return set_target(caller_of(request), slip_id, command)
