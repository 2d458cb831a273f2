"""Paper runs: strategies that follow live events with bets nobody pays for. No slip and no money is ever touched."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Count, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from betting.actions.strategy_measures import fill_evaluation, rank_strategy
from betting.core.strategies.backtest import Played, settle_single
from betting.core.strategies.decide import Bet, Memory, Strategy, decide, remember
from betting.core.strategies.language import CURRENCY, parse_rules
from betting.errors import PaperRunsLimit
from betting.locks import lock_strategy
from betting.models import (
    BettingStrategy,
    BettingStrategyEvaluation,
    EvaluationKind,
    EvaluationStatus,
    FollowedBook,
    PaperBet,
    PaperRun,
    PaperStatus,
    Selection,
)
from betting.queries.live_ticks import LiveTick, read_live_ticks
from betting.queries.selection_worth import get_worth, read_adjustments
from betting.queries.strategies import describe_evaluation
from betting.streams import StrategyEvaluatedChange, user_entry
from project.kit import clock, streams
from project.kit.errors import NotFound
from project.kit.locks import lock_exclusive
from project.kit.money import parse_minor

RUNS_PER_PERSON_MAX: Final = 3
RUNS_MAX: Final = 500  # followed at once on this machine; the oldest ones
SETTLED_AT_ONCE: Final = 1_000
MEASURED_BETS_MAX: Final = 5_000  # of the newest; a run that bets more often is judged by these
CORRECTED_WITHIN: Final = timedelta(days=60)  # results are corrected in days, not in months
SEED_DIGITS: Final = 12


@transaction.atomic(durable=True)
def switch_paper_run(*, strategy_id: UUID, owner_id: UUID, is_on: bool) -> None:
    """Switch on with the newest version, or off; what stands already stays. Raises PaperRunsLimit.

    Switched on after new rules, the run of the old ones ends and one of the new ones begins.
    """
    lock_exclusive("user", owner_id)
    strategy = lock_strategy(strategy_id)
    if strategy.is_archived:
        raise NotFound("No such strategy")
    running = PaperRun.objects.filter(strategy=strategy, stopped_at__isnull=True).first()
    if is_on and running is not None and running.strategy_version_id == strategy.newest_version_id:
        return
    now = clock.now()
    if running is not None:
        running.stopped_at = now
        running.save(update_fields=["stopped_at"])
        BettingStrategyEvaluation.objects.filter(paper_run=running).update(
            status=EvaluationStatus.COMPLETED,
            progress_percent=100,
            # Not now: what was settled since the last measure is still to be measured.
            last_evaluated=Coalesce("last_evaluated", "started_at"),
        )
    if is_on:
        others = PaperRun.objects.filter(strategy__owner_id=owner_id, stopped_at__isnull=True).count()
        if others >= RUNS_PER_PERSON_MAX:
            raise PaperRunsLimit(limit=RUNS_PER_PERSON_MAX)
        _start(strategy, now)


def is_any_running() -> bool:
    """Whether anybody wants events to be followed."""
    return PaperRun.objects.filter(stopped_at__isnull=True).exists()


@transaction.atomic(durable=True)
def follow_events(*, event_ids: Collection[UUID]) -> int:
    """Show these events as they are now to every running strategy; returns how many bets that made.

    Locks the running runs by id, so that a run spends its bank once, whoever follows.
    """
    runs = list(
        PaperRun.objects.select_for_update(of=("self",))
        .filter(stopped_at__isnull=True, strategy__is_archived=False)
        .select_related("strategy_version")
        .order_by("id")[:RUNS_MAX]
    )
    ticks = read_live_ticks(event_ids, clock.now())
    bets = [bet for run in runs for bet in _bets_of(run, ticks)] if runs else []
    PaperBet.objects.bulk_create(bets, ignore_conflicts=True)
    _follow_closing_prices([one.event_id for one in ticks if one.tick.phase == "scheduled"])
    FollowedBook.objects.bulk_create(
        [FollowedBook(event_id=one.event_id, version=one.book_version, phase=one.tick.phase) for one in ticks],
        update_conflicts=True,
        unique_fields=["event"],
        update_fields=["version", "phase"],
    )
    return len(bets)


@transaction.atomic(durable=True)
def settle_paper_bets() -> int:
    """Settle bets whose selection has a result they were not settled by: first results, corrections, rollbacks.

    By the payout engine of slips. Returns how many changed.
    """
    since = clock.now() - CORRECTED_WITHIN
    bets = list(
        PaperBet.objects.select_for_update(of=("self",))
        .filter(~Q(selection__result_version=F("results_version")), placed_at__gte=since)
        .select_related("selection")
        .order_by("id")[:SETTLED_AT_ONCE]
    )
    if not bets:
        return 0
    adjustments = read_adjustments({bet.selection.market_id for bet in bets})
    now = clock.now()
    reopened = set()
    for bet in bets:
        bet.results_version = bet.selection.result_version
        worth = get_worth(bet.selection, adjustments)
        paid = settle_single(
            stake_minor=bet.stake_minor, odds_milli=bet.odds_milli, placed_at=bet.placed_at, worth=worth
        )
        if paid is None:
            if bet.status != PaperStatus.OPEN:
                reopened.add(bet.run_id)
            bet.status, bet.payout_minor, bet.settled_at = PaperStatus.OPEN, None, None
            continue
        bet.status, bet.payout_minor, bet.settled_at = PaperStatus(paid.status), paid.payout_minor, now
    PaperBet.objects.bulk_update(bets, ["status", "payout_minor", "settled_at", "results_version"], batch_size=500)
    # No time of settlement is left to say so.
    BettingStrategyEvaluation.objects.filter(paper_run__in=reopened).update(last_evaluated=None)
    return len(bets)


def list_unmeasured_runs(limit: int) -> list[UUID]:
    """Runs with bets settled, or open again, since they were last measured."""
    stale = PaperBet.objects.filter(
        Q(run__evaluation__last_evaluated__isnull=True) | Q(settled_at__gt=F("run__evaluation__last_evaluated")),
        results_version__gt=0,
        placed_at__gte=clock.now() - CORRECTED_WITHIN,
    )
    return list(stale.order_by("run_id").values_list("run_id", flat=True).distinct()[:limit])


@transaction.atomic(durable=True)
def measure_paper_run(*, run_id: UUID) -> None:
    """Bring the evaluation of a run up to date with its bets, rank its strategy by it, and tell the owner."""
    run = PaperRun.objects.get(id=run_id)
    strategy = lock_strategy(run.strategy_id)
    evaluation = BettingStrategyEvaluation.objects.select_related("strategy_version").get(paper_run=run)
    newest = PaperBet.objects.filter(run=run).select_related("selection__market").order_by("-placed_at", "-id")
    bets = list(reversed(newest[:MEASURED_BETS_MAX]))
    evaluation.events_seen = len({bet.event_id for bet in bets})
    evaluation.evaluation_period = DateRange(
        run.started_at.date(), (run.stopped_at or clock.now()).date() + timedelta(days=1)
    )
    fill_evaluation(evaluation, [_played(bet) for bet in bets], _equity(bets))
    rank_strategy(strategy)
    streams.append(user_entry(strategy.owner_id, StrategyEvaluatedChange(evaluation=describe_evaluation(evaluation))))


def _start(strategy: BettingStrategy, now: datetime) -> None:
    version = strategy.newest_version
    assert version is not None, "a strategy is made with its first version"
    run = PaperRun.objects.create(strategy=strategy, strategy_version=version, started_at=now)
    BettingStrategyEvaluation.objects.create(
        strategy=strategy,
        strategy_version=version,
        paper_run=run,
        kind=EvaluationKind.PAPER,
        status=EvaluationStatus.RUNNING,
        evaluation_period=DateRange(now.date(), now.date() + timedelta(days=1)),
        seed=int(version.sha256[:SEED_DIGITS], 16),
        requested_at=now,
        started_at=now,
    )


def _bets_of(run: PaperRun, ticks: Sequence[LiveTick]) -> Iterable[PaperBet]:
    strategy = Strategy.of(parse_rules(run.strategy_version.rules))
    memory = _recall(run, [one.event_id for one in ticks], ticks[0].tick.at if ticks else run.started_at)
    for one in ticks:
        for bet in decide(strategy, one.tick, memory):
            memory = remember(memory, bet)
            yield PaperBet(
                run=run,
                event_id=one.event_id,
                selection_id=UUID(bet.selection_id),
                placed_at=bet.at,
                phase=bet.phase,
                minute=bet.minute,
                odds_milli=bet.odds_milli,
                closing_odds_milli=bet.odds_milli if bet.phase == "scheduled" else None,
                market_millionths=bet.market_millionths,
                model_millionths=bet.model_millionths,
                stake_minor=bet.stake_minor,
            )


def _recall(run: PaperRun, event_ids: Collection[UUID], at: datetime) -> Memory:
    """What the run remembers, from its bets: money over all of them, selections of these events."""
    bets = PaperBet.objects.filter(run=run)
    money = bets.aggregate(
        staked=Sum("stake_minor"), paid=Sum("payout_minor"), open=Sum("stake_minor", filter=Q(status=PaperStatus.OPEN))
    )
    staked, paid, open_minor = money["staked"] or 0, money["paid"] or 0, money["open"] or 0
    start_minor = parse_minor(parse_rules(run.strategy_version.rules).bank, CURRENCY)
    of_events = bets.filter(event_id__in=event_ids)
    counts = of_events.values_list("event_id").annotate(bets=Count("id")).order_by()
    return Memory(
        bank_minor=start_minor - staked + paid,
        realised_minor=paid - (staked - open_minor),
        day=at.date(),
        bets_today=bets.filter(placed_at__date=at.date()).count(),
        bets_by_event={str(event_id): count for event_id, count in counts},
        selections=frozenset(str(one) for one in of_events.values_list("selection_id", flat=True)),
    )


def _follow_closing_prices(event_ids: Collection[UUID]) -> None:
    """Our price of now is the closing price unless a later one follows."""
    current = Selection.objects.filter(id=OuterRef("selection_id")).values("odds_milli")
    PaperBet.objects.filter(
        event_id__in=event_ids, status=PaperStatus.OPEN, phase="scheduled", selection__odds_milli__isnull=False
    ).update(closing_odds_milli=Subquery(current))


def _played(bet: PaperBet) -> Played:
    market = bet.selection.market
    made = Bet(
        event_id=str(bet.event_id),
        selection_id=str(bet.selection_id),
        market_key=market.key,
        outcome=bet.selection.outcome,
        at=bet.placed_at,
        phase=bet.phase,
        minute=bet.minute,
        odds_milli=bet.odds_milli,
        stake_minor=bet.stake_minor,
        market_millionths=bet.market_millionths,
        model_millionths=bet.model_millionths,
    )
    if bet.status == PaperStatus.OPEN:
        return Played(made, bet.closing_odds_milli)
    return Played(
        made,
        bet.closing_odds_milli,
        bet.payout_minor,
        bet.status,  # type: ignore[arg-type]  # all statuses but open are those of a settled slip
    )


def _equity(bets: Sequence[PaperBet]) -> list[tuple[datetime, int]]:
    """The profit after each settlement. One that was corrected stands where it was last settled."""
    settled: Mapping[datetime, list[PaperBet]] = defaultdict(list)
    for bet in bets:
        if bet.settled_at is not None:
            settled[bet.settled_at].append(bet)
    curve: list[tuple[datetime, int]] = []
    profit = 0
    for at in sorted(settled):
        profit += sum((bet.payout_minor or 0) - bet.stake_minor for bet in settled[at])
        curve.append((at, profit))
    return curve
