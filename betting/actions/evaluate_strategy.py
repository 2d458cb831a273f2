"""Back-tests: asked for in one transaction, worked out by a worker, written in another; safe to run twice."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from betting.actions.strategy_measures import fill_evaluation, rank_strategy
from betting.core.strategies.backtest import Moment, run
from betting.core.strategies.decide import Strategy
from betting.core.strategies.language import parse_rules
from betting.core.strategies.recording import moments_of
from betting.core.strategies.seasons import SeasonWalk
from betting.errors import EvaluationPending
from betting.locks import lock_strategy
from betting.models import BettingStrategy, BettingStrategyEvaluation, EvaluationKind, EvaluationStatus
from betting.queries.recordings import list_recorded_event_ids, read_recordings
from betting.queries.seasons import count_season_matches, walk_seasons
from betting.queries.strategies import describe_evaluation
from betting.schemas.strategies import EvaluateCommand
from betting.streams import StrategyEvaluatedChange, user_entry
from project.kit import clock, streams
from project.kit.errors import NotFound
from project.kit.idempotency import find_reply, fingerprint, store_reply
from project.kit.jobs import enqueue

DAY: Final = timedelta(days=1)
FIRST_DAY: Final = date(1990, 1, 1)  # older than any price that can be imported
RECORDED_EVENTS_MAX: Final = 300  # about a minute of reading on a small machine
SEASON_MATCHES_MAX: Final = 20_000
ATTEMPTS_MAX: Final = 3
PROGRESS_STEP: Final = 10  # percent; each step is a change on the owner's stream
WAITING: Final = (EvaluationStatus.PENDING, EvaluationStatus.RUNNING)
WORKER_LOST_AFTER: Final = timedelta(seconds=150)  # beyond the task's time limit
SEED_DIGITS: Final = 12  # of the rules' digest: the same rules draw the same bootstrap everywhere


@transaction.atomic(durable=True)
def request_evaluation(
    *, strategy_id: UUID, owner_id: UUID, command: EvaluateCommand, key: str
) -> BettingStrategyEvaluation:
    """Queue a back-test of the newest version. Raises EvaluationPending while the same one waits or runs."""
    strategy = lock_strategy(strategy_id)
    if strategy.is_archived:
        raise NotFound("No such strategy")
    digest = fingerprint(f"request_evaluation:{strategy_id}", command)
    stored = find_reply(owner_id=owner_id, key=key, fingerprint=digest)
    if stored is not None:
        return BettingStrategyEvaluation.objects.select_related("strategy_version").get(id=UUID(stored["id"]))
    now = clock.now()
    period = DateRange(
        command.first_day or FIRST_DAY, max(command.first_day or FIRST_DAY, command.last_day or now.date()) + DAY
    )
    version = strategy.newest_version
    assert version is not None, "a strategy is made with its first version"
    waiting = BettingStrategyEvaluation.objects.filter(
        strategy_version=version, kind=command.kind, evaluation_period=period, status__in=WAITING
    ).first()
    if waiting is not None:
        raise EvaluationPending(evaluation_id=str(waiting.id))
    evaluation = BettingStrategyEvaluation.objects.create(
        strategy=strategy,
        strategy_version=version,
        kind=command.kind,
        evaluation_period=period,
        seed=int(version.sha256[:SEED_DIGITS], 16),
        requested_at=now,
    )
    store_reply(owner_id=owner_id, key=key, fingerprint=digest, reply={"id": str(evaluation.id)})
    enqueue_evaluation(evaluation.id)
    _tell(evaluation, owner_id)
    return evaluation


def enqueue_evaluation(evaluation_id: UUID) -> None:
    enqueue("betting.evaluate_strategy", queue="default", evaluation_id=str(evaluation_id))


def evaluate_strategy(*, evaluation_id: UUID) -> BettingStrategyEvaluation | None:
    """Work out a waiting back-test; None where it is done, or another worker is at it.

    Not one transaction: the reading takes long and holds nothing. A killed worker's back-test is begun anew.
    """
    evaluation = _begin(evaluation_id)
    if evaluation is None:
        return None
    period = evaluation.evaluation_period
    assert period.lower is not None, "evaluations have a first day"
    assert period.upper is not None, "and one that follows their last"
    read = _read_recorded if evaluation.kind == EvaluationKind.RECORDED else _read_seasons
    moments = list(read(evaluation, period.lower, period.upper - DAY))
    test = run(Strategy.of(parse_rules(evaluation.strategy_version.rules)), moments)
    with transaction.atomic(durable=True):
        strategy = lock_strategy(evaluation.strategy_id)
        evaluation.status = EvaluationStatus.COMPLETED
        evaluation.progress_percent = 100
        evaluation.events_seen = len({moment.event_id for moment in moments})
        if period.lower == FIRST_DAY and moments:
            # Nobody asked for a first day: it is that of the first match there was.
            evaluation.evaluation_period = DateRange(min(moment.at for moment in moments).date(), period.upper)
        fill_evaluation(evaluation, test.played, test.equity)
        rank_strategy(strategy)
        _tell(evaluation, strategy.owner_id)
    return evaluation


@transaction.atomic(durable=True)
def fail_evaluation(*, evaluation_id: UUID, failure: str) -> None:
    """Give up on a back-test that takes too long or kills its worker. A finished one stays what it is."""
    evaluation = _lock_evaluation(evaluation_id)
    if evaluation.status not in WAITING:
        return
    evaluation.status = EvaluationStatus.FAILED
    evaluation.failure = failure
    evaluation.save(update_fields=["status", "failure"])
    _tell(evaluation, _owner_of(evaluation))


def list_waiting_evaluations(limit: int) -> list[UUID]:
    """Back-tests whose message was lost, or whose worker."""
    before = clock.now() - WORKER_LOST_AFTER
    rows = BettingStrategyEvaluation.objects.exclude(kind=EvaluationKind.PAPER).filter(
        status__in=WAITING, requested_at__lt=before
    )
    return list(rows.order_by("requested_at").values_list("id", flat=True)[:limit])


@transaction.atomic(durable=True)
def _begin(evaluation_id: UUID) -> BettingStrategyEvaluation | None:
    evaluation = _lock_evaluation(evaluation_id)
    now = clock.now()
    is_running = evaluation.status == EvaluationStatus.RUNNING
    if evaluation.status not in WAITING or evaluation.kind == EvaluationKind.PAPER:
        return None
    if is_running and evaluation.started_at is not None and evaluation.started_at > now - WORKER_LOST_AFTER:
        return None
    evaluation.attempts += 1
    evaluation.started_at = now
    evaluation.progress_percent = 0
    has_failed = evaluation.attempts > ATTEMPTS_MAX
    evaluation.status = EvaluationStatus.FAILED if has_failed else EvaluationStatus.RUNNING
    evaluation.failure = "gave_up" if has_failed else ""
    evaluation.save()
    _tell(evaluation, _owner_of(evaluation))
    return None if has_failed else evaluation


def _read_recorded(evaluation: BettingStrategyEvaluation, first_day: date, last_day: date) -> Iterator[Moment]:
    event_ids = list_recorded_event_ids(first_day, last_day, limit=RECORDED_EVENTS_MAX)
    for number, recording in enumerate(read_recordings(event_ids), start=1):
        yield from moments_of(recording)
        _progress(evaluation, number, len(event_ids))


def _read_seasons(evaluation: BettingStrategyEvaluation, first_day: date, last_day: date) -> Iterator[Moment]:
    """Matches before the period only teach; beyond the limit the newest of the period are played."""
    total = count_season_matches(first_day, last_day)
    skipped = max(0, total - SEASON_MATCHES_MAX)
    walk, number = SeasonWalk(), 0
    for match in walk_seasons(last_day):
        if match.played_at.date() < first_day:
            walk.learn(match)
            continue
        number += 1
        if number <= skipped:
            walk.learn(match)
        else:
            yield from walk.moments_of(match)
        _progress(evaluation, number, total)


def _progress(evaluation: BettingStrategyEvaluation, done: int, total: int) -> None:
    """Tell the owner at every step, and nobody in between."""
    percent = min(99, 100 * done // max(1, total))
    if percent < evaluation.progress_percent + PROGRESS_STEP:
        return
    with transaction.atomic(durable=True):
        evaluation.progress_percent = percent
        evaluation.save(update_fields=["progress_percent"])
        _tell(evaluation, _owner_of(evaluation))


def _lock_evaluation(evaluation_id: UUID) -> BettingStrategyEvaluation:
    rows = BettingStrategyEvaluation.objects.select_for_update(of=("self",)).select_related("strategy_version")
    return rows.get(id=evaluation_id)


def _owner_of(evaluation: BettingStrategyEvaluation) -> UUID:
    return BettingStrategy.objects.values_list("owner_id", flat=True).get(id=evaluation.strategy_id)


def _tell(evaluation: BettingStrategyEvaluation, owner_id: UUID) -> None:
    streams.append(user_entry(owner_id, StrategyEvaluatedChange(evaluation=describe_evaluation(evaluation))))
