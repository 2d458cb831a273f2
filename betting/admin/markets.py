"""Markets and prices in the admin: everything readable, and the trading desk's stop of a market as its only change."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from unfold.admin import TabularInline

from betting.actions.market_status import resume_market, suspend_market
from betting.admin.desk import TradingAdmin
from betting.models import DynamicOdds, EventBook, Market, MarketStatus, PricePoint, Selection, SelectionResult
from betting.queries.markets import format_odds
from project.kit.admin_decorators import button, column
from project.kit.admin_dialogs import ReasonForm, ask, leave_to_list
from project.kit.callers import require_user
from project.kit.errors import AppError
from project.kit.http import caller_of

MARKET_LABELS: Final = {
    "Active": "success",
    "Suspended": "warning",
    "Inactive": "info",
    "Settled": "default",
    "Cancelled": "danger",
}


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
