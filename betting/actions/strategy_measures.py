"""Writing what a strategy was worth: measures into an evaluation, and from the evaluations its rank."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Final

from betting.core.strategies.backtest import Played
from betting.core.strategies.language import CURRENCY, parse_rules
from betting.core.strategies.measures import Measures, measure, thin_out
from betting.models import BettingStrategy, BettingStrategyEvaluation, EvaluationKind, EvaluationStatus
from project.kit import clock
from project.kit.money import format_minor, parse_minor

RANKED_BETS_MIN: Final = 30  # below it the interval is wider than anybody's edge
MILLION: Final = 1_000_000


def fill_evaluation(
    evaluation: BettingStrategyEvaluation, played: Sequence[Played], equity: Sequence[tuple[datetime, int]]
) -> None:
    """Put the measures of these bets into the row and save it."""
    rules = parse_rules(evaluation.strategy_version.rules)
    bank_minor = parse_minor(rules.bank, CURRENCY)
    measures = measure(played, equity, bank_minor=bank_minor, seed=evaluation.seed)
    evaluation.evaluation_metrics = metrics_document(measures)
    evaluation.equity = [[at.isoformat(), profit_minor] for at, profit_minor in thin_out(equity)]
    evaluation.bets = measures.settled
    evaluation.roi = _millionths(measures.roi)
    evaluation.roi_low = _millionths(measures.roi_low)
    evaluation.closing_line = _millionths(measures.closing_line_value)
    evaluation.last_evaluated = clock.now()
    evaluation.save()


def metrics_document(measures: Measures) -> dict[str, object]:
    """Measures as `EvaluationMetrics` reads them."""
    document = asdict(measures)
    document["max_drawdown_share"] = document.pop("max_drawdown")
    for name in ("staked", "profit", "max_drawdown"):
        document[name] = format_minor(document.pop(f"{name}_minor"), CURRENCY)
    document["win_rate"] = document.pop("hit_rate")
    document["calibration"] = list(document["calibration"])
    return document


def rank_strategy(strategy: BettingStrategy) -> None:
    """Rank a strategy, whose row the caller holds, by its newest rules alone.

    A paper run with enough bets counts before any back-test, for nobody could know its events. Among several of a kind
    the one over most events counts, so that a lucky season, or a run begun again until it was lucky, gives no better
    rank.
    """
    rows = BettingStrategyEvaluation.objects.filter(
        strategy_version_id=strategy.newest_version_id, bets__gte=RANKED_BETS_MIN, roi_low__isnull=False
    )
    rows = rows.order_by("-events_seen", "-last_evaluated", "-id")
    best = rows.filter(kind=EvaluationKind.PAPER).first()
    if best is None:
        best = rows.filter(status=EvaluationStatus.COMPLETED).exclude(kind=EvaluationKind.PAPER).first()
    strategy.rank_basis = "" if best is None else best.kind
    strategy.rank_bets = 0 if best is None else best.bets
    strategy.rank_roi = None if best is None else best.roi
    strategy.rank_roi_low = None if best is None else best.roi_low
    strategy.rank_closing_line = None if best is None else best.closing_line
    strategy.save(update_fields=["rank_basis", "rank_bets", "rank_roi", "rank_roi_low", "rank_closing_line"])


def _millionths(value: float | None) -> int | None:
    return None if value is None else round(value * MILLION)
