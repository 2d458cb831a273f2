"""Strategies over HTTP: lists and rankings, one's own workshop, back-tests, paper runs, and the language of rules."""

from typing import Final
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Status

from accounts.queries.exclusions import check_not_self_excluded
from betting.access import get_evaluation, get_own_strategy, get_strategy
from betting.actions import strategies
from betting.actions.evaluate_strategy import request_evaluation
from betting.actions.paper_runs import switch_paper_run
from betting.actions.strategies import rules_digest
from betting.queries.strategies import (
    describe_evaluation,
    describe_evaluation_detail,
    describe_language,
    describe_paper,
    describe_strategy,
    describe_version,
    list_evaluations,
    list_paper_bets,
    list_strategies,
    list_versions,
)
from betting.schemas.strategies import (
    ChangeStrategyCommand,
    CheckedRulesReply,
    CreateStrategyCommand,
    EvaluateCommand,
    EvaluationDetail,
    EvaluationReply,
    LanguageReply,
    PageOf,
    PaperBetReply,
    PaperCommand,
    PaperReply,
    RulesCommand,
    StrategyQuery,
    StrategyReply,
    StrategyRow,
    StrategyVersionReply,
)
from project.kit.callers import Caller, require_user
from project.kit.http import IdempotencyKey, caller_of
from project.kit.schemas import Page
from project.kit.throttles import check_rate

STRATEGIES_PER_HOUR: Final = 30
EVALUATIONS_PER_HOUR: Final = 20  # each may cost a worker a minute

router = Router(tags=["strategies"])


def create_strategy(caller: Caller, command: CreateStrategyCommand, key: str) -> StrategyReply:
    """Make a strategy of one's own."""
    user_id = require_user(caller)
    check_not_self_excluded(user_id)
    check_rate(f"strategies:{user_id}", limit=STRATEGIES_PER_HOUR, per_s=3_600)
    return describe_strategy(strategies.create_strategy(owner_id=user_id, command=command, key=key), user_id)


def change_strategy(caller: Caller, strategy_id: UUID, command: ChangeStrategyCommand) -> StrategyReply:
    """Rename, describe, publish or withdraw one's own strategy; the last is what is left to who is self-excluded."""
    strategy = get_own_strategy(caller, strategy_id)
    if command != ChangeStrategyCommand(visibility="private"):
        check_not_self_excluded(strategy.owner_id)
    strategies.change_strategy(strategy_id=strategy.id, command=command)
    return describe_strategy(get_own_strategy(caller, strategy_id), caller.user_id)


def add_version(caller: Caller, strategy_id: UUID, command: RulesCommand, key: str) -> StrategyVersionReply:
    """Give one's own strategy new rules."""
    strategy = get_own_strategy(caller, strategy_id)
    check_not_self_excluded(strategy.owner_id)
    version = strategies.add_strategy_version(
        strategy_id=strategy.id, owner_id=strategy.owner_id, command=command, key=key
    )
    return describe_version(version)


def evaluate(caller: Caller, strategy_id: UUID, command: EvaluateCommand, key: str) -> EvaluationReply:
    """Queue a back-test of one's own strategy."""
    strategy = get_own_strategy(caller, strategy_id)
    check_not_self_excluded(strategy.owner_id)
    check_rate(f"evaluations:{strategy.owner_id}", limit=EVALUATIONS_PER_HOUR, per_s=3_600)
    return describe_evaluation(
        request_evaluation(strategy_id=strategy.id, owner_id=strategy.owner_id, command=command, key=key)
    )


def switch_paper(caller: Caller, strategy_id: UUID, command: PaperCommand) -> PaperReply:
    """Switch the paper run of one's own strategy. Off is always possible."""
    strategy = get_own_strategy(caller, strategy_id)
    if command.is_on:
        check_not_self_excluded(strategy.owner_id)
    switch_paper_run(strategy_id=strategy.id, owner_id=strategy.owner_id, is_on=command.is_on)
    return describe_paper(strategy.id)


@router.get("/strategies", response=Page[StrategyRow], operation_id="list_strategies")
def list_strategies_view(request: HttpRequest, query: Query[StrategyQuery]) -> Page[StrategyRow]:
    """Public strategies, newest first or ranked by return, closing line or rating; `scope=mine` for one's own."""
    caller = caller_of(request)
    if query.scope == "mine":
        require_user(caller)
    return list_strategies(caller.user_id, query)


@router.post("/strategies", response={201: StrategyReply}, operation_id="create_strategy")
def create_strategy_view(
    request: HttpRequest, command: CreateStrategyCommand, key: IdempotencyKey
) -> Status[StrategyReply]:
    """Make a strategy. Needs an Idempotency-Key."""
    caller = caller_of(request)
    require_user(caller)
    return Status(201, create_strategy(caller, command, key))


@router.get("/strategies/language", response=LanguageReply, operation_id="get_strategy_language")
def language_view(request: HttpRequest) -> LanguageReply:
    """The language of rules: JSON Schema, facts, examples."""
    return describe_language()


