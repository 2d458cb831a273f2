"""What dividing a pool comes to: by the results of its market and by what is void there, before anything moves.

The desk's preview shows it and the settlement carries it out, so they are one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from betting.core.pools import PoolResult, PoolSettlement, PoolTicket, TicketPayout, settle_pool
from betting.models import BettingPool, MarketStatus, PoolEntry, PoolStatus, Selection
from betting.queries.cancel_windows import VoidTimes, read_void_times
from payments.core.postings import HouseAccount, OverdraftReason, TransferDraft
from payments.queries.accounts import house_account_id, pool_account_id
from payments.queries.wallets import list_wallets
from project.kit import clock


@dataclass(frozen=True)
class Division:
    """Who gets what of a pool now, what moves for that, and how the pool stands afterwards."""

    entries: Sequence[PoolEntry]
    void_ids: frozenset[UUID]
    payouts: Mapping[str, TicketPayout]
    settlement: PoolSettlement
    moved: Sequence[tuple[PoolEntry, int]]  # tickets that are paid something else than before, with the difference
    drafts: Sequence[TransferDraft]
    status: PoolStatus

    @property
    def changed(self) -> list[PoolEntry]:
        """Tickets that become something else than they are."""
        return [entry for entry in self.entries if self.payouts[str(entry.id)].outcome != entry.status]


def sum_results(selections: Iterable[Selection]) -> int:
    """What tells the results of a market from those of before: a pool keeps that of its last division."""
    return sum(selection.result_version for selection in selections)


def plan_division(pool: BettingPool, selections: Sequence[Selection]) -> Division:
    """By the results and windows of now. The caller holds the pool's row, or the event's lock to look only."""
    void_times = read_void_times([pool.market_id])
    result = _read_result(pool, selections, void_times)
    return divide(pool, result, _status_after(pool, result), void_times)


def divide(pool: BettingPool, result: PoolResult | None, status: PoolStatus, void_times: VoidTimes) -> Division:
    """By this result; None leaves the tickets open that are not void."""
    entries = list(PoolEntry.objects.filter(pool=pool).select_related("selection").order_by("id"))
    void_ids = frozenset(entry.id for entry in entries if void_times.covers(pool.market_id, entry.placed_at))
    tickets = [
        PoolTicket(str(entry.id), str(entry.selection_id), entry.stake_minor, entry.id in void_ids) for entry in entries
    ]
    settlement = settle_pool(tickets, result, takeout_basis_points=pool.takeout_basis_points)
    payouts = {payout.ticket_id: payout for payout in settlement.tickets}
    differences = ((entry, payouts[str(entry.id)].payout_minor - entry.payout_minor) for entry in entries)
    moved = [(entry, difference) for entry, difference in differences if difference]
    drafts = _draft_transfers(pool, moved, payouts, settlement, pool.settlement_no + 1)
    return Division(entries, void_ids, payouts, settlement, moved, drafts, status)


def _read_result(pool: BettingPool, selections: Sequence[Selection], void_times: VoidTimes) -> PoolResult | None:
    """None while the market is not decided. A market that is void, or whose selections all are, has no winner: a
    refund."""
    if pool.market.status == MarketStatus.CANCELLED or void_times.covers_all(pool.market_id):
        return PoolResult(frozenset())
    if any(not selection.result for selection in selections):
        return None
    return PoolResult(
        winners=frozenset(str(one.id) for one in selections if one.result == "won"),
        scratched=frozenset(str(one.id) for one in selections if one.result == "void"),
    )


def _status_after(pool: BettingPool, result: PoolResult | None) -> PoolStatus:
    """A pool that was divided is open again without a result, or closed where its time is over."""
    if result is not None:
        return PoolStatus.SETTLED
    if pool.status != PoolStatus.SETTLED:
        return PoolStatus(pool.status)
    return PoolStatus.OPEN if clock.now() < pool.ends_at else PoolStatus.CLOSED


def _draft_transfers(
    pool: BettingPool,
    moved: Sequence[tuple[PoolEntry, int]],
    payouts: Mapping[str, TicketPayout],
    settlement: PoolSettlement,
    number: int,
) -> list[TransferDraft]:
    """What moves between this settlement and the one before; the house's share first, so that the pool can pay."""
    account = pool_account_id(pool.id, pool.currency)
    revenue = house_account_id(HouseAccount.HOUSE_REVENUE, pool.currency)
    wallets = {view.user_id: view for view in list_wallets({e.user_id for e, _ in moved}, currency=pool.currency)}
    drafts = [
        _draft(pool, "pool_top_up", number, revenue, account, settlement.top_up_minor - pool.top_up_minor),
        _draft(pool, "pool_takeout", number, account, revenue, settlement.takeout_minor - pool.takeout_minor),
        _draft(pool, "pool_breakage", number, account, revenue, settlement.breakage_minor - pool.breakage_minor),
    ]
    for entry, difference in moved:
        wallet = wallets[entry.user_id].account_id
        if difference > 0:
            kind = "pool_refund" if payouts[str(entry.id)].outcome == "refunded" else "pool_payout"
            drafts.append(_draft(pool, kind, number, account, wallet, difference, entry))
        else:
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
