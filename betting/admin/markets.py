"""Betting in the admin: everything readable, and the trading desk's stop of a market as its only change."""

from collections.abc import Callable
from typing import Any, ClassVar, Final

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from unfold.admin import TabularInline

from betting.actions.market_status import resume_market, suspend_market
from betting.models import (
    BetHistory,
    BetLeg,
    BetSlip,
    DynamicOdds,
    EventBook,
    Market,
    MarketStatus,
    PricePoint,
    Selection,
    SelectionResult,
)
from betting.queries.markets import format_odds
from project.kit.admin_decorators import button, column
from project.kit.admin_dialogs import ReasonForm, ask, leave_to_list
from project.kit.callers import require_user
from project.kit.errors import AppError
from project.kit.http import caller_of
from project.kit.money import format_minor
from project.kit.read_only_admin import ReadOnlyAdmin

TRADERS_GROUP: Final = "traders"
FINANCE: Final = frozenset({"FINANCE"})
MARKET_LABELS: Final = {
    "Active": "success",
    "Suspended": "warning",
    "Inactive": "info",
    "Settled": "default",
    "Cancelled": "danger",
}
SLIP_LABELS: Final = {"Accepted": "info", "Won": "success", "Lost": "danger", "Partial": "warning", "Void": "default"}


def money(minor: int | None, currency: str) -> str:
    return "-" if minor is None else f"{format_minor(minor, currency)} {currency}"


class TradingAdmin(ReadOnlyAdmin):
    """A page of the trading desk: admins and the group of traders."""

    def may_view(self, request: HttpRequest) -> bool:
        return super().may_view(request) or self.is_trader(request)

    def is_trader(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.groups.filter(name=TRADERS_GROUP).exists())


@admin.register(EventBook)
class EventBookAdmin(TradingAdmin):
    """How far each event is priced and settled."""

    list_display = ("event", "version", "priced_state_version", "priced_at", "settled_result_version")
    list_select_related = ("event",)
    search_fields = ("event__name",)
    ordering = ("-event__start_time",)


class SelectionInline(TabularInline):  # type: ignore[misc]  # unfold ships no types
    """The prices of a market."""

    model = Selection
    ordering = ("sort",)
    fields = readonly_fields = ("name", "initial_odds", "odds", "probability", "result", "updated_at")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True  # whoever sees the market sees its prices

    @column("Opened at")
    def initial_odds(self, selection: Selection) -> str:
        return format_odds(selection.initial_odds_milli) or "-"

    @column("Now")
    def odds(self, selection: Selection) -> str:
        return format_odds(selection.odds_milli) or "-"


@admin.register(Market)
class MarketAdmin(TradingAdmin):
    """Markets, with the desk's stop. Once a stop is confirmed, no bet on the market follows it."""

    list_display = ("name", "event", "state", "version")
    list_filter = ("status", "market_type")
    list_select_related = ("event",)
    search_fields = ("event__name",)
    ordering = ("-event__start_time", "sort")
    fields = ("event", "name", "key", "status", "version")
    inlines = (SelectionInline,)
    actions_row = ("suspend", "resume")
    actions_detail = ("suspend", "resume")

    def has_trade_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Whether this person stops and opens markets: asked for the buttons and again when one is pressed."""
        return self.may_view(request)

    @column("State", ordering="status", label=MARKET_LABELS)
    def state(self, market: Market) -> str:
        return str(MarketStatus(market.status).label)

    @button(
        "Suspend",
        url_path="suspend",
        icon="pause_circle",
        is_dangerous=True,
        permissions=["trade"],
        dialog=ask("Suspend this market?", "It takes no more bets from the moment this is confirmed.", "Suspend it"),
    )
    def suspend(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        return self._trade(request, form, object_id, suspend_market, "Suspended: no bet follows.")

    @button(
        "Resume",
        url_path="resume",
        icon="play_circle",
        permissions=["trade"],
        dialog=ask("Take bets again?", "At the prices of now, which have moved on behind the stop.", "Resume it"),
    )
    def resume(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        return self._trade(request, form, object_id, resume_market, "The market is open.")

    def _trade(
        self, request: HttpRequest, form: ReasonForm, object_id: str, act: Callable[..., Market], done: str
    ) -> HttpResponse:
        before = self.get_object(request, object_id)
        if before is None:
            raise Http404
        reason = form.cleaned_data["reason"]
        try:
            market = act(actor_id=require_user(caller_of(request)), market_id=before.id, reason=reason)
        except AppError as refusal:
            messages.error(request, refusal.detail or refusal.title)
        else:
            self.log_change(request, market, f"{before.status} -> {market.status}: {reason}")
            messages.success(request, done)
        return leave_to_list(request, self)


@admin.register(DynamicOdds)
class DynamicOddsAdmin(TradingAdmin):
    """Our first and current prices."""

    list_display = ("bet_type", "event", "initial_odds", "current_odds", "last_updated")
    list_select_related = ("event",)
    search_fields = ("event__name", "bet_type")
    ordering = ("-last_updated", "selection_id")

    @column("Initial odds", ordering="initial_odds_milli")
    def initial_odds(self, row: DynamicOdds) -> str:
        return format_odds(row.initial_odds_milli) or "-"

    @column("Current odds", ordering="current_odds_milli")
    def current_odds(self, row: DynamicOdds) -> str:
        return format_odds(row.current_odds_milli) or "-"


@admin.register(PricePoint)
class PricePointAdmin(TradingAdmin):
    """Every price of charted markets, newest first."""

    list_display = ("selection", "market", "minute", "odds", "probability", "recorded_at")
    list_select_related = ("selection", "market")
    ordering = ("-id",)

    @column("Odds")
    def odds(self, point: PricePoint) -> str:
        return format_odds(point.odds_milli) or "-"


@admin.register(SelectionResult)
class SelectionResultAdmin(TradingAdmin):
    """Every version of every result, newest first."""

    list_display = ("selection", "version", "result", "void_halves", "produced_at", "recorded_at")
    list_select_related = ("selection",)
    list_filter = ("result",)
    ordering = ("-id",)


class LegInline(TabularInline):  # type: ignore[misc]  # unfold ships no types
    """The legs of a slip."""

    model = BetLeg
    ordering = ("position",)
    fields = readonly_fields = ("event", "market", "selection", "seen", "struck", "result")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True  # whoever sees the slip sees its legs

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
