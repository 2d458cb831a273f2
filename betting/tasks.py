"""Celery's edge of betting: ids in, one action called. Every task bears to run twice; sweeps find what was missed."""

import logging
import threading
from uuid import UUID

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError, close_old_connections

from betting.actions import cash_out as cashing_out
from betting.actions import count_standings as counting
from betting.actions import evaluate_strategy as evaluating
from betting.actions import fold_exposure as folding
from betting.actions import free_bets as ending_free_bets
from betting.actions import judge_delayed as judging
from betting.actions import paper_runs
from betting.actions import reprice_event as repricing
from betting.actions import settle_event as settling
from betting.actions import stops as stopping
from betting.actions.find_patterns import find_patterns_of
from betting.actions.pools import house_pools as opening_house_pools
from betting.actions.pools import sweep_pools as sweeping_pools
from betting.actions.repricing_jobs import enqueue_repricing, repricing_key
from betting.actions.settlement_jobs import enqueue_settlement, settlement_key
from betting.queries.audit import audit_books
from betting.queries.books import list_event_ids_behind, list_event_ids_unsettled
from betting.queries.cash_outs import has_targets, list_reached_targets
from betting.queries.live_ticks import list_moved_event_ids
from betting.queries.patterns import list_user_ids_out_of_date
from betting.queries.switches import list_event_ids_behind_switches
from betting.reactions import MOVING_POOLS_KEY, enqueue_targets, targets_key
from payments.actions.close_books import close_books
from project.kit import clock
from project.kit.jobs import begin_coalesced, enqueue

logger = logging.getLogger(__name__)

RETRIES_MAX = 5
JUDGE_EVERY_S = 0.1
RETRY_DELAY_S = 2
FOLLOWED_EVENTS = 100  # shown to paper runs in one transaction
MEASURED_RUNS = 20
WAITING_EVALUATIONS = 20
PEOPLE_AT_ONCE = 100
SUNDAY = 6


@shared_task(name="betting.reprice_event", soft_time_limit=10, time_limit=15)
def reprice_event(event_id: str) -> None:
    """Reads only after it has let the next one queue, so that no change goes unpriced. A sweep retries failures."""
    begin_coalesced(repricing_key(UUID(event_id)))
    if repricing.reprice_event(event_id=UUID(event_id)).moved and has_targets(UUID(event_id)):
        enqueue_targets(UUID(event_id))


@shared_task(
    name="betting.settle_event",
    autoretry_for=(OperationalError,),
    max_retries=RETRIES_MAX,
    default_retry_delay=RETRY_DELAY_S,
)
def settle_event(event_id: str) -> None:
    begin_coalesced(settlement_key(UUID(event_id)))
    settling.settle_event(event_id=UUID(event_id))
    sweeping_pools.settle_pools_of_event(event_id=UUID(event_id))


@shared_task(
    name="betting.settle_ranges",
    autoretry_for=(OperationalError,),
    max_retries=RETRIES_MAX,
    default_retry_delay=RETRY_DELAY_S,
)
def settle_ranges(event_id: str) -> None:
    """A further worker on an event that another one has planned."""
    settling.settle_ranges(event_id=UUID(event_id))
    settling.finish_settlement(event_id=UUID(event_id))


@shared_task(name="betting.sweep_prices", soft_time_limit=10, time_limit=15)
def sweep_prices() -> None:
    """Events whose prices are older than their state: a hint was lost, or the event is new."""
    for event_id in list_event_ids_behind():
        enqueue_repricing(event_id)


@shared_task(name="betting.sweep_settlements", soft_time_limit=10, time_limit=15)
def sweep_settlements() -> None:
    """Events whose results are not graded, or whose slips are not all settled by them."""
    for event_id in list_event_ids_unsettled():
        enqueue_settlement(event_id)


@shared_task(name="betting.show_switches", soft_time_limit=60, time_limit=80)
def show_switches() -> None:
    """Markets that do not show yet how the switches of all betting stand."""
    for event_id in list_event_ids_behind_switches():
        stopping.show_switches(event_id=event_id)


@shared_task(name="betting.fold_exposure", soft_time_limit=10, time_limit=15)
def fold_exposure() -> None:
    folding.fold_exposure()


@shared_task(name="betting.move_pools", soft_time_limit=60, time_limit=80)
def move_pools() -> None:
    begin_coalesced(MOVING_POOLS_KEY)
    sweeping_pools.move_pools()


@shared_task(name="betting.sweep_pools", soft_time_limit=60, time_limit=80)
def sweep_pools() -> None:
    sweeping_pools.move_pools()
    sweeping_pools.close_due_pools()
    sweeping_pools.settle_due_pools()


