"""Dividing pools: by the results of their market and what is void there, again when those change, and all back when one
is called off.

As with slips, only the difference to what was paid before moves, so a first settlement, a duplicate and a correction
are the same call.
"""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from betting.actions.pools.plan_division import Division, divide, plan_division, sum_results
from betting.core.pools import PoolResult
from betting.errors import PoolClosed
from betting.events import PersonPayout, PoolSettled
from betting.models import BettingPool, PoolEntry, PoolStatus, PoolTotal, Selection
from betting.queries.cancel_windows import read_void_times
from betting.queries.pools import shape_entry
from betting.schemas.pools import PoolEntryReply
from betting.streams import POOL, PoolSettledChange, PoolTicketsChange, pool_changes, user_entry
from payments.actions import ledger
from payments.streams import wallet_entries
from project.kit import clock, streams
from project.kit.events import publish
from project.kit.money import format_minor
from project.kit.streams import publish_latest

PAID_STATUSES = (PoolStatus.OPEN, PoolStatus.CLOSED, PoolStatus.SETTLED)


@transaction.atomic(durable=True)
def settle_pool_by_results(*, pool_id: UUID) -> bool:
    """Divide a pool whose market has new results; answers whether anything changed.

    Locks the pool's row, then the accounts of everybody with a ticket.
    """
    pool = BettingPool.objects.select_for_update(of=("self",), no_key=True).select_related("market").get(id=pool_id)
    selections = list(Selection.objects.filter(market_id=pool.market_id).order_by("sort"))
    results_sum = sum_results(selections)
    if pool.status not in PAID_STATUSES or results_sum == pool.results_sum:
        return False
    pool.results_sum = results_sum
    division = plan_division(pool, selections)
    if division.status != PoolStatus.SETTLED and division.status == pool.status and not division.changed:
        # One that was scratched changes the dividends of all others.
        pool.version += 1
        pool.save(update_fields=["results_sum", "version"])
        publish_latest(POOL.name_for(pool_id=pool.id), pool_changes(pool))
        return False
    _carry_out(pool, division)
    return True


@transaction.atomic(durable=True)
def cancel_pool(*, pool_id: UUID, actor_id: UUID, reason: str, only_own: bool = False) -> BettingPool:
    """Call a pool off: every stake goes back whole. Raises PoolClosed once it is settled or cancelled.

    `only_own` refuses once somebody else than the actor has staked: PoolClosed with the reason others_staked. It needs
    no key: a pool that is called off stays so, and whoever asks again because the answer was lost gets it.
    """
    pool = BettingPool.objects.select_for_update(of=("self",), no_key=True).select_related("market").get(id=pool_id)
    if only_own and pool.status == PoolStatus.CANCELLED:
        return pool
    if pool.status not in (PoolStatus.OPEN, PoolStatus.CLOSED):
        raise PoolClosed(reason=pool.status)
    if only_own and PoolEntry.objects.filter(pool=pool).exclude(user_id=actor_id).exists():
        raise PoolClosed("Others have staked in this pool", reason="others_staked")
    pool.reason = reason
    void_times = read_void_times([pool.market_id])
    _carry_out(pool, divide(pool, PoolResult(frozenset()), PoolStatus.CANCELLED, void_times), actor_id=actor_id)
    return pool


@transaction.atomic(durable=True)
def close_pool(*, pool_id: UUID) -> None:
    """Say that a pool takes no more stakes; the clock has already refused them."""
    pool = BettingPool.objects.select_for_update(no_key=True).get(id=pool_id)  # its event is read after the lock
    if pool.status != PoolStatus.OPEN or clock.now() < pool.ends_at:
        return
    pool.status = PoolStatus.CLOSED
    pool.version += 1
    pool.save(update_fields=["status", "version"])
    publish_latest(POOL.name_for(pool_id=pool.id), pool_changes(pool))


