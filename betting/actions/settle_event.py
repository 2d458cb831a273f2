"""Settling an event: grade its selections once per result version, then pay its slips in committed batches.

Every step may run twice and be cut off anywhere: what is done is found done, what is missing is found by the next run.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Greatest

from betting.actions.grade_event import grade_event
from betting.events import PersonSlips, SlipsSettled
from betting.models import EventBook
from betting.queries.slips import describe_slips
from betting.streams import SlipSettledChange, user_entry
from payments.actions.ledger import ledger_refusals
from payments.streams import wallet_entries
from project.kit import clock, streams
from project.kit.events import publish
from sports.queries.results import FinalResult, find_final_result, get_final_result

BATCH_SLIPS: Final = 2_000  # larger batches hold their locks longer and gain nothing
NO_SLIP: Final = UUID(int=0)


@dataclass(frozen=True)
class _Batch:
    """What one transaction settled: the slips it walked past, and those it changed with their people."""

    last_slip_id: UUID
    settled: Sequence[tuple[UUID, UUID, str]]


def settle_event(*, event_id: UUID, batch_slips: int = BATCH_SLIPS) -> int:
    """Settle every slip of an event by its newest final result; answers how many. Nothing without a final result.

    Not one transaction: each batch commits, so that a killed worker loses at most one.
    """
    if find_final_result(event_id) is None:
        return 0
    graded_version = grade_event(event_id=event_id)
    # Read again: history must not name a score older than the one these slips are graded by.
    result = get_final_result(event_id)
    settled = 0
    after = NO_SLIP
    while batch := settle_batch(event_id=event_id, result=result, after_slip_id=after, batch_slips=batch_slips):
        settled += len(batch.settled)
        after = batch.last_slip_id
    EventBook.objects.filter(event_id=event_id).update(
        settled_result_version=Greatest(F("settled_result_version"), graded_version)
    )
    return settled


@transaction.atomic(durable=True)
def settle_batch(*, event_id: UUID, result: FinalResult, after_slip_id: UUID, batch_slips: int) -> _Batch | None:
    """Settle the next slips after one, in the order of their ids; None when there are none.

    Locks the slips, then the accounts they pay, then the streams of their people.
    """
    with ledger_refusals(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT slip_id, user_id, currency FROM betting_settle(%s, %s, %s, %s, %s)",
            [event_id, after_slip_id, batch_slips, f"{result.home_goals}-{result.away_goals}", clock.now()],
        )
        walked = cursor.fetchall()
    if not walked:
        return None
    settled = [row for row in walked if row[1] is not None]
    _tell(event_id, settled)
    return _Batch(walked[-1][0], settled)


def _tell(event_id: UUID, settled: Sequence[tuple[UUID, UUID, str]]) -> None:
    if not settled:
        return
    people: dict[UUID, list[UUID]] = defaultdict(list)
    for slip_id, user_id, _ in settled:
        people[user_id].append(slip_id)
    publish(
        SlipsSettled(
            event_id=event_id,
            people=[PersonSlips(user_id=user_id, slip_ids=slip_ids) for user_id, slip_ids in people.items()],
        )
    )
    slips = describe_slips(slip_id for slip_id, _, _ in settled)
    wallets = [(user_id, currency) for _, user_id, currency in settled]
    streams.append(
        *(user_entry(user_id, SlipSettledChange(slip=slips[slip_id])) for slip_id, user_id, _ in settled),
        *wallet_entries(wallets, transaction_type="payout"),
    )
