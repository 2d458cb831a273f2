"""Each person's own limits, time-outs and self-exclusion over HTTP. They are seen and set by themselves alone."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Status
from pydantic import AwareDatetime

from betting.actions import own_rules
from betting.queries.safer_play import NET_POSITION_OF, describe_net_position, describe_safer_play
from betting.schemas.own_rules import (
    ChooseLimit,
    ConfirmedLimitReply,
    ConfirmRaise,
    ExcludeSelf,
    ExclusionReply,
    NetPositionReply,
    SaferPlayReply,
    TakeTimeOut,
)
from payments.core.grants import SIGNUP_GRANTS
from project.kit import clock
from project.kit.callers import Caller, require_user
from project.kit.http import IdempotencyKey, caller_of
from project.kit.money import CURRENCIES

router = Router(tags=["safer play"])

Currency = Annotated[str, Query(pattern="^(" + "|".join(CURRENCIES) + ")$")]


def choose_limit(caller: Caller, command: ChooseLimit) -> SaferPlayReply:
    user_id = require_user(caller)
    own_rules.choose_own_limit(user_id=user_id, command=command)
    return describe_safer_play(user_id, command.currency)


def read_net_position(caller: Caller, since: datetime, currency: str) -> NetPositionReply:
    """An instant before the last 12 months stands for their beginning, one to come for now."""
    user_id, now = require_user(caller), clock.now()
    return describe_net_position(user_id, currency, min(max(since, now - NET_POSITION_OF), now))


@router.get("/me/safer-play", response=SaferPlayReply)
def get_safer_play(request: HttpRequest, currency: Currency = SIGNUP_GRANTS[0].currency) -> SaferPlayReply:
    """Your limits with what counts towards each, what keeps you away, and your net position of the last 12 months."""
    return describe_safer_play(require_user(caller_of(request)), currency)


@router.get("/me/net-position", response=NetPositionReply)
def get_net_position(
    request: HttpRequest, since: AwareDatetime, currency: Currency = SIGNUP_GRANTS[0].currency
) -> NetPositionReply:
    """What you staked since an instant of the last 12 months and what came back of it."""
    return read_net_position(caller_of(request), since, currency)


@router.put("/me/limits", response=SaferPlayReply)
def put_limit(request: HttpRequest, command: ChooseLimit) -> SaferPlayReply:
    """Set or lower a limit at once; ask for a higher one, or for none; take that back by naming the one that holds."""
    return choose_limit(caller_of(request), command)


@router.post("/me/limits/confirm", response=ConfirmedLimitReply)
def post_raise(request: HttpRequest, command: ConfirmRaise, key: IdempotencyKey) -> ConfirmedLimitReply:
    """Confirm a higher limit, or none, a day after you asked for it."""
    user_id = require_user(caller_of(request))
    return own_rules.confirm_own_raise(user_id=user_id, command=command, key=key)


@router.post("/me/time-outs", response={201: ExclusionReply})
def post_time_out(request: HttpRequest, command: TakeTimeOut, key: IdempotencyKey) -> Status[ExclusionReply]:
    """Keep away from betting for a while. It begins at once and cannot be shortened."""
    user_id = require_user(caller_of(request))
    return Status(201, own_rules.take_time_out(user_id=user_id, command=command, key=key))


@router.post("/me/self-exclusions", response={201: ExclusionReply})
def post_self_exclusion(request: HttpRequest, command: ExcludeSelf, key: IdempotencyKey) -> Status[ExclusionReply]:
    """Keep away from betting for half a year or more, at once and on every device. Nobody can lift it."""
    user_id = require_user(caller_of(request))
    return Status(201, own_rules.exclude_self(user_id=user_id, command=command, key=key))
