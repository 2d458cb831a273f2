"""Opening a pool on a market, and becoming a member of one."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts.queries.exclusions import check_may_play
from betting.access import get_market
from betting.core.limits import LIMITS
from betting.core.pools import POOL_MARKET_TYPES
from betting.errors import PoolNotOffered
from betting.models import BettingPool, EventBook, Market, MarketStatus, PoolMember, PoolStatus, PoolTotal
from betting.queries.pools import basis_points_of, get_pool_page
from betting.schemas.pools import OpenPoolCommand, PoolPageReply
from betting.streams import POOL, pool_changes
from project.kit import clock, idempotency
from project.kit.errors import NotFound, ValidationFailed
from project.kit.locks import lock_exclusive
from project.kit.money import parse_minor
from project.kit.streams import publish_latest

CODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without what looks alike
CODE_LENGTH = 8
TOLD_TO = timedelta(milliseconds=1)  # a start is told so far: who names it means the start itself


@transaction.atomic(durable=True)
def open_pool(*, user_id: UUID | None, command: OpenPoolCommand, key: str) -> PoolPageReply:
    """Open a pool; its creator is its first member, the house has none. Raises PoolNotOffered, NotFound.

    Takes the creator's advisory lock, so that the same key twice at once makes one pool.
    """
    owner_id = user_id or UUID(int=0)
    lock_exclusive("user", owner_id)
    fingerprint = idempotency.fingerprint("open_pool", command)
    stored = idempotency.find_reply(owner_id=owner_id, key=key, fingerprint=fingerprint)
    if stored is not None:
        return PoolPageReply.model_validate(stored)
    if user_id is not None:
        check_may_play(user_id)
    market = get_market(command.market_id)
    own_end = _check(market, command)
    pool = BettingPool.objects.create(
        name=command.name,
        rules=command.rules,
        creator_id=user_id,
        event_id=market.event_id,
        market=market,
        currency=command.currency,
        takeout_basis_points=basis_points_of(command.takeout_percent),
        stake_minor_min=_parse_min_stake(command),
        is_private=command.is_private,
        join_code="".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH)) if command.is_private else "",
        own_end=own_end,
        closes_at=own_end or market.event.start_time,
        created_at=clock.now(),
        version=1,
    )
    PoolTotal.objects.bulk_create(
        PoolTotal(pool=pool, selection=selection) for selection in market.selections.order_by("sort")
    )
    if user_id is not None:
        PoolMember.objects.create(pool=pool, user_id=user_id, joined_at=clock.now())
    reply = get_pool_page(pool.id, user_id)
    idempotency.store_reply(owner_id=owner_id, key=key, fingerprint=fingerprint, reply=reply.to_json())
    return reply


def _check(market: Market, command: OpenPoolCommand) -> datetime | None:
    """When the pool ends before its event begins, if it does.

    Only markets with one winner and an event that has not begun can have a pool.
    """
    event = market.event
    if market.market_type not in POOL_MARKET_TYPES:
        raise PoolNotOffered("A pool needs a market with one winner", reason="market_type")
    if market.status not in (MarketStatus.ACTIVE, MarketStatus.SUSPENDED):
        raise PoolNotOffered("The market is over", reason="market_closed")
    if EventBook.objects.filter(event_id=event.id, graded_result_version__gt=0).exists():
        raise PoolNotOffered("The event has its result", reason="market_closed")
    is_own = command.closes_at is not None and event.start_time - command.closes_at >= TOLD_TO
    own_end = command.closes_at if is_own else None
    if event.status != "scheduled" or (own_end or event.start_time) <= clock.now():
        raise PoolNotOffered("A pool closes when its event begins", reason="event_started")
    return own_end


def _parse_min_stake(command: OpenPoolCommand) -> int:
    if command.currency not in LIMITS:
        raise _invalid("/currency", "currency_not_offered", "Pools are played in " + ", ".join(LIMITS))
    try:
        minor = parse_minor(command.min_stake, command.currency)
    except ValueError as error:
        raise _invalid("/min_stake", "invalid_amount", str(error)) from error
    if minor <= 0:
        raise _invalid("/min_stake", "invalid_amount", "The smallest stake is above zero")
    return minor


def _invalid(pointer: str, code: str, message: str) -> ValidationFailed:
    return ValidationFailed(message, errors=[{"pointer": pointer, "code": code, "message": message}])


@transaction.atomic(durable=True)
def join_pool(*, user_id: UUID, pool_id: UUID, join_code: str) -> PoolPageReply:
    """Become a member; twice is once. A wrong code and no such pool are the same answer: NotFound.

    Raises SelfExcluded, TimedOut for who is to become one.
    """
    pool = BettingPool.objects.select_for_update(no_key=True).filter(id=pool_id).first()
    if pool is None:
        raise NotFound("No such pool")
    is_member = pool.memberships.filter(user_id=user_id).exists()
    if not is_member and pool.is_private and not secrets.compare_digest(pool.join_code, join_code.strip().upper()):
        raise NotFound("No such pool")
    if not is_member:
        check_may_play(user_id)
    if not is_member and pool.status in (PoolStatus.OPEN, PoolStatus.CLOSED):
        PoolMember.objects.create(pool=pool, user_id=user_id, joined_at=clock.now())
        pool.version += 1
        pool.save(update_fields=["version"])
        publish_latest(POOL.name_for(pool_id=pool.id), pool_changes(pool))
    return get_pool_page(pool.id, user_id)
