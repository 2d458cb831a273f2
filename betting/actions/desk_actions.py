"""The desk's changes to bets that stand: proposed with an exact preview, approved above a limit, then applied.

A preview is the change itself and the whole settlement after it, in a transaction that is rolled back. A proposal is
applied only while its preview is still exactly true, so what was approved is what happens.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from pydantic import ValidationError

from betting.access import get_market
from betting.actions.desk_records import record_change
from betting.actions.desk_writes import SCHEMAS, Desk, describe_state, write_payload
from betting.actions.pools.plan_division import plan_division, sum_results
from betting.actions.pools.settle_pool import PAID_STATUSES
from betting.actions.settlement_jobs import enqueue_settlement
from betting.core.four_eyes import Moved, list_steps, needs_approval
from betting.locks import lock_book, lock_market_exclusive
from betting.models import BettingPool, DeskAction, DeskActionStatus, Market, Selection
from betting.queries.desk import MoneyMoved, PoolMove, read_moved
from betting.schemas.desk import DeskPayload, ProposeCommand
from payments.actions.ledger import ledger_refusals
from project.kit import clock
from project.kit.errors import Forbidden, NotFound, ValidationFailed, VersionConflict
from project.kit.idempotency import CommandKey, fingerprint
from project.kit.problems import field_errors
from project.kit.replays import find_made, is_done, remember_done, remember_made
from sports.locks import lock_event_exclusive

PREVIEW_BATCH_SLIPS: Final = 2_000


class _RollBack(Exception):
    """Ends a dry run: nothing of it is kept."""


@dataclass(frozen=True)
class Proposal:
    """A change of a market's bets that has not been made."""

    kind: str
    market_id: UUID
    payload: Mapping[str, Any]
    actor_id: UUID
    reason: str


def preview_action(proposal: Proposal) -> MoneyMoved:
    """What the change would do to every slip, exactly; nothing is kept of it.

    Holds the event's and the market's locks exclusively while it looks. Raises NotFound, ValidationFailed,
    VersionConflict.
    """
    with transaction.atomic(durable=True):
        return _dry_run(proposal)


@transaction.atomic(durable=True)
def propose_action(proposal: Proposal, *, key: str = "") -> DeskAction:
    """Keep a proposal with its preview, for whoever applies or approves it. Raises as `preview_action`.

    The same key and proposal answer the same one, whatever the world has become since.
    """
    command_key = None
    if key:
        command_key = CommandKey(proposal.actor_id, key, fingerprint("propose_action", _as_command(proposal)))
    market = get_market(proposal.market_id)
    lock_event_exclusive(market.event_id)
    made_id = find_made(command_key)
    if made_id is not None:
        return DeskAction.objects.get(id=made_id)
    moved = _dry_run(proposal)
    action = DeskAction.objects.create(
        kind=proposal.kind,
        event_id=market.event_id,
        market=market,
        payload=_parse(proposal.kind, proposal.payload).to_json(),
        preview=moved.preview.to_json(),
        needs_approval=needs_approval(
            slips=moved.preview.slips + moved.tickets,
            moved=[Moved(paid, taken) for paid, taken in moved.by_currency.values()],
            overdraws=bool(moved.preview.overdrawn),
        ),
        reason=proposal.reason,
        proposed_by_id=proposal.actor_id,
        proposed_at=clock.now(),
    )
    _record(action, "proposed", proposal.actor_id, proposal.reason, before={}, after={"preview": action.preview})
    remember_made(command_key, action.id)
    return action


@transaction.atomic(durable=True)
def approve_action(
    *, actor_id: UUID, action_id: UUID, reason: str, command_key: CommandKey | None = None
) -> DeskAction:
    """Let a proposal above the limit be applied. Raises Forbidden to its proposer, VersionConflict.

    Here as in the other decisions the same key and reason change nothing again, and answer how the proposal stands.
    """
    action = _lock_action(action_id)
    if is_done(command_key):
        return action
    if "approve" not in list_steps(action.status, needs_approval=action.needs_approval):
        raise VersionConflict("This proposal waits for nobody")
    if action.proposed_by_id == actor_id:
        raise Forbidden("Somebody else approves what you propose")
    _decide(action, DeskActionStatus.APPROVED, actor_id, reason)
    remember_done(command_key)
    return action


@transaction.atomic(durable=True)
def reject_action(*, actor_id: UUID, action_id: UUID, reason: str, command_key: CommandKey | None = None) -> DeskAction:
    """Turn a proposal down, or take one's own back. Raises VersionConflict once it was applied or rejected."""
    action = _lock_action(action_id)
    if is_done(command_key):
        return action
    if "reject" not in list_steps(action.status, needs_approval=action.needs_approval):
        raise VersionConflict(f"The proposal is {action.status}")
    _decide(action, DeskActionStatus.REJECTED, actor_id, reason)
    remember_done(command_key)
    return action


