"""Strategies, their evaluations and their paper runs as clients see them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final, cast
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.queries.people import describe_people
from betting.core.strategies.examples import EXAMPLES
from betting.core.strategies.facts import FACTS
from betting.core.strategies.language import CURRENCY, LANGUAGE_VERSION, Rules, parse_rules
from betting.models import (
    BettingStrategy,
    BettingStrategyEvaluation,
    BettingStrategyVersion,
    EvaluationKind,
    EvaluationStatus,
    PaperBet,
    PaperRun,
    StrategyVisibility,
)
from betting.queries.markets import format_odds
from betting.schemas.strategies import (
    EquityPoint,
    EvaluationDetail,
    EvaluationMetrics,
    EvaluationReply,
    FactReply,
    KindName,
    LanguageReply,
    PaperBetReply,
    PaperReply,
    PeriodReply,
    RankReply,
    RatingReply,
    StrategyQuery,
    StrategyReply,
    StrategyRow,
    StrategySort,
    StrategyVersionReply,
)
from project.kit.money import format_minor
from project.kit.pagination import paginate
from project.kit.schemas import Page

MILLION: Final = 1_000_000
OPEN_EVALUATIONS_MAX: Final = 50  # more than anybody may ask for in the time they take
ORDERS: Final[dict[StrategySort, tuple[str, str]]] = {
    "newest": ("-created_at", "-id"),
    "return": ("-rank_roi_low", "-id"),
    "closing_line": ("-rank_closing_line", "-id"),
    "rating": ("-rating_average_milli", "-id"),
}
_RANKED: Final[dict[StrategySort, Q]] = {
    "newest": Q(),
    "return": Q(rank_roi_low__isnull=False),
    "closing_line": Q(rank_closing_line__isnull=False),
    "rating": Q(rating_count__gt=0),
}


def visible_strategies(user_id: UUID | None) -> QuerySet[BettingStrategy]:
    """Those a person may see: public ones and their own. Archived ones nobody."""
    seen = Q(visibility=StrategyVisibility.PUBLIC)
    if user_id is not None:
        seen |= Q(owner_id=user_id)
    return BettingStrategy.objects.filter(seen, is_archived=False).select_related("newest_version")


def list_strategies(user_id: UUID | None, query: StrategyQuery) -> Page[StrategyRow]:
    """One page; a ranking holds only what can be ranked by it."""
    rows = visible_strategies(user_id).filter(_RANKED[query.sort], rank_bets__gte=query.min_bets)
    rows = rows.filter(owner_id=user_id) if query.scope == "mine" else rows.filter(visibility=StrategyVisibility.PUBLIC)
    if query.owner is not None:
        rows = rows.filter(owner__username__iexact=query.owner)
    page = paginate(rows, cursor=query.cursor, limit=query.limit, order=ORDERS[query.sort], shape=lambda row: row)
    return Page(items=_describe_rows(page.items, user_id), next_cursor=page.next_cursor)


def describe_strategy(strategy: BettingStrategy, user_id: UUID | None) -> StrategyReply:
    """A strategy with its rules."""
    row = _describe_rows([strategy], user_id)[0]
    return StrategyReply.model_construct(**dict(row), rules=parse_rules(strategy.rules))


def describe_version(version: BettingStrategyVersion) -> StrategyVersionReply:
    return StrategyVersionReply(
        version=version.version,
        sha256=version.sha256,
        rules=parse_rules(version.rules),
        created_at=version.created_at,
    )


def list_versions(strategy_id: UUID, *, cursor: str | None, limit: int) -> Page[StrategyVersionReply]:
    """All versions, newest first."""
    rows = BettingStrategyVersion.objects.filter(strategy_id=strategy_id)
    return paginate(rows, cursor=cursor, limit=limit, order=("-version", "-id"), shape=describe_version)


def list_evaluations(strategy_id: UUID, *, cursor: str | None, limit: int) -> Page[EvaluationReply]:
    """Evaluations of all versions, newest first."""
    rows = BettingStrategyEvaluation.objects.filter(strategy_id=strategy_id).select_related("strategy_version")
    return paginate(rows, cursor=cursor, limit=limit, order=("-requested_at", "-id"), shape=describe_evaluation)


def list_open_evaluations(owner_id: UUID) -> list[EvaluationReply]:
    """A person's back-tests that wait or run, oldest first; a change with another status takes one out."""
    rows = BettingStrategyEvaluation.objects.filter(
        strategy__owner_id=owner_id, status__in=[EvaluationStatus.PENDING, EvaluationStatus.RUNNING]
    ).exclude(kind=EvaluationKind.PAPER)
    rows = rows.select_related("strategy_version").order_by("requested_at", "id")
    return [describe_evaluation(row) for row in rows[:OPEN_EVALUATIONS_MAX]]


def describe_evaluation(row: BettingStrategyEvaluation) -> EvaluationReply:
    return EvaluationReply.model_validate(_evaluation_fields(row))


