"""Strategies, suggested slips and patterns in the admin, read-only."""

from typing import Final

from django.contrib import admin

from betting.admin.desk import TradingAdmin, money
from betting.core.strategies.language import CURRENCY
from betting.models import (
    BetSlipGenerationLeg,
    BetSlipGenerationLog,
    BettingStrategy,
    BettingStrategyEvaluation,
    BettingStrategyVersion,
    PaperBet,
    PaperRun,
    UserBettingPattern,
)
from betting.queries.markets import format_odds
from project.kit.admin_decorators import column
from project.kit.read_only_admin import ReadOnlyAdmin, ReadOnlyInline

STATUS_LABELS: Final = {
    "Pending": "info",
    "Running": "info",
    "Completed": "success",
    "Failed": "danger",
    "Open": "info",
    "Won": "success",
    "Lost": "danger",
    "Partial": "warning",
    "Void": "default",
}


def percent(millionths: int | None) -> str:
    return "-" if millionths is None else f"{millionths / 10_000:+.2f} %"


@admin.register(BettingStrategy)
class BettingStrategyAdmin(TradingAdmin):
    """Everybody's strategies with their rank and ratings."""

    list_display = ("name", "owner", "visibility", "is_archived", "rank_basis", "rank_bets", "roi", "roi_low", "rated")
    list_filter = ("visibility", "is_archived", "rank_basis")
    list_select_related = ("owner",)
    search_fields = ("name", "owner__username")
    ordering = ("-created_at", "-id")

    @column("Return", ordering="rank_roi")
    def roi(self, row: BettingStrategy) -> str:
        return percent(row.rank_roi)

    @column("At least", ordering="rank_roi_low")
    def roi_low(self, row: BettingStrategy) -> str:
        return percent(row.rank_roi_low)

    @column("Rated", ordering="rating_average_milli")
    def rated(self, row: BettingStrategy) -> str:
        return f"{row.rating_average_milli / 1_000:.1f} ({row.rating_count})" if row.rating_count else "-"


@admin.register(BettingStrategyVersion)
class BettingStrategyVersionAdmin(TradingAdmin):
    """Every version of every strategy's rules."""

    list_display = ("strategy", "version", "language", "sha256", "created_at")
    list_select_related = ("strategy",)
    search_fields = ("strategy__name", "sha256")
    ordering = ("-created_at", "-id")


@admin.register(BettingStrategyEvaluation)
class BettingStrategyEvaluationAdmin(TradingAdmin):
    """Back-tests and paper runs with what they came to."""

    list_display = ("strategy", "kind", "state", "evaluation_period", "events_seen", "bets", "result", "last_evaluated")
    list_filter = ("kind", "status")
    list_select_related = ("strategy",)
    search_fields = ("strategy__name",)
    ordering = ("-requested_at", "-id")

    @column("Status", ordering="status", label=STATUS_LABELS)
    def state(self, row: BettingStrategyEvaluation) -> str:
        return row.get_status_display()

    @column("Return", ordering="roi")
    def result(self, row: BettingStrategyEvaluation) -> str:
        return percent(row.roi)


@admin.register(PaperRun)
class PaperRunAdmin(TradingAdmin):
    """Strategies that follow live events on paper."""

    list_display = ("strategy", "strategy_version", "started_at", "stopped_at")
    list_select_related = ("strategy", "strategy_version")
    search_fields = ("strategy__name",)
    ordering = ("-started_at", "-id")


@admin.register(PaperBet)
class PaperBetAdmin(TradingAdmin):
    """What they bet, newest first. No money is behind these."""

    list_display = ("event", "selection", "state", "stake", "odds", "closing", "payout", "placed_at")
    list_filter = ("status",)
    list_select_related = ("event", "selection")
    search_fields = ("event__name", "run__strategy__name")
    ordering = ("-placed_at", "-id")

    @column("Status", ordering="status", label=STATUS_LABELS)
    def state(self, bet: PaperBet) -> str:
        return bet.get_status_display()

    @column("Stake", ordering="stake_minor")
    def stake(self, bet: PaperBet) -> str:
        return money(bet.stake_minor, CURRENCY)

    @column("Odds", ordering="odds_milli")
    def odds(self, bet: PaperBet) -> str:
        return format_odds(bet.odds_milli) or "-"

    @column("Closing", ordering="closing_odds_milli")
    def closing(self, bet: PaperBet) -> str:
        return format_odds(bet.closing_odds_milli) or "-"

    @column("Payout", ordering="payout_minor")
    def payout(self, bet: PaperBet) -> str:
        return money(bet.payout_minor, CURRENCY)


class SuggestedLegInline(ReadOnlyInline):
    """The legs of a suggestion."""

    model = BetSlipGenerationLeg
    ordering = ("position",)
    fields = readonly_fields = (
        "selection",
        "odds",
        "insight",
        "model_version",
        "model_millionths",
        "market_millionths",
    )

    @column("Odds")
    def odds(self, leg: BetSlipGenerationLeg) -> str:
        return format_odds(leg.odds_milli) or "-"


@admin.register(BetSlipGenerationLog)
class BetSlipGenerationLogAdmin(TradingAdmin):
    """Suggested slips: by which insight of which model version, and what came of them."""

    list_display = ("generation_timestamp", "user", "model_version", "insight_used", "odds", "feedback", "bet_slip")
    list_filter = ("feedback",)
    list_select_related = ("user", "model_version__model", "insight_used", "bet_slip")
    search_fields = ("user__username",)
    ordering = ("-generation_timestamp", "-id")
    inlines = (SuggestedLegInline,)

    @column("Odds", ordering="odds_milli")
    def odds(self, log: BetSlipGenerationLog) -> str:
        return format_odds(log.odds_milli) or "-"


@admin.register(UserBettingPattern)
class UserBettingPatternAdmin(ReadOnlyAdmin):
    """What shows in people's slips: for admins alone, who look after early signs of harm."""

    list_display = ("user", "pattern_identifier", "detected_on")
    list_filter = ("pattern_identifier",)
    list_select_related = ("user",)
    search_fields = ("user__username",)
    ordering = ("-detected_on", "-id")