@transaction.atomic(durable=True)
def apply_action(*, actor_id: UUID, action_id: UUID, reason: str, command_key: CommandKey | None = None) -> DeskAction:
    """Make the change. The slips are settled right behind it, as after any result. Raises VersionConflict.

    Works the preview out again under the locks and refuses where it differs: somebody bet, cashed out or corrected
    meanwhile. The proposal's row is locked first, so it is applied once.
    """
    action = _lock_action(action_id)
    if is_done(command_key):
        return action
    if "apply" not in list_steps(action.status, needs_approval=action.needs_approval):
        is_waiting = action.status == DeskActionStatus.PROPOSED
        raise VersionConflict("Somebody else approves it first" if is_waiting else f"The proposal is {action.status}")
    proposal = Proposal(action.kind, action.market_id, action.payload, action.proposed_by_id, action.reason)
    if _dry_run(proposal).preview.to_json() != action.preview:
        raise VersionConflict("It would move something else by now: propose it again")
    market = get_market(action.market_id)
    before = describe_state(market)
    _write(proposal, market, clock.now())
    action.status = DeskActionStatus.APPLIED
    action.applied_by_id = actor_id
    action.applied_at = clock.now()
    action.save(update_fields=["status", "applied_by", "applied_at"])
    _record(action, "applied", actor_id, reason, before=before, after=describe_state(market))
    remember_done(command_key)
    enqueue_settlement(market.event_id)
    return action


def _as_command(proposal: Proposal) -> ProposeCommand:
    return ProposeCommand.model_construct(
        kind=proposal.kind,  # type: ignore[arg-type]  # `_parse` refuses what is no kind
        market_id=proposal.market_id,
        payload=dict(proposal.payload),
        reason=proposal.reason,
    )


def _dry_run(proposal: Proposal) -> MoneyMoved:
    """Make the change, settle every slip of the event, add up what moved and what pools on the market come to, and roll
    it back. Locks stay held."""
    _parse(proposal.kind, proposal.payload)
    market = get_market(proposal.market_id)
    lock_event_exclusive(market.event_id)
    lock_market_exclusive(market.id)
    book = lock_book(market.event_id)
    pools = _lock_pools(market)
    if book.settled_results_no != book.results_no or _is_any_behind(pools, market):
        raise VersionConflict("The event is being settled: look again in a moment")
    moved: MoneyMoved | None = None
    try:
        with transaction.atomic():
            now = clock.now()
            _write(proposal, market, now)
            _settle_all(market.event_id, now)
            moved = read_moved(event_id=market.event_id, settled_at=now, pool_moves=_plan_pools(pools, market))
            raise _RollBack
    except _RollBack:
        assert moved is not None, "only the last statement of a dry run ends it so"
        return moved


def _lock_pools(market: Market) -> list[BettingPool]:
    """Those that may be divided, none of which is staked in, divided or called off meanwhile; before any account."""
    pools = BettingPool.objects.select_for_update(no_key=True)
    return list(pools.filter(market=market, status__in=PAID_STATUSES).order_by("id"))


def _is_any_behind(pools: Sequence[BettingPool], market: Market) -> bool:
    results_sum = sum_results(Selection.objects.filter(market=market))
    return any(pool.results_sum != results_sum for pool in pools)


def _plan_pools(pools: Sequence[BettingPool], market: Market) -> list[PoolMove]:
    """By the results and windows as they stand in the transaction; carrying it out is what the settlement does."""
    selections = list(Selection.objects.filter(market=market).order_by("sort"))
    market.refresh_from_db(fields=["status"])
    moves = []
    for pool in pools:
        pool.market = market
        moved = plan_division(pool, selections).moved
        moves += [PoolMove(entry.user_id, pool.currency, difference) for entry, difference in moved]
    return moves


def _write(proposal: Proposal, market: Market, now: datetime) -> None:
    """The caller holds the event's lock."""
    payload = _parse(proposal.kind, proposal.payload)
    desk = Desk(lock_book(market.event_id), get_market(market.id), proposal.actor_id, proposal.reason, now)
    write_payload(desk, payload)


def _settle_all(event_id: UUID, now: datetime) -> None:
    """What `settle_event` does, in one transaction and telling nobody."""
    with ledger_refusals(), connection.cursor() as cursor:
        cursor.execute("SELECT betting_plan_settlement(%s, %s)", [event_id, PREVIEW_BATCH_SLIPS])
        is_claimed = True
        while is_claimed:
            cursor.execute("SELECT is_claimed FROM betting_settle(%s, '', %s)", [event_id, now])
            is_claimed = bool(cursor.fetchone()[0])


def _parse(kind: str, payload: Mapping[str, Any]) -> DeskPayload:
    try:
        parsed: DeskPayload = SCHEMAS[kind].model_validate(dict(payload))
    except ValidationError as error:
        raise ValidationFailed(errors=field_errors(error.errors())) from error
    return parsed


def _lock_action(action_id: UUID) -> DeskAction:
    action = DeskAction.objects.select_for_update(no_key=True).filter(id=action_id).first()
    if action is None:
        raise NotFound("No such proposal")
    return action


def _decide(action: DeskAction, status: DeskActionStatus, actor_id: UUID, reason: str) -> None:
    before = action.status
    action.status = status
    action.decided_by_id = actor_id
    action.decided_at = clock.now()
    action.save(update_fields=["status", "decided_by", "decided_at"])
    _record(action, status, actor_id, reason, before={"status": before}, after={"status": status})


def _record(
    action: DeskAction, step: str, actor_id: UUID, reason: str, *, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    record_change(
        change=f"{action.kind}_{step}",
        subject=f"market:{action.market_id}",
        actor_id=actor_id,
        reason=reason,
        before=before,
        after=after,
        desk_action=action,
    )
