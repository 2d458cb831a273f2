"""Slips in the admin, read-only: what was struck, what the server knew, and what each settlement came to."""

from typing import ClassVar, Final

from django.contrib import admin

from betting.admin.desk import FINANCE, TradingAdmin, money
from betting.models import BetHistory, BetLeg, BetSlip
from betting.queries.markets import format_odds
from project.kit.admin_decorators import column
from project.kit.read_only_admin import ReadOnlyInline

SLIP_LABELS: Final = {"Accepted": "info", "Won": "success", "Lost": "danger", "Partial": "warning", "Void": "default"}


class LegInline(ReadOnlyInline):
    """The legs of a slip."""

    model = BetLeg
    ordering = ("position",)
    fields = readonly_fields = ("event", "market", "selection", "seen", "struck", "result")

    @column("Result")
    def result(self, leg: BetLeg) -> str:
        return leg.selection.get_result_display() or "-"

    @column("Seen at")
    def seen(self, leg: BetLeg) -> str:
        return format_odds(leg.seen_odds_milli) or "-"

    @column("Struck at")
    def struck(self, leg: BetLeg) -> str:
        return format_odds(leg.odds_milli) or "-"


@admin.register(BetSlip)
class BetSlipAdmin(TradingAdmin):
    """Slips, newest first, with what the server knew when each was placed."""

    viewer_roles: ClassVar[frozenset[str]] = FINANCE
    list_display = ("id", "user", "event", "state", "stake", "odds", "payout", "placed_at")
    list_filter = ("status", "currency")
    list_select_related = ("user", "event")
    search_fields = ("user__username", "event__name", "id")
    ordering = ("-placed_at", "-id")
    readonly_fields = ("stake", "odds", "payout")
    fields = (
        "user", "event", "status", "bet_type", "predicted_outcome", "stake", "odds", "payout",
        "price_policy", "match_state", "settlement_no", "placed_at", "settled_at",
    )  # fmt: skip
    inlines = (LegInline,)

    @column("Status", ordering="status", label=SLIP_LABELS)
    def state(self, slip: BetSlip) -> str:
        return slip.get_status_display()

    @column("Stake", ordering="stake_minor")
    def stake(self, slip: BetSlip) -> str:
        return money(slip.stake_minor, slip.currency)

    @column("Odds", ordering="odds_milli")
    def odds(self, slip: BetSlip) -> str:
        return format_odds(slip.odds_milli) or "-"

    @column("Payout", ordering="payout_minor")
    def payout(self, slip: BetSlip) -> str:
        return money(slip.payout_minor, slip.currency)


@admin.register(BetHistory)
class BetHistoryAdmin(TradingAdmin):
    """What each settlement came to, newest first."""

    viewer_roles: ClassVar[frozenset[str]] = FINANCE
    list_display = (
        "bet_slip", "user", "settlement_no", "outcome", "actual_result", "winnings", "difference", "timestamp",
    )  # fmt: skip
    list_filter = ("outcome",)
    list_select_related = ("user",)
    ordering = ("-id",)

    @column("Winnings")
    def winnings(self, row: BetHistory) -> str:
        return money(row.winnings_minor, row.currency)

    @column("Difference")
    def difference(self, row: BetHistory) -> str:
        return money(row.difference_minor, row.currency)
