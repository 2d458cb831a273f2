"""HTTP routes about a person's own money."""

from typing import Annotated, Final
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import Field

from payments.access import get_own_withdrawal
from payments.actions.wallets import open_wallets
from payments.actions.withdrawals import cancel_withdrawal, request_withdrawal
from payments.core.grants import SIGNUP_GRANTS
from payments.queries.wallets import list_transactions, list_wallets, shape_wallet
from payments.queries.withdrawals import list_terms, list_withdrawals
from payments.schemas import (
    CurrencyCode,
    RequestWithdrawalCommand,
    TransactionReply,
    WalletsReply,
    WithdrawalReply,
)
from project.kit.callers import Caller, require_user
from project.kit.http import IdempotencyKey, caller_of
from project.kit.pagination import DEFAULT_LIMIT, MAX_LIMIT
from project.kit.schemas import Page
from project.kit.throttles import check_rate

WITHDRAWALS_PER_HOUR: Final = 60  # asked for and cancelled again they would add rows without end

router = Router(tags=["wallet"])

PageSize = Annotated[int, Field(ge=1, le=MAX_LIMIT)]


def get_wallets(caller: Caller) -> WalletsReply:
    """A person's wallets; those of somebody who signed up this second are opened now."""
    user_id = require_user(caller)
    views = list_wallets([user_id])
    if len(views) < len(SIGNUP_GRANTS):
        views = open_wallets(user_id=user_id)
    return WalletsReply(wallets=[shape_wallet(view) for view in views], withdrawals=list_terms())


def get_statement(caller: Caller, *, cursor: str | None, currency: str | None, limit: int) -> Page[TransactionReply]:
    return list_transactions(require_user(caller), currency=currency, cursor=cursor, limit=limit)


def read_withdrawals(caller: Caller, *, cursor: str | None, limit: int) -> Page[WithdrawalReply]:
    return list_withdrawals(require_user(caller), cursor=cursor, limit=limit)


def take_out(caller: Caller, command: RequestWithdrawalCommand, key: str) -> WithdrawalReply:
    user_id = require_user(caller)
    check_rate(f"withdrawals:{user_id}", limit=WITHDRAWALS_PER_HOUR, per_s=3_600)
    return request_withdrawal(user_id=user_id, command=command, key=key)


def think_better_of(caller: Caller, withdrawal_id: UUID) -> WithdrawalReply:
    return cancel_withdrawal(withdrawal_id=get_own_withdrawal(caller, withdrawal_id).id)


@router.get("/wallet", response=WalletsReply, operation_id="get_wallets")
def wallets(request: HttpRequest) -> WalletsReply:
    return get_wallets(caller_of(request))


@router.get("/wallet/transactions", response=Page[TransactionReply], operation_id="get_statement")
def transactions(
    request: HttpRequest,
    cursor: str | None = None,
    currency: CurrencyCode | None = None,
    limit: PageSize = DEFAULT_LIMIT,
) -> Page[TransactionReply]:
    return get_statement(caller_of(request), cursor=cursor, currency=currency, limit=limit)


@router.get("/withdrawals", response=Page[WithdrawalReply])
def get_withdrawals(
    request: HttpRequest, cursor: str | None = None, limit: PageSize = DEFAULT_LIMIT
) -> Page[WithdrawalReply]:
    """Your withdrawals, newest first."""
    return read_withdrawals(caller_of(request), cursor=cursor, limit=limit)


@router.post("/withdrawals", response={201: WithdrawalReply})
def post_withdrawal(
    request: HttpRequest, command: RequestWithdrawalCommand, key: IdempotencyKey
) -> Status[WithdrawalReply]:
    """Ask for a withdrawal. The same Idempotency-Key and body answer the same one."""
    caller = caller_of(request)
    require_user(caller)
    return Status(201, take_out(caller, command, key))


@router.post("/withdrawals/{withdrawal_id}/cancel", response=WithdrawalReply)
def post_cancel_withdrawal(request: HttpRequest, withdrawal_id: UUID) -> WithdrawalReply:
    """Have the funds back while nobody has decided. Asked again, it answers the same."""
    return think_better_of(caller_of(request), withdrawal_id)
