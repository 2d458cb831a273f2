"""kill -9 of the settlement worker in the middle: what was committed stays, the sweep brings the rest, all once."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from accounts.models import User
from betting.models import BetHistory, BetSlip, EventBook
from betting.queries.books import list_event_ids_unsettled
from betting.tasks import sweep_settlements
from payments.models import Transfer
from payments.queries.audit import list_ledger_faults
from project.kit.models import OutboxChange
from project.kit.streams import note_listeners
from tests.betting.desk import (
    available,
    bet,
    broker,
    fund,
    make_live_priced_event,
    open_stakes,
    selection_of,
)
from tests.sports.matches import end_match
from tests.waiting import is_settlement_waiting, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

REPOSITORY = Path(__file__).parents[2]
BATCH = 3
SLIPS = 12
WORKER = """
import sys
import django
django.setup()
from betting.actions.settle_event import settle_event
settle_event(event_id=sys.argv[1], batch_slips=int(sys.argv[2]))
"""


def start_worker(event_id: object) -> "subprocess.Popen[bytes]":
    """A process of its own on the database of this test."""
    database = settings.DATABASES["default"]["NAME"]
    environment = os.environ | {
        "DATABASE_URL": os.environ["DATABASE_URL"].replace(f"/{_url_name()}", f"/{database}", 1),
        "DJANGO_SETTINGS_MODULE": "project.settings",
    }
    return subprocess.Popen([sys.executable, "-c", WORKER, str(event_id), str(BATCH)], cwd=REPOSITORY, env=environment)


def _url_name() -> str:
    return os.environ["DATABASE_URL"].split("?")[0].rsplit("/", 1)[1]


def wait_until_before_kill(is_so: Callable[[], bool], worker: "subprocess.Popen[bytes]") -> None:
    def is_so_and_worker_lives() -> bool:
        assert worker.poll() is None, "the worker ended before it was killed"
        return is_so()

    wait_until(is_so_and_worker_lives)


@pytest.mark.parametrize("batches_before", [0, 1, 3])
def test_a_worker_killed_between_batches_settles_everything_once(
    ada: User, ben: User, batches_before: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for person in (ada, ben):
        fund(person)
    note_listeners([f"user:{person.id}" for person in (ada, ben)])
    event = make_live_priced_event()
    for number in range(SLIPS):
        bet((ada, ben)[number % 2], selection_of(event, "1x2", ("home", "draw")[number % 2]), "5.00")
    end_match(event)
    settled_before_kill = batches_before * BATCH
    slips = list(BetSlip.objects.order_by("user_id", "id"))  # as settlement walks them

    # Holding a slip of the next batch stops the worker inside it, after so many batches have committed.
    with transaction.atomic():
        BetSlip.objects.select_for_update().get(id=slips[settled_before_kill + 1].id)
        worker = start_worker(event.pk)
        try:
            wait_until_before_kill(lambda: BetHistory.objects.count() == settled_before_kill, worker)
            wait_until_before_kill(is_settlement_waiting, worker)
        finally:
            worker.kill()
            worker.wait()

    assert BetHistory.objects.count() == settled_before_kill
    assert BetSlip.objects.filter(status="accepted").count() == SLIPS - settled_before_kill
    assert list_event_ids_unsettled() == [event.pk]
    with broker(monkeypatch) as queue:
        sweep_settlements()
        assert queue.sent == [("betting.settle_event", {"event_id": str(event.pk)}, "money")]
        queue.run()
        sweep_settlements()
        assert queue.sent == []

    assert dict(BetHistory.objects.values_list("bet_slip_id", "settlement_no")) == {slip.id: 1 for slip in slips}
    assert BetHistory.objects.count() == SLIPS
    draws = [slip for slip in slips if slip.predicted_outcome == "draw"]
    paid = {slip.id: slip.potential_win_minor for slip in draws}
    assert {transfer.ref_id: transfer.amount_minor for transfer in Transfer.objects.filter(kind="payout")} == paid
    assert available(ada) == 100_000 - 500 * SLIPS // 2
    assert available(ben) == 100_000 - 500 * SLIPS // 2 + sum(paid.values())
    assert open_stakes() == 0
    assert list_ledger_faults() == []
    changes = OutboxChange.objects.filter(payload__type="slip.settled").values_list("payload__slips", flat=True)
    told = [slip["id"] for change in changes for slip in change]
    assert sorted(told) == sorted(str(slip.id) for slip in slips)
    assert EventBook.objects.get(event_id=event.pk).settled_result_version == 1
