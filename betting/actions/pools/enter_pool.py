"""Staking in a pool: one ticket on one selection, paid into the pool's own account."""

from uuid import UUID

from django.db import transaction
from django.db.models import F

from betting.actions.refusals import error_of_own_rules
from betting.core.limits import LIMITS
from betting.core.own_rules import OwnRules, check_kept_away, check_own_limits, narrow_to_own_limits
from betting.core.stakes import StakeRange
from betting.errors import PoolClosed, StakeAboveMax, StakeBelowMin
from betting.locks import lock_for_bets
from betting.models import (
    BettingPool,
    CustomerLimit,
    MarketStatus,
    PoolEntry,
    PoolMember,
    PoolStatus,
    PoolTotal,
    Selection,
)
from betting.queries.own_rules import read_own_rules
from betting.queries.pools import shape_entry
from betting.queries.switches import is_stopped_at_large
from betting.schemas.pools import EnterPoolCommand, PoolEntryReply
from betting.streams import POOL, PoolEnteredChange, pool_changes, user_entry
from payments.actions import ledger
from payments.core.postings import TransferDraft
from payments.locks import lock_accounts
from payments.queries.accounts import pool_account_id
from payments.queries.wallets import get_wallet
from payments.streams import wallet_entry
from project.kit import clock, idempotency, streams
from project.kit.errors import InsufficientFunds, NotFound, ValidationFailed
from project.kit.money import format_minor, parse_minor
from project.kit.streams import publish_latest


@transaction.atomic(durable=True)
def enter_pool(*, user_id: UUID, pool_id: UUID, command: EnterPoolCommand, key: str) -> PoolEntryReply:
    """Buy a ticket, or raise the first refusal; a refusal moves nothing.

    Locks what a slip locks against the desk's stops, the pool's row, then the wallet's account. The same key and
    command answers as before.
    """
    fixed = BettingPool.objects.values_list("event_id", "market_id", "event__sport__slug")
    event_id, market_id, sport = fixed.get(id=pool_id)
    lock_for_bets(sports=[sport], event_ids=[event_id], market_ids=[market_id])
    pool = (
        BettingPool.objects.select_for_update(of=("self",), no_key=True)
        .select_related("event", "market")
        .get(id=pool_id)
    )
    fingerprint = idempotency.fingerprint(f"enter_pool:{pool_id}", command)
    stored = idempotency.find_reply(owner_id=user_id, key=key, fingerprint=fingerprint)
    if stored is not None:
        return PoolEntryReply.model_validate(stored)

    wallet = get_wallet(user_id, pool.currency)
    available_minor = lock_accounts([wallet.account_id])[wallet.account_id]
    _check_open(pool)
    selection = pool.market.selections.filter(id=command.selection_id).first()
    if selection is None:
        raise NotFound("No such selection in this pool")
    if selection.result:
        raise PoolClosed(reason="selection_out")
    own_rules = _read_own_rules(pool, user_id)
    stake_minor = _check_stake(pool, command, user_id, own_rules)
    _check_own_rules(pool, own_rules, stake_minor)
    if stake_minor > available_minor:
        raise InsufficientFunds(available=format_minor(available_minor, pool.currency), currency=pool.currency)

    entry = _write(pool, selection, user_id, stake_minor)
    _move(pool, entry, wallet.account_id)
    reply = shape_entry(entry)
    idempotency.store_reply(owner_id=user_id, key=key, fingerprint=fingerprint, reply=reply.to_json())
    publish_latest(POOL.name_for(pool_id=pool.id), pool_changes(pool))
    streams.append(
        user_entry(user_id, PoolEnteredChange(entry=reply)),
        wallet_entry(user_id, pool.currency, transaction_type="pool_stake"),
    )
    return reply


def _check_open(pool: BettingPool) -> None:
    """By the server's clock, whether or not the feed has said that the event began."""
    if pool.status != PoolStatus.OPEN:
        raise PoolClosed(reason=pool.status)
    if clock.now() >= pool.ends_at or pool.event.status != "scheduled":
        raise PoolClosed(reason="event_started")
    if pool.market.status not in (MarketStatus.ACTIVE, MarketStatus.SUSPENDED):
        raise PoolClosed(reason=pool.market.status)
    if pool.market.status == MarketStatus.SUSPENDED or is_stopped_at_large(pool.event_id):
        raise PoolClosed(reason="stopped")


def _check_stake(pool: BettingPool, command: EnterPoolCommand, user_id: UUID, own_rules: OwnRules | None) -> int:
    try:
        stake_minor = parse_minor(command.stake, pool.currency)
    except ValueError as error:
        error_entry = {"pointer": "/stake", "code": "invalid_amount", "message": str(error)}
        raise ValidationFailed(str(error), errors=[error_entry]) from error
    if stake_minor < pool.stake_minor_min:
        raise StakeBelowMin(min_stake=format_minor(pool.stake_minor_min, pool.currency))
    stakes = _range_of_stakes(pool, user_id)
    if stake_minor > stakes.stake_minor_max:
        taken = stakes if own_rules is None else narrow_to_own_limits(stakes, own_rules, 1)
        raise StakeAboveMax(max_stake=format_minor(taken.stake_minor_max, pool.currency), reason=taken.reason)
    return stake_minor


def _range_of_stakes(pool: BettingPool, user_id: UUID) -> StakeRange:
    """Scaled for the person as for slips; a highest stake below the pool's lowest is none."""
    factors = CustomerLimit.objects.filter(user_id=user_id).values_list("stake_factor_milli", flat=True)
    highest = LIMITS[pool.currency].stake_minor_max * next(iter(factors), 1_000) // 1_000
    return StakeRange(pool.stake_minor_min, highest if highest >= pool.stake_minor_min else 0, "limit")


def _read_own_rules(pool: BettingPool, user_id: UUID) -> OwnRules | None:
    """By what counts while the wallet is held."""
    return read_own_rules(user_id, [pool.currency], now=clock.now()).find(str(user_id), pool.currency)


def _check_own_rules(pool: BettingPool, rules: OwnRules | None, stake_minor: int) -> None:
    if rules is None:
        return
    refusal = check_kept_away(rules, clock.now()) or check_own_limits(
        rules, stake_minor, stake_minor_min=pool.stake_minor_min
    )
    if refusal is not None:
        raise error_of_own_rules(refusal, pool.currency)


def _write(pool: BettingPool, selection: Selection, user_id: UUID, stake_minor: int) -> PoolEntry:
    now = clock.now()
    PoolMember.objects.bulk_create([PoolMember(pool=pool, user_id=user_id, joined_at=now)], ignore_conflicts=True)
    entry = PoolEntry.objects.create(
        pool=pool, user_id=user_id, selection=selection, stake_minor=stake_minor, placed_at=now
    )
    PoolTotal.objects.filter(pool=pool, selection=selection).update(
        stake_minor=F("stake_minor") + stake_minor, entry_count=F("entry_count") + 1
    )
    pool.gross_minor += stake_minor
    pool.entry_count += 1
    pool.version += 1
    pool.save(update_fields=["gross_minor", "entry_count", "version"])
    return entry


def _move(pool: BettingPool, entry: PoolEntry, account_id: UUID) -> None:
    ledger.post(
        [
            TransferDraft(
                kind="pool_stake",
                ref=str(entry.id),
                debit_account_id=account_id,
                credit_account_id=pool_account_id(pool.id, pool.currency),
                amount_minor=entry.stake_minor,
                ref_kind="pool",
                ref_id=pool.id,
                description=f"Pool stake: {entry.selection.name}, {pool.name}"[:240],
            )
        ]
    )
