"""Pools over HTTP: what is open, one pool's field, joining, staking, and calling off one's own."""

from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Status

from betting.access import get_own_pool, get_pool
from betting.actions.pools.enter_pool import enter_pool
from betting.actions.pools.open_pool import join_pool, open_pool
from betting.actions.pools.settle_pool import cancel_pool
from betting.queries.pools import get_pool_page, list_pools
from betting.schemas.pools import (
    EnterPoolCommand,
    JoinPoolCommand,
    OpenPoolCommand,
    PoolEntryReply,
    PoolPageReply,
    PoolReply,
)
from project.kit.callers import Caller, require_user
from project.kit.http import IdempotencyKey, caller_of
from project.kit.schemas import AnyCase, Page

router = Router(tags=["pools"])

PoolScope = Annotated[Literal["open", "settled", "mine"], AnyCase]


def read_pools(caller: Caller, scope: PoolScope, cursor: str | None) -> Page[PoolReply]:
    user_id = require_user(caller) if scope == "mine" else caller.user_id
    return list_pools(user_id=user_id, scope=scope, cursor=cursor)


def read_pool(caller: Caller, pool_id: UUID) -> PoolPageReply:
    return get_pool_page(get_pool(caller, pool_id).id, caller.user_id)


def stake_in_pool(caller: Caller, pool_id: UUID, command: EnterPoolCommand, key: str) -> PoolEntryReply:
    user_id = require_user(caller)
    return enter_pool(user_id=user_id, pool_id=get_pool(caller, pool_id).id, command=command, key=key)


def call_off(caller: Caller, pool_id: UUID) -> PoolPageReply:
    """Before anybody else has staked, so that nobody can take back a pool that goes against them."""
    pool = get_own_pool(caller, pool_id)
    cancel_pool(pool_id=pool.id, actor_id=require_user(caller), reason="Called off by who opened it", only_own=True)
    return get_pool_page(pool.id, caller.user_id)


@router.get("/pools", response=Page[PoolReply])
def get_pools(
    request: HttpRequest, scope: PoolScope = "open", cursor: Annotated[str | None, Query(max_length=400)] = None
) -> Page[PoolReply]:
    """Pools, newest first. Private ones are seen by their members alone."""
    return read_pools(caller_of(request), scope, cursor)


@router.get("/pools/{pool_id}", response=PoolPageReply)
def get_one_pool(request: HttpRequest, pool_id: UUID) -> PoolPageReply:
    """A pool with its field, its rules and your tickets."""
    return read_pool(caller_of(request), pool_id)


@router.post("/pools", response={201: PoolPageReply})
def post_pool(request: HttpRequest, command: OpenPoolCommand, key: IdempotencyKey) -> Status[PoolPageReply]:
    """Open a pool on a market."""
    user_id = require_user(caller_of(request))
    return Status(201, open_pool(user_id=user_id, command=command, key=key))


@router.post("/pools/{pool_id}/join", response=PoolPageReply)
def post_join(request: HttpRequest, pool_id: UUID, command: JoinPoolCommand) -> PoolPageReply:
    """Become a member. A private pool asks for its code."""
    return join_pool(user_id=require_user(caller_of(request)), pool_id=pool_id, join_code=command.join_code)


@router.post("/pools/{pool_id}/entries", response={201: PoolEntryReply})
def post_entry(
    request: HttpRequest, pool_id: UUID, command: EnterPoolCommand, key: IdempotencyKey
) -> Status[PoolEntryReply]:
    """Buy a ticket. The same Idempotency-Key and body answer the same ticket."""
    return Status(201, stake_in_pool(caller_of(request), pool_id, command, key))


@router.post("/pools/{pool_id}/cancel", response=PoolPageReply)
def post_cancel(request: HttpRequest, pool_id: UUID) -> PoolPageReply:
    """Call your pool off while nobody else has staked in it."""
    return call_off(caller_of(request), pool_id)