def _carry_out(pool: BettingPool, division: Division, *, actor_id: UUID | None = None) -> None:
    """Move what it moves and write what it makes of the tickets, the totals and the pool."""
    ledger.post(list(division.drafts))
    changed = {entry.user_id for entry in division.changed}
    for entry in division.entries:
        payout = division.payouts[str(entry.id)]
        entry.status, entry.payout_minor = payout.outcome, payout.payout_minor
    PoolEntry.objects.bulk_update(division.entries, ["status", "payout_minor"], batch_size=1_000)
    _count_totals(pool, division)
    is_over = division.status in (PoolStatus.SETTLED, PoolStatus.CANCELLED)
    pool.status, pool.settlement_no = division.status, pool.settlement_no + 1
    pool.settled_at = clock.now() if is_over else None
    pool.takeout_minor, pool.breakage_minor = division.settlement.takeout_minor, division.settlement.breakage_minor
    pool.top_up_minor = division.settlement.top_up_minor
    pool.version += 1
    pool.save()
    if is_over:
        _tell(pool, division.entries, actor_id)
    else:
        _tell_of_tickets(pool, [entry for entry in division.entries if entry.user_id in changed])


def _count_totals(pool: BettingPool, division: Division) -> None:
    """What is void is in no total; it is again where it stands again."""
    standing = [entry for entry in division.entries if entry.id not in division.void_ids]
    totals = list(PoolTotal.objects.filter(pool=pool))
    for total in totals:
        stakes = [entry.stake_minor for entry in standing if entry.selection_id == total.selection_id]
        total.stake_minor, total.entry_count = sum(stakes), len(stakes)
    PoolTotal.objects.bulk_update(totals, ["stake_minor", "entry_count"])
    pool.gross_minor, pool.entry_count = sum(entry.stake_minor for entry in standing), len(standing)


def _tell_of_tickets(pool: BettingPool, entries: Iterable[PoolEntry]) -> None:
    """The pool goes on: tickets in it were made void, or stand again."""
    still_open: dict[UUID, list[PoolEntryReply]] = defaultdict(list)
    for entry in entries:
        entry.pool = pool
        still_open[entry.user_id] += [shape_entry(entry)] if entry.status == PoolEntry.Status.OPEN else []
    publish_latest(POOL.name_for(pool_id=pool.id), pool_changes(pool))
    streams.append(
        *(
            user_entry(user_id, PoolTicketsChange(pool_id=pool.id, name=pool.name, entries=still_open[user_id][::-1]))
            for user_id in sorted(still_open)
        ),
        *wallet_entries([(user_id, pool.currency) for user_id in still_open], transaction_type="pool_payout"),
    )


def _tell(pool: BettingPool, entries: Iterable[PoolEntry], actor_id: UUID | None) -> None:
    stakes: dict[UUID, int] = defaultdict(int)
    paid: dict[UUID, int] = defaultdict(int)
    for entry in entries:
        stakes[entry.user_id] += entry.stake_minor
        paid[entry.user_id] += entry.payout_minor
    publish(
        PoolSettled(
            pool_id=pool.id,
            settlement_no=pool.settlement_no,
            is_cancelled=pool.status == PoolStatus.CANCELLED,
            actor_id=actor_id,
            people=[
                PersonPayout(user_id=one, stake_minor=stakes[one], payout_minor=paid[one]) for one in sorted(stakes)
            ],
        )
    )
    publish_latest(POOL.name_for(pool_id=pool.id), pool_changes(pool))
    streams.append(
        *(
            user_entry(
                user_id,
                PoolSettledChange(
                    pool_id=pool.id,
                    name=pool.name,
                    status="cancelled" if pool.status == PoolStatus.CANCELLED else "settled",
                    stake=format_minor(stakes[user_id], pool.currency),
                    payout=format_minor(paid[user_id], pool.currency),
                    currency=pool.currency,
                ),
            )
            for user_id in sorted(stakes)
        ),
        *wallet_entries([(user_id, pool.currency) for user_id in stakes], transaction_type="pool_payout"),
    )
