"""Pools in the admin: their field and tickets, and calling one off as the only change."""

from typing import Final

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse

from betting.actions.pools.settle_pool import cancel_pool
from betting.admin.desk import TradingAdmin, money
from betting.models import BettingPool, PoolEntry, PoolStatus, PoolTotal
from project.kit.admin_decorators import button, column
from project.kit.admin_dialogs import ReasonForm, ask, carry_out
from project.kit.callers import require_user
from project.kit.http import caller_of
from project.kit.read_only_admin import ReadOnlyInline

POOL_LABELS: Final = {"Open": "success", "Closed": "info", "Settled": "default", "Cancelled": "danger"}


class TotalInline(ReadOnlyInline):
    """What is staked on each selection."""

    model = PoolTotal
    ordering = ("selection__sort",)
    fields = readonly_fields = ("selection", "stake", "entry_count")

    @column("Stake")
    def stake(self, total: PoolTotal) -> str:
        return money(total.stake_minor, total.pool.currency)


@admin.register(BettingPool)
class BettingPoolAdmin(TradingAdmin):
    """Pools, newest first."""

    list_display = ("name", "event", "state", "gross", "entry_count", "closes_at")
    list_filter = ("status", "is_private")
    list_select_related = ("event",)
    search_fields = ("name", "event__name", "creator__username")
    ordering = ("-created_at", "-id")
    readonly_fields = ("gross", "takeout", "breakage", "top_up")
    fields = (
        "name", "rules", "creator", "event", "market", "status", "gross", "takeout_basis_points", "takeout",
        "breakage", "top_up", "own_end", "closes_at", "settlement_no", "settled_at", "reason",
    )  # fmt: skip
    inlines = (TotalInline,)
    actions_row = ("call_off",)
    actions_detail = ("call_off",)

    def leads_somewhere(self, request: HttpRequest, row: BettingPool, path: str) -> bool:
        return row.status in (PoolStatus.OPEN, PoolStatus.CLOSED)

    @column("State", ordering="status", label=POOL_LABELS)
    def state(self, pool: BettingPool) -> str:
        return str(pool.get_status_display())

    @column("Gross", ordering="gross_minor")
    def gross(self, pool: BettingPool) -> str:
        return money(pool.gross_minor, pool.currency)

    @column("Takeout")
    def takeout(self, pool: BettingPool) -> str:
        return money(pool.takeout_minor, pool.currency)

    @column("Breakage")
    def breakage(self, pool: BettingPool) -> str:
        return money(pool.breakage_minor, pool.currency)

    @column("Topped up by the house")
    def top_up(self, pool: BettingPool) -> str:
        return money(pool.top_up_minor, pool.currency)

    @button(
        "Call off",
        url_path="call-off",
        icon="undo",
        is_dangerous=True,
        permissions=["trade"],
        dialog=ask("Call this pool off?", "Every stake goes back whole, without takeout.", "Call it off"),
    )
    def call_off(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        before = self.get_object(request, object_id)
        if before is None:
            raise Http404
        reason, actor_id = form.cleaned_data["reason"], require_user(caller_of(request))

        def act() -> tuple[BettingPool, str]:
            pool = cancel_pool(pool_id=before.id, actor_id=actor_id, reason=reason[:300])
            return pool, f"{before.status} -> {pool.status}: {reason}"

        return carry_out(request, self, act, done="Called off: every stake went back.")


@admin.register(PoolEntry)
class PoolEntryAdmin(TradingAdmin):
    """Tickets, newest first."""

    list_display = ("pool", "user", "selection", "stake", "status", "payout", "placed_at")
    list_filter = ("status",)
    list_select_related = ("pool", "user", "selection")
    search_fields = ("user__username", "pool__name")
    ordering = ("-id",)

    @column("Stake", ordering="stake_minor")
    def stake(self, entry: PoolEntry) -> str:
        return money(entry.stake_minor, entry.pool.currency)

    @column("Payout", ordering="payout_minor")
    def payout(self, entry: PoolEntry) -> str:
        return money(entry.payout_minor, entry.pool.currency)