@shared_task(name="betting.open_house_pools", soft_time_limit=20, time_limit=30)
def open_house_pools() -> None:
    opening_house_pools.open_house_pools()


@shared_task(name="betting.take_cash_out_targets", soft_time_limit=30, time_limit=40)
def take_cash_out_targets(event_id: str) -> None:
    """The slips of an event that wait for a target, after its prices moved."""
    begin_coalesced(targets_key(UUID(event_id)))
    for slip_id in list_reached_targets(event_id=UUID(event_id)):
        cashing_out.take_cash_out_target(slip_id=slip_id)


@shared_task(name="betting.sweep_cash_out_targets", soft_time_limit=30, time_limit=40)
def sweep_cash_out_targets() -> None:
    """Slips whose offer has reached their target and that no hint was heard for."""
    for slip_id in list_reached_targets():
        cashing_out.take_cash_out_target(slip_id=slip_id)


@shared_task(name="betting.trim_cash_out_quotes", soft_time_limit=30, time_limit=40)
def trim_cash_out_quotes() -> None:
    cashing_out.trim_cash_out_quotes()


@shared_task(name="betting.evaluate_strategy", soft_time_limit=80, time_limit=95)
def evaluate_strategy(evaluation_id: str) -> None:
    """A back-test that the limit cuts off would be cut off again: it is given up at once."""
    try:
        evaluating.evaluate_strategy(evaluation_id=UUID(evaluation_id))
    except SoftTimeLimitExceeded:
        evaluating.fail_evaluation(evaluation_id=UUID(evaluation_id), failure="too_slow")


@shared_task(name="betting.sweep_evaluations", soft_time_limit=10, time_limit=15)
def sweep_evaluations() -> None:
    """Back-tests whose message was lost, or whose worker."""
    for evaluation_id in evaluating.list_waiting_evaluations(WAITING_EVALUATIONS):
        enqueue("betting.evaluate_strategy", queue="default", evaluation_id=str(evaluation_id))


@shared_task(name="betting.follow_paper_runs", soft_time_limit=20, time_limit=30)
def follow_paper_runs() -> None:
    """Show what moved to the strategies that run on paper; the price of a bet is the one that stands now."""
    if paper_runs.is_any_running():
        paper_runs.follow_events(event_ids=list_moved_event_ids(FOLLOWED_EVENTS))


@shared_task(name="betting.settle_paper_bets", soft_time_limit=20, time_limit=30)
def settle_paper_bets() -> None:
    """Results and corrections reach paper bets here; their evaluations follow."""
    paper_runs.settle_paper_bets()
    for run_id in paper_runs.list_unmeasured_runs(MEASURED_RUNS):
        paper_runs.measure_paper_run(run_id=run_id)


@shared_task(name="betting.sweep_patterns", soft_time_limit=20, time_limit=30)
def sweep_patterns() -> None:
    """People whose slips say something newer than their patterns."""
    for user_id in list_user_ids_out_of_date(clock.now(), PEOPLE_AT_ONCE):
        enqueue("betting.find_patterns", queue="default", coalesce=f"patterns:{user_id}", user_id=str(user_id))


@shared_task(name="betting.find_patterns", soft_time_limit=20, time_limit=30)
def find_patterns(user_id: str) -> None:
    begin_coalesced(f"patterns:{user_id}")
    find_patterns_of(user_id=UUID(user_id))


@shared_task(name="betting.count_standings", soft_time_limit=60, time_limit=80)
def count_standings() -> None:
    counting.count_standings()


@shared_task(name="betting.verify_ledger", soft_time_limit=580, time_limit=600)
def verify_ledger() -> None:
    """Every night: whatever is wrong with the books is an error in the log, which is what people are woken by.

    Books that are right are closed; on Sundays those closed before are read again.
    """
    audit = audit_books(since_closing=clock.now().weekday() != SUNDAY)
    for fault in audit.faults:
        logger.error("The books are wrong: %s", fault)
    if not audit.faults:
        close_books()


@shared_task(name="betting.judge_delayed", soft_time_limit=10, time_limit=15)
def judge_delayed() -> None:
    """The sweep behind the loop below: were no worker running it, bets would still be judged, only later."""
    while judging.judge_due_slips():
        pass


def judge_delayed_for_ever(is_over: threading.Event) -> None:
    """The loop of a money worker. A database that is away is waited for."""
    while not is_over.wait(JUDGE_EVERY_S):
        try:
            close_old_connections()
            while judging.judge_due_slips():
                pass
        except (OperationalError, InterfaceError) as error:
            logger.warning("delayed bets wait for the database: %s", error)


@shared_task(name="betting.expire_free_bets", soft_time_limit=60, time_limit=80)
def expire_free_bets() -> None:
    ending_free_bets.expire_free_bets()
