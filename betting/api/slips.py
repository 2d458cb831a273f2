"""Each person's own slips over HTTP."""

from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Status

from betting.access import get_slip
from betting.actions.quote_slip import quote_slip
from betting.placement import submit_now
from betting.queries.slips import get_slip_reply, list_slips
from betting.schemas.quotes import SlipQuoteReply
from betting.schemas.slips import PlaceSlipCommand, SlipReply
from project.kit.callers import Caller, require_user
from project.kit.http import IdempotencyKey, caller_of
from project.kit.schemas import AnyCase, Page

router = Router(tags=["betting"])

SlipFilter = Annotated[Literal["open", "pending", "settled", "all"], AnyCase]


def place_slip(caller: Caller, command: PlaceSlipCommand, key: str) -> SlipReply:
    return submit_now(caller, command, key).to_model()


def quote(caller: Caller, command: PlaceSlipCommand) -> SlipQuoteReply:
    return quote_slip(user_id=caller.user_id, command=command)


def read_slips(caller: Caller, status: SlipFilter, cursor: str | None) -> Page[SlipReply]:
    return list_slips(user_id=require_user(caller), status=status, cursor=cursor)


def read_slip(caller: Caller, slip_id: UUID) -> SlipReply:
    return get_slip_reply(get_slip(caller, slip_id))


@router.post("/slips", response={201: SlipReply, 202: SlipReply})
def post_slip(request: HttpRequest, command: PlaceSlipCommand, key: IdempotencyKey) -> Status[SlipReply]:
    """Place a bet. The same Idempotency-Key and body answer the same slip; 202 where it waits for its delay."""
    slip = place_slip(caller_of(request), command, key)
    return Status(202 if slip.status == "pending_delay" else 201, slip)


@router.post("/slips/quote", response=SlipQuoteReply)
def post_quote(request: HttpRequest, command: PlaceSlipCommand) -> SlipQuoteReply:
    """What a slip would come to now: its lines, return, stakes that would be taken, delay, and why not if not."""
    return quote(caller_of(request), command)


@router.get("/slips", response=Page[SlipReply])
def get_slips(
    request: HttpRequest, status: SlipFilter = "all", cursor: Annotated[str | None, Query(max_length=400)] = None
) -> Page[SlipReply]:
    """Your slips, newest first: `open` ones wait for their delay or their results, and `pending` is the same."""
    return read_slips(caller_of(request), status, cursor)


@router.get("/slips/{slip_id}", response=SlipReply)
def get_one_slip(request: HttpRequest, slip_id: UUID) -> SlipReply:
    """One of your slips."""
    return read_slip(caller_of(request), slip_id)
