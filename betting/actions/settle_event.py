"""Settling an event: grade its selections, plan its slips in ranges of people, then settle range by range.

Every step may run twice and be cut off anywhere. A range is deleted in the transaction that settles it: whoever works
on an event takes the next range that nobody has, and what a killed worker had is there again.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from accounts.streams import USER
from betting.actions.grade_event import grade_event
from betting.actions.settlement_jobs import enqueue_helpers
from betting.events import SlipsSettled
from betting.locks import lock_book
from betting.models import SettlementRange
from betting.queries.slips import describe_slips
from betting.streams import SlipSettledChange, user_entry
from payments.actions.ledger import ledger_refusals
from payments.streams import wallet_entries
from project.kit import clock, streams
from project.kit.events import announce_stored
from sports.queries.results import find_final_result

BATCH_SLIPS: Final = 2_000  # larger batches hold their locks longer and gain nothing
SLIPS_A_CHANGE: Final = 50  # of one person in one stored change; a change stays far below the outbox's row limit


def settle_event(*, event_id: UUID, batch_slips: int = BATCH_SLIPS) -> int:
    """Settle every slip with a leg on this event by the results of now; answers how many this call settled.

    Not one transaction: each range commits, so that a killed worker loses at most one.
    """
    grade_event(event_id=event_id)
    settled = 0
    while (planned := plan_settlement(event_id=event_id, batch_slips=batch_slips)) is not None:
        enqueue_helpers(event_id, planned - 1)
        settled += settle_ranges(event_id=event_id)
        if not finish_settlement(event_id=event_id):
            break  # others hold the last ranges: whoever is last finishes, and the sweep stands behind them
    return settled


@transaction.atomic(durable=True)
def plan_settlement(*, event_id: UUID, batch_slips: int) -> int | None:
    """Cut the event's slips into ranges for the newest results; None when all of it has been settled.

    A plan for these results that is being worked off is joined. Answers how many ranges are waiting.
    """
    book = lock_book(event_id)
    if book.settled_results_no == book.results_no:
        return None
    if book.planned_results_no == book.results_no:
        return SettlementRange.objects.filter(event_id=event_id).count()
    with connection.cursor() as cursor:
        cursor.execute("SELECT betting_plan_settlement(%s, %s)", [event_id, batch_slips])
        planned = int(cursor.fetchone()[0])
    book.planned_results_no = book.results_no
    book.save(update_fields=["planned_results_no"])
    return planned


def settle_ranges(*, event_id: UUID) -> int:
    """Settle planned ranges until none is left that nobody works on; answers how many slips."""
    final = find_final_result(event_id)
    score = f"{final.home_goals}-{final.away_goals}" if final else ""
    settled = 0
    while (done := settle_range(event_id=event_id, score=score)) is not None:
        settled += done
    return settled


@transaction.atomic(durable=True)
def settle_range(*, event_id: UUID, score: str) -> int | None:
    """Settle one range that nobody works on; answers how many slips, None when there is none.

    Locks the slips, then the accounts they pay, then the streams of their people.
    """
    with ledger_refusals(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT is_claimed, slips_settled, heard::text FROM betting_settle_and_tell(%s, %s, %s, %s, %s)",
            [event_id, score, clock.now(), SlipsSettled.TYPE, USER.pattern],
        )
        is_claimed, slips, heard_text = cursor.fetchone()
    if not is_claimed:
        return None
    if slips:
        announce_stored(SlipsSettled)
    heard: Sequence[Mapping[str, Any]] = json.loads(heard_text)
    if heard:
        _tell(heard)
    return int(slips)


@transaction.atomic(durable=True)
def finish_settlement(*, event_id: UUID) -> bool:
    """Note that the plan is settled, if nobody holds a range of it any more."""
    book = lock_book(event_id)
    if SettlementRange.objects.filter(event_id=event_id).exists():
        return False
    book.settled_results_no = book.planned_results_no
    if book.planned_results_no == book.results_no:
        book.settled_result_version = book.graded_result_version
    book.save(update_fields=["settled_results_no", "settled_result_version"])
    return True


def _tell(heard: Sequence[Mapping[str, Any]]) -> None:
    """One change of slips a person, and their wallets, to those who listen."""
    slip_ids = {UUID(person["user_id"]): [UUID(slip_id) for slip_id in person["slip_ids"]] for person in heard}
    slips = describe_slips(slip_id for theirs in slip_ids.values() for slip_id in theirs)
    currencies: defaultdict[UUID, set[str]] = defaultdict(set)
    entries = []
    for user_id, their_ids in slip_ids.items():
        theirs = [slips[slip_id] for slip_id in their_ids]
        currencies[user_id].update(slip.currency for slip in theirs)
        entries += [
            user_entry(user_id, SlipSettledChange(slips=theirs[first : first + SLIPS_A_CHANGE]))
            for first in range(0, len(theirs), SLIPS_A_CHANGE)
        ]
    wallets = [(user_id, currency) for user_id, used in currencies.items() for currency in used]
    entries += wallet_entries(wallets, transaction_type="payout")
    streams.append(*entries)
