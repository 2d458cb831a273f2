"""Proposals of the trading desk over HTTP, for admins and the group of traders."""

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Status

from betting.access import check_trader
from betting.actions import desk_actions
from betting.actions.desk_actions import Proposal
from betting.queries.desk_overview import describe_action, list_actions
from betting.schemas.desk import DeskActionReply, DeskPreview, ProposeCommand, ReasonCommand
from project.kit.callers import Caller
from project.kit.http import IdempotencyKey, caller_of
from project.kit.schemas import Page

router = Router(tags=["desk"])

Cursor = Annotated[str | None, Query(max_length=400)]


def _proposal(actor_id: UUID, command: ProposeCommand) -> Proposal:
    return Proposal(command.kind, command.market_id, command.payload, actor_id, command.reason)


def preview(caller: Caller, command: ProposeCommand) -> DeskPreview:
    return desk_actions.preview_action(_proposal(check_trader(caller), command)).preview


def propose(caller: Caller, command: ProposeCommand, key: str) -> DeskActionReply:
    return describe_action(desk_actions.propose_action(_proposal(check_trader(caller), command), key=key))


@router.post("/desk/actions/preview", response=DeskPreview)
def post_preview(request: HttpRequest, command: ProposeCommand) -> DeskPreview:
    """What a change of a market's bets would move, exactly. Nothing is kept."""
    return preview(caller_of(request), command)


@router.post("/desk/actions", response={201: DeskActionReply})
def post_action(request: HttpRequest, command: ProposeCommand, key: IdempotencyKey) -> Status[DeskActionReply]:
    """Propose a change of a market's bets. The same Idempotency-Key and body answer the same proposal."""
    return Status(201, propose(caller_of(request), command, key))


@router.get("/desk/actions", response=Page[DeskActionReply])
def get_actions(request: HttpRequest, cursor: Cursor = None) -> Page[DeskActionReply]:
    """Proposals, newest first."""
    check_trader(caller_of(request))
    return list_actions(cursor=cursor)


@router.post("/desk/actions/{action_id}/approve", response=DeskActionReply)
def post_approval(request: HttpRequest, action_id: UUID, command: ReasonCommand) -> DeskActionReply:
    """Approve what somebody else proposed."""
    actor_id = check_trader(caller_of(request))
    return describe_action(desk_actions.approve_action(actor_id=actor_id, action_id=action_id, reason=command.reason))


@router.post("/desk/actions/{action_id}/reject", response=DeskActionReply)
def post_rejection(request: HttpRequest, action_id: UUID, command: ReasonCommand) -> DeskActionReply:
    """Turn a proposal down, or take one's own back."""
    actor_id = check_trader(caller_of(request))
    return describe_action(desk_actions.reject_action(actor_id=actor_id, action_id=action_id, reason=command.reason))


@router.post("/desk/actions/{action_id}/apply", response=DeskActionReply)
def post_application(request: HttpRequest, action_id: UUID, command: ReasonCommand) -> DeskActionReply:
    """Make the change, if it would still move exactly what was shown."""
    actor_id = check_trader(caller_of(request))
    return describe_action(desk_actions.apply_action(actor_id=actor_id, action_id=action_id, reason=command.reason))
