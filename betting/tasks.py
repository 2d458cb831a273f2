"""Celery's edge of betting: ids in, one action called. Every task bears to run twice; sweeps find what was missed."""

from uuid import UUID

from celery import shared_task
from django.db import OperationalError

from betting.actions import cash_out as cashing_out
from betting.actions import fold_exposure as folding
from betting.actions import reprice_event as repricing
from betting.actions import settle_event as settling
from betting.actions import stops as stopping
from betting.actions.pools import house_pools as opening_house_pools
from betting.actions.pools import sweep_pools as sweeping_pools
from betting.actions.repricing_jobs import enqueue_repricing, repricing_key
from betting.queries.books import list_event_ids_behind, list_event_ids_unsettled
from betting.queries.cash_outs import has_targets, list_reached_targets
from betting.queries.switches import list_event_ids_behind_switches
from betting.reactions import (
    enqueue_settlement,
    enqueue_targets,
    settlement_key,
    targets_key,
)
from project.kit.jobs import begin_coalesced

RETRIES_MAX = 5
RETRY_DELAY_S = 2


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


@shared_task(name="betting.sweep_prices", soft_time_limit=10, time_limit=15)
def sweep_prices() -> None:
    """Events whose prices are older than their state: a hint was lost, or the event is new."""
    for event_id in list_event_ids_behind():
        enqueue_repricing(event_id)


@shared_task(name="betting.sweep_settlements", soft_time_limit=10, time_limit=15)
def sweep_settlements() -> None:
    """Events with a final result whose slips are not all settled by it."""
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


@shared_task(name="betting.sweep_pools", soft_time_limit=60, time_limit=80)
def sweep_pools() -> None:
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
