"""Dividing pools: by the results of their market, again when those change, and all back when one is called off.

As with slips, only the difference to what was paid before moves, so a first settlement, a duplicate and a correction
are the same call.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db import transaction

from betting.core.pools import PoolResult, PoolSettlement, PoolTicket, TicketPayout, settle_pool
from betting.errors import PoolClosed
from betting.events import PersonPayout, PoolSettled
from betting.models import BettingPool, MarketStatus, PoolEntry, PoolStatus, Selection
from betting.streams import POOL, PoolSettledChange, pool_changes, user_entry
from payments.actions import ledger
from payments.core.postings import HouseAccount, OverdraftReason, TransferDraft
from payments.queries.accounts import house_account_id, pool_account_id
from payments.queries.wallets import list_wallets
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
    results_sum = sum(selection.result_version for selection in selections)
    if pool.status not in PAID_STATUSES or results_sum == pool.results_sum:
        return False
    pool.results_sum = results_sum
    result = _read_result(pool, selections)
    if result is None:
        # One that was scratched changes the dividends of all others.
        pool.version += 1
        pool.save(update_fields=["results_sum", "version"])
        publish_latest(POOL.name_for(pool_id=pool.id), pool_changes(pool))
        return False
    _divide(pool, result, PoolStatus.SETTLED)
    return True


@transaction.atomic(durable=True)
def cancel_pool(*, pool_id: UUID, actor_id: UUID, reason: str, only_own: bool = False) -> BettingPool:
    """Call a pool off: every stake goes back whole. Raises PoolClosed once it is settled or cancelled.

    `only_own` refuses once somebody else than the actor has staked: PoolClosed with the reason others_staked.
    """
    pool = BettingPool.objects.select_for_update(of=("self",), no_key=True).select_related("market").get(id=pool_id)
    if pool.status not in (PoolStatus.OPEN, PoolStatus.CLOSED):
        raise PoolClosed(reason=pool.status)
    if only_own and PoolEntry.objects.filter(pool=pool).exclude(user_id=actor_id).exists():
        raise PoolClosed("Others have staked in this pool", reason="others_staked")
    pool.reason = reason
    _divide(pool, PoolResult(frozenset()), PoolStatus.CANCELLED, actor_id=actor_id)
    return pool


@transaction.atomic(durable=True)
def close_pool(*, pool_id: UUID) -> None:
    """Say that a pool takes no more stakes; the clock has already refused them."""
    pool = BettingPool.objects.select_for_update(no_key=True).get(id=pool_id)
    if pool.status != PoolStatus.OPEN or clock.now() < pool.closes_at:
        return
    pool.status = PoolStatus.CLOSED
    pool.version += 1
    pool.save(update_fields=["status", "version"])
    publish_latest(POOL.name_for(pool_id=pool.id), pool_changes(pool))


def _read_result(pool: BettingPool, selections: Sequence[Selection]) -> PoolResult | None:
    """None while the market is not decided. A market whose selections are all void has no winner: a refund."""
    if pool.market.status == MarketStatus.CANCELLED:
        return PoolResult(frozenset())
    if any(not selection.result for selection in selections):
        return None
    return PoolResult(
        winners=frozenset(str(one.id) for one in selections if one.result == "won"),
        scratched=frozenset(str(one.id) for one in selections if one.result == "void"),
    )


def _divide(pool: BettingPool, result: PoolResult, status: PoolStatus, *, actor_id: UUID | None = None) -> None:
    entries = list(PoolEntry.objects.filter(pool=pool).select_related("selection").order_by("id"))
    tickets = [PoolTicket(str(entry.id), str(entry.selection_id), entry.stake_minor) for entry in entries]
    settlement = settle_pool(tickets, result, takeout_basis_points=pool.takeout_basis_points)
    payouts = {payout.ticket_id: payout for payout in settlement.tickets}
    number = pool.settlement_no + 1
    ledger.post(_draft_transfers(pool, entries, payouts, settlement, number))
    for entry in entries:
        payout = payouts[str(entry.id)]
        entry.status, entry.payout_minor = payout.outcome, payout.payout_minor
    PoolEntry.objects.bulk_update(entries, ["status", "payout_minor"], batch_size=1_000)
    pool.status, pool.settlement_no, pool.settled_at = status, number, clock.now()
    pool.takeout_minor, pool.breakage_minor = settlement.takeout_minor, settlement.breakage_minor
    pool.top_up_minor = settlement.top_up_minor
    pool.version += 1
    pool.save()
    _tell(pool, entries, actor_id)


def _draft_transfers(
    pool: BettingPool,
    entries: Sequence[PoolEntry],
    payouts: Mapping[str, TicketPayout],
    settlement: PoolSettlement,
    number: int,
) -> list[TransferDraft]:
    """What moves between this settlement and the one before; the house's share first, so that the pool can pay."""
    account = pool_account_id(pool.id, pool.currency)
    revenue = house_account_id(HouseAccount.HOUSE_REVENUE, pool.currency)
    wallets = {view.user_id: view for view in list_wallets({e.user_id for e in entries}, currency=pool.currency)}
    drafts = [
        _draft(pool, "pool_top_up", number, revenue, account, settlement.top_up_minor - pool.top_up_minor),
        _draft(pool, "pool_takeout", number, account, revenue, settlement.takeout_minor - pool.takeout_minor),
        _draft(pool, "pool_breakage", number, account, revenue, settlement.breakage_minor - pool.breakage_minor),
    ]
    for entry in entries:
        difference = payouts[str(entry.id)].payout_minor - entry.payout_minor
        wallet = wallets[entry.user_id].account_id
        if difference > 0:
            kind = "pool_refund" if payouts[str(entry.id)].outcome == "refunded" else "pool_payout"
            drafts.append(_draft(pool, kind, number, account, wallet, difference, entry))
        elif difference < 0:
            drafts.append(_draft(pool, "pool_correction", number, wallet, account, -difference, entry))
    return [draft for draft in drafts if draft is not None]


def _draft(
    pool: BettingPool, kind: str, number: int, debit: UUID, credit: UUID, amount: int, entry: PoolEntry | None = None
) -> TransferDraft | None:
    """A negative amount moves the other way; none moves nothing."""
    if amount == 0:
        return None
    if amount < 0:
        debit, credit, amount = credit, debit, -amount
    what = entry.selection.name if entry else "the house's part"
    return TransferDraft(
        kind=kind,
        ref=f"{entry.id if entry else pool.id}:{number}",
        debit_account_id=debit,
        credit_account_id=credit,
        amount_minor=amount,
        ref_kind="pool",
        ref_id=pool.id,
        description=f"Pool {pool.name}: {what}"[:240],
        overdrawn_by=OverdraftReason.SETTLEMENT if kind == "pool_correction" else None,
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
