"""Proposals of the trading desk over HTTP, for admins and the group of traders."""

from collections.abc import Callable
from typing import Annotated, Final
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Status

from betting.access import check_trader
from betting.actions import desk_actions
from betting.actions.desk_actions import Proposal
from betting.models import DeskAction
from betting.queries.desk_overview import describe_action, list_actions
from betting.schemas.desk import DeskActionReply, DeskPreview, ProposeCommand, ReasonCommand
from project.kit.callers import Caller
from project.kit.http import IdempotencyKey, caller_of
from project.kit.idempotency import CommandKey, fingerprint
from project.kit.schemas import Page

router = Router(tags=["desk"])

_STEPS: Final[dict[str, Callable[..., DeskAction]]] = {
    "approve": desk_actions.approve_action,
    "reject": desk_actions.reject_action,
    "apply": desk_actions.apply_action,
}
Cursor = Annotated[str | None, Query(max_length=400)]


def _proposal(actor_id: UUID, command: ProposeCommand) -> Proposal:
    return Proposal(command.kind, command.market_id, command.payload, actor_id, command.reason)


def preview(caller: Caller, command: ProposeCommand) -> DeskPreview:
    return desk_actions.preview_action(_proposal(check_trader(caller), command)).preview


def propose(caller: Caller, command: ProposeCommand, key: str) -> DeskActionReply:
    return describe_action(desk_actions.propose_action(_proposal(check_trader(caller), command), key=key))


def decide(caller: Caller, step: str, action_id: UUID, command: ReasonCommand, key: str) -> DeskActionReply:
    """One step of a proposal. A replay answers how it stands by now."""
    actor_id = check_trader(caller)
    command_key = CommandKey(actor_id, key, fingerprint(f"{step}_action:{action_id}", command))
    action = _STEPS[step](actor_id=actor_id, action_id=action_id, reason=command.reason, command_key=command_key)
    return describe_action(action)


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
def post_approval(
    request: HttpRequest, action_id: UUID, command: ReasonCommand, key: IdempotencyKey
) -> DeskActionReply:
    """Approve what somebody else proposed."""
    return decide(caller_of(request), "approve", action_id, command, key)


@router.post("/desk/actions/{action_id}/reject", response=DeskActionReply)
def post_rejection(
    request: HttpRequest, action_id: UUID, command: ReasonCommand, key: IdempotencyKey
) -> DeskActionReply:
    """Turn a proposal down, or take one's own back."""
    return decide(caller_of(request), "reject", action_id, command, key)


@router.post("/desk/actions/{action_id}/apply", response=DeskActionReply)
def post_application(
    request: HttpRequest, action_id: UUID, command: ReasonCommand, key: IdempotencyKey
) -> DeskActionReply:
    """Make the change, if it would still move exactly what was shown."""
    return decide(caller_of(request), "apply", action_id, command, key)