@router.post("/strategies/check", response=CheckedRulesReply, operation_id="check_strategy_rules")
def check_rules_view(request: HttpRequest, command: RulesCommand) -> CheckedRulesReply:
    """Whether rules are well-formed; stores nothing."""
    return CheckedRulesReply(rules=command.rules, sha256=rules_digest(command.rules.model_dump(mode="json")))


@router.get("/strategies/{uuid:strategy_id}", response=StrategyReply, operation_id="get_strategy")
def get_strategy_view(request: HttpRequest, strategy_id: UUID) -> StrategyReply:
    """A strategy with its newest rules."""
    caller = caller_of(request)
    return describe_strategy(get_strategy(caller, strategy_id), caller.user_id)


@router.patch("/strategies/{uuid:strategy_id}", response=StrategyReply, operation_id="change_strategy")
def change_strategy_view(request: HttpRequest, strategy_id: UUID, command: ChangeStrategyCommand) -> StrategyReply:
    """Rename, describe, publish (`visibility` public) or withdraw your strategy."""
    return change_strategy(caller_of(request), strategy_id, command)


@router.delete("/strategies/{uuid:strategy_id}", response={204: None}, operation_id="archive_strategy")
def archive_strategy_view(request: HttpRequest, strategy_id: UUID) -> Status[None]:
    """Archive your strategy: it leaves every list, and its paper run ends."""
    strategies.archive_strategy(strategy_id=get_own_strategy(caller_of(request), strategy_id).id)
    return Status(204, None)


@router.get(
    "/strategies/{uuid:strategy_id}/versions",
    response=Page[StrategyVersionReply],
    operation_id="list_strategy_versions",
)
def list_versions_view(request: HttpRequest, strategy_id: UUID, query: Query[PageOf]) -> Page[StrategyVersionReply]:
    """Every version of the rules, newest first."""
    strategy = get_strategy(caller_of(request), strategy_id)
    return list_versions(strategy.id, cursor=query.cursor, limit=query.limit)


@router.post(
    "/strategies/{uuid:strategy_id}/versions",
    response={201: StrategyVersionReply},
    operation_id="add_strategy_version",
)
def add_version_view(
    request: HttpRequest, strategy_id: UUID, command: RulesCommand, key: IdempotencyKey
) -> Status[StrategyVersionReply]:
    """Give your strategy new rules. Needs an Idempotency-Key."""
    caller = caller_of(request)
    require_user(caller)
    return Status(201, add_version(caller, strategy_id, command, key))


@router.get(
    "/strategies/{uuid:strategy_id}/evaluations",
    response=Page[EvaluationReply],
    operation_id="list_strategy_evaluations",
)
def list_evaluations_view(request: HttpRequest, strategy_id: UUID, query: Query[PageOf]) -> Page[EvaluationReply]:
    """What it was worth, newest first."""
    strategy = get_strategy(caller_of(request), strategy_id)
    return list_evaluations(strategy.id, cursor=query.cursor, limit=query.limit)


@router.post(
    "/strategies/{uuid:strategy_id}/evaluations", response={202: EvaluationReply}, operation_id="evaluate_strategy"
)
def evaluate_view(
    request: HttpRequest, strategy_id: UUID, command: EvaluateCommand, key: IdempotencyKey
) -> Status[EvaluationReply]:
    """Queue a back-test of your strategy; progress comes on your private stream. Needs an Idempotency-Key."""
    caller = caller_of(request)
    require_user(caller)
    return Status(202, evaluate(caller, strategy_id, command, key))


@router.get(
    "/strategies/{uuid:strategy_id}/evaluations/{uuid:evaluation_id}",
    response=EvaluationDetail,
    operation_id="get_strategy_evaluation",
)
def get_evaluation_view(request: HttpRequest, strategy_id: UUID, evaluation_id: UUID) -> EvaluationDetail:
    """One evaluation with the points of its chart."""
    return describe_evaluation_detail(get_evaluation(caller_of(request), strategy_id, evaluation_id))


@router.get("/strategies/{uuid:strategy_id}/paper", response=PaperReply, operation_id="get_strategy_paper")
def get_paper_view(request: HttpRequest, strategy_id: UUID) -> PaperReply:
    """The newest paper run and what it was worth so far."""
    return describe_paper(get_strategy(caller_of(request), strategy_id).id)


@router.put("/strategies/{uuid:strategy_id}/paper", response=PaperReply, operation_id="switch_strategy_paper")
def switch_paper_view(request: HttpRequest, strategy_id: UUID, command: PaperCommand) -> PaperReply:
    """Let your strategy follow live events on paper, or end that."""
    return switch_paper(caller_of(request), strategy_id, command)


@router.get(
    "/strategies/{uuid:strategy_id}/paper/bets",
    response=Page[PaperBetReply],
    operation_id="list_strategy_paper_bets",
)
def list_paper_bets_view(request: HttpRequest, strategy_id: UUID, query: Query[PageOf]) -> Page[PaperBetReply]:
    """The bets of its paper runs, newest first."""
    strategy = get_strategy(caller_of(request), strategy_id)
    return list_paper_bets(strategy.id, cursor=query.cursor, limit=query.limit)
