"""HTTP routes about a person's own money."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Router
from pydantic import Field, StringConstraints

from payments.actions.wallets import open_wallets
from payments.core.grants import SIGNUP_GRANTS
from payments.queries.wallets import list_transactions, list_wallets, shape_wallet
from payments.schemas import TransactionReply, WalletsReply
from project.kit.callers import Caller, require_user
from project.kit.http import caller_of
from project.kit.pagination import DEFAULT_LIMIT, MAX_LIMIT
from project.kit.schemas import Page

router = Router(tags=["wallet"])

CurrencyCode = Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")]
PageSize = Annotated[int, Field(ge=1, le=MAX_LIMIT)]


def get_wallets(caller: Caller) -> WalletsReply:
    """A person's wallets; those of somebody who signed up this second are opened now."""
    user_id = require_user(caller)
    views = list_wallets([user_id])
    if len(views) < len(SIGNUP_GRANTS):
        views = open_wallets(user_id=user_id)
    return WalletsReply(wallets=[shape_wallet(view) for view in views])


def get_statement(caller: Caller, *, cursor: str | None, currency: str | None, limit: int) -> Page[TransactionReply]:
    return list_transactions(require_user(caller), currency=currency, cursor=cursor, limit=limit)


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