def describe_evaluation_detail(row: BettingStrategyEvaluation) -> EvaluationDetail:
    equity = [EquityPoint.model_validate({"at": at, "profit": _money(minor)}) for at, minor in row.equity]
    return EvaluationDetail.model_validate({**_evaluation_fields(row), "equity": equity})


def describe_paper(strategy_id: UUID) -> PaperReply:
    """The newest run, running or not."""
    run = PaperRun.objects.filter(strategy_id=strategy_id).order_by("-started_at").first()
    if run is None:
        return PaperReply(is_on=False, version=None, started_at=None, stopped_at=None, evaluation=None)
    evaluation = BettingStrategyEvaluation.objects.select_related("strategy_version").get(paper_run=run)
    return PaperReply(
        is_on=run.stopped_at is None,
        version=evaluation.strategy_version.version,
        started_at=run.started_at,
        stopped_at=run.stopped_at,
        evaluation=describe_evaluation_detail(evaluation),
    )


def list_paper_bets(strategy_id: UUID, *, cursor: str | None, limit: int) -> Page[PaperBetReply]:
    """The paper bets of all runs of a strategy, newest first."""
    rows = PaperBet.objects.filter(run__strategy_id=strategy_id).select_related("event", "selection__market")
    return paginate(rows, cursor=cursor, limit=limit, order=("-placed_at", "-id"), shape=_describe_paper_bet)


def describe_language() -> LanguageReply:
    """What an editor of rules needs to know."""
    return LanguageReply(
        version=LANGUAGE_VERSION,
        rules_schema=Rules.model_json_schema(),
        facts=[FactReply(name=name, kind=fact.kind, meaning=fact.meaning) for name, fact in FACTS.items()],
        examples=[parse_rules(example) for example in EXAMPLES],
    )


def _describe_rows(rows: Sequence[BettingStrategy], user_id: UUID | None) -> list[StrategyRow]:
    people = describe_people({row.owner_id for row in rows})
    running = set(
        PaperRun.objects.filter(strategy__in=rows, stopped_at__isnull=True).values_list("strategy_id", flat=True)
    )
    return [
        StrategyRow(
            id=row.id,
            name=row.name,
            description=row.description,
            owner=people[row.owner_id],
            is_mine=row.owner_id == user_id,
            visibility="public" if row.visibility == StrategyVisibility.PUBLIC else "private",
            version=row.newest_version.version if row.newest_version else 0,
            rank=_rank(row),
            rating=RatingReply(
                average=round(row.rating_sum / row.rating_count, 2) if row.rating_count else None,
                count=row.rating_count,
            ),
            is_on_paper=row.id in running,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )
        for row in rows
    ]


def _rank(row: BettingStrategy) -> RankReply | None:
    if row.rank_roi is None or row.rank_roi_low is None:
        return None
    return RankReply(
        basis=cast(KindName, row.rank_basis),
        bets=row.rank_bets,
        roi=row.rank_roi / MILLION,
        roi_low=row.rank_roi_low / MILLION,
        closing_line_value=None if row.rank_closing_line is None else row.rank_closing_line / MILLION,
    )


def _evaluation_fields(row: BettingStrategyEvaluation) -> dict[str, Any]:
    metrics = EvaluationMetrics.model_validate(row.evaluation_metrics) if row.evaluation_metrics else None
    period = row.evaluation_period
    assert period.lower is not None, "evaluations have a first day"
    assert period.upper is not None, "and one that follows their last"
    return {
        "id": row.id,
        "strategy_id": row.strategy_id,
        "version": row.strategy_version.version,
        "kind": row.kind,
        "status": row.status,
        "progress_percent": row.progress_percent,
        "failure": row.failure,
        "evaluation_period": PeriodReply(first_day=period.lower, last_day=period.upper - timedelta(days=1)),
        "events": row.events_seen,
        "evaluation_metrics": metrics,
        "seed": row.seed,
        "requested_at": row.requested_at,
        "last_evaluated": row.last_evaluated,
    }


def _describe_paper_bet(bet: PaperBet) -> PaperBetReply:
    return PaperBetReply(
        id=bet.id,
        event_id=bet.event_id,
        event_name=bet.event.name,
        market_name=bet.selection.market.name,
        selection_id=bet.selection_id,
        selection_name=bet.selection.name,
        placed_at=bet.placed_at,
        phase=bet.phase,
        minute=bet.minute,
        odds=format_odds(bet.odds_milli) or "",
        closing_odds=format_odds(bet.closing_odds_milli),
        stake=_money(bet.stake_minor),
        payout=None if bet.payout_minor is None else _money(bet.payout_minor),
        status=bet.status,  # type: ignore[arg-type]  # a check constraint admits only statuses
        market_probability=_chance(bet.market_millionths),
        model_probability=_chance(bet.model_millionths),
        settled_at=bet.settled_at,
    )


def _chance(millionths: int | None) -> float | None:
    return None if millionths is None else millionths / MILLION


def _money(minor: int) -> str:
    return format_minor(minor, CURRENCY)
