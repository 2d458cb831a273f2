"""Books, markets and prices in the admin: everything readable, with the desk's stops and proposals as buttons."""

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse

from betting.actions.market_status import resume_market, suspend_market
from betting.actions.stops import resume_event, suspend_event
from betting.admin.desk import TradingAdmin
from betting.admin.holds import HoldButton
from betting.admin.proposals import PROPOSALS, ProposalButtons
from betting.models import DynamicOdds, EventBook, Market, MarketStatus, PricePoint, Selection, SelectionResult
from betting.queries.markets import format_odds
from project.kit.admin_decorators import button, column
from project.kit.admin_dialogs import ReasonForm, ask, carry_out
from project.kit.callers import require_user
from project.kit.http import caller_of
from project.kit.read_only_admin import ReadOnlyInline

MARKET_LABELS: Final = {
    "Active": "success",
    "Suspended": "warning",
    "Inactive": "info",
    "Settled": "default",
    "Cancelled": "danger",
}

Button = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Stop:
    """One direction of a stop: the action, how the state is written in the log, and what is said afterwards."""

    act: Callable[[UUID, UUID, str], Any]
    read: Callable[[Any], str]
    done: str


def suspend_buttons(what: str, *, suspend: Stop, resume: Stop) -> tuple[Button, Button]:
    """The two buttons of whatever the desk can stop: one asks and stops it, the other lets it go on."""

    def press(page: TradingAdmin, request: HttpRequest, form: ReasonForm, object_id: str, stop: Stop) -> HttpResponse:
        if page.get_object(request, object_id) is None:
            raise Http404
        reason, actor_id = form.cleaned_data["reason"], require_user(caller_of(request))

        def act() -> tuple[Any, str]:
            before = stop.read(page.get_object(request, object_id))
            row = stop.act(actor_id, UUID(object_id), reason)
            return row, f"{before} -> {stop.read(row)}: {reason}"

        return carry_out(request, page, act, done=stop.done)

    @button(
        "Suspend",
        url_path="suspend",
        icon="pause_circle",
        is_dangerous=True,
        permissions=["trade"],
        dialog=ask(f"Suspend this {what}?", "It takes no more bets from the moment this is confirmed.", "Suspend it"),
    )
    def suspend_it(page: TradingAdmin, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        return press(page, request, form, object_id, suspend)

    @button(
        "Resume",
        url_path="resume",
        icon="play_circle",
        permissions=["trade"],
        dialog=ask("Take bets again?", "At the prices of now, which have moved on behind the stop.", "Resume it"),
    )
    def resume_it(page: TradingAdmin, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        return press(page, request, form, object_id, resume)

    suspend_it.__name__, resume_it.__name__ = "suspend", "resume"
    return suspend_it, resume_it


def _book_state(book: EventBook) -> str:
    return "suspended" if book.is_suspended else "open"


@admin.register(EventBook)
class EventBookAdmin(TradingAdmin):
    """How far each event is priced and settled, with the desk's stop of a whole event."""

    list_display = ("event", "stopped", "version", "priced_state_version", "priced_at", "settled_result_version")
    list_select_related = ("event",)
    list_filter = ("is_suspended", "event__status")
    search_fields = ("event__name",)
    ordering = ("-event__start_time",)
    actions_row = ("suspend", "resume")
    actions_detail = ("suspend", "resume")
    suspend, resume = suspend_buttons(
        "event",
        suspend=Stop(
            lambda actor_id, event_id, reason: suspend_event(actor_id=actor_id, event_id=event_id, reason=reason),
            _book_state,
            "Suspended: no bet on the event follows.",
        ),
        resume=Stop(
            lambda actor_id, event_id, reason: resume_event(actor_id=actor_id, event_id=event_id, reason=reason),
            _book_state,
            "The event is open.",
        ),
    )

    def leads_somewhere(self, request: HttpRequest, row: EventBook, path: str) -> bool:
        return path == ("resume" if row.is_suspended else "suspend")

    @column("State", ordering="is_suspended", label={"open": "success", "suspended": "warning"})
    def stopped(self, book: EventBook) -> str:
        return _book_state(book)


class SelectionInline(ReadOnlyInline):
    """The prices of a market."""

    model = Selection
    hide_title = True  # its name is the first column
    ordering = ("sort",)
    fields = readonly_fields = (
        "name",
        "initial_odds",
        "odds",
        "held_odds",
        "chance",
        "pressed",
        "result",
        "updated_at",
    )

    @column("Opened at")
    def initial_odds(self, selection: Selection) -> str:
        return format_odds(selection.initial_odds_milli) or "-"

    @column("Now")
    def odds(self, selection: Selection) -> str:
        return format_odds(selection.odds_milli) or "-"

    @column("Held at")
    def held_odds(self, selection: Selection) -> str:
        return format_odds(selection.held_odds_milli) or "-"

    @column("Chance")
    def chance(self, selection: Selection) -> str:
        return "-" if selection.probability is None else f"{selection.probability:.2%}"

    @column("Pressure")
    def pressed(self, selection: Selection) -> str:
        return f"{selection.pressure:+.3f}" if selection.pressure else "-"


@admin.register(Market)
class MarketAdmin(HoldButton, ProposalButtons, TradingAdmin):
    """Markets, with the desk's stop and its proposals. Once a stop is confirmed, no bet on the market follows it."""

    list_display = ("name", "event", "sport", "state", "version")
    list_filter = ("status", "sport", "market_type")
    list_select_related = ("event",)
    search_fields = ("event__name",)
    ordering = ("-event__start_time", "sort")
    fields = ("event", "sport", "name", "key", "status", "each_way_places", "version")
    inlines = (SelectionInline,)
    actions_row = ("suspend", "resume")
    # The proposals in a menu of their own: all in one row are wider than a screen.
    actions_detail = ("suspend", "resume", "hold", {"title": "Change bets", "icon": "gavel", "items": PROPOSALS})
    suspend, resume = suspend_buttons(
        "market",
        suspend=Stop(
            lambda actor_id, market_id, reason: suspend_market(actor_id=actor_id, market_id=market_id, reason=reason),
            attrgetter("status"),
            "Suspended: no bet follows.",
        ),
        resume=Stop(
            lambda actor_id, market_id, reason: resume_market(actor_id=actor_id, market_id=market_id, reason=reason),
            attrgetter("status"),
            "The market is open.",
        ),
    )

    def leads_somewhere(self, request: HttpRequest, row: Market, path: str) -> bool:
        states = {"suspend": MarketStatus.ACTIVE, "resume": MarketStatus.SUSPENDED}
        return path not in states or row.status == states[path]

    @column("State", ordering="status", label=MARKET_LABELS)
    def state(self, market: Market) -> str:
        return str(MarketStatus(market.status).label)


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
