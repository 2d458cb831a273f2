"""The benchmark of settlement: its floor writes every slip once, and its figures are ratios within one round."""

from collections import Counter
from uuid import uuid4

import pytest

from accounts.models import User
from bench.betting.client import Outcome
from bench.betting.floor import update_statuses
from bench.betting.settlement_report import (
    A_MILLION,
    ACCUMULATORS,
    FLOOR,
    ONE_WORKER,
    TWO_WORKERS,
    Beside,
    Settled,
    list_settlement_targets,
    middle,
)
from bench.betting.settler import Done
from betting.models import BetSlip
from tests.betting.desk import fund, make_live_priced_event, selection_of
from tests.betting.slips import Pick, write_slip


def run_of(seconds: float, slips: int = 1_000) -> Settled:
    return Settled(slips, seconds, [Done(slips, seconds, 0.001, seconds / 2)])


@pytest.mark.django_db
def test_the_floor_writes_each_slip_of_the_event_once(ada: User, ben: User) -> None:
    event = make_live_priced_event()
    home = selection_of(event, "1x2", "home")
    other = selection_of(make_live_priced_event(), "1x2", "home")
    for person in (ada, ben):
        fund(person)
    theirs = [write_slip(person, [Pick(home, 2_000)]) for person in (ada, ben, ada, ben, ada)]
    untouched = write_slip(ada, [Pick(other, 2_000)])

    assert update_statuses(event.pk, 2) == 5
    assert update_statuses(uuid4(), 2) == 0

    assert set(BetSlip.objects.filter(status="lost").values_list("id", flat=True)) == {slip.id for slip in theirs}
    untouched.refresh_from_db()
    assert untouched.status == "accepted"


def test_ratios_are_taken_round_by_round() -> None:
    idle = Outcome(Counter({"accepted": 100}), [10.0] * 100, seconds=1.0)
    busy = Outcome(Counter({"accepted": 100}), [25.0] * 100, seconds=1.0)
    rows = {
        FLOOR: [run_of(1.0), run_of(10.0), run_of(1.0)],
        ONE_WORKER: [run_of(2.0), run_of(20.0), run_of(2.5)],
        TWO_WORKERS: [run_of(1.0), run_of(10.0), run_of(1.0)],
        ACCUMULATORS: [run_of(4.0), run_of(40.0), run_of(5.0)],
        A_MILLION: [run_of(12.5, 1_000_000)],
    }

    targets = list_settlement_targets(rows, Beside(idle, busy, per_s=100.0, share=1.0))

    assert [(target.figure, target.is_met) for target in targets] == [
        (0.5, False),
        (2.0, True),
        (0.5, False),
        (2.5, True),
        (12.5, True),
    ]
    assert targets[-1].judged == pytest.approx(12.5 * middle(rows[FLOOR]).per_s / 137_894)


def test_a_run_is_shown_by_its_middle_round_and_its_busiest_worker() -> None:
    pair = Settled(1_000, 0.1, [Done(600, 0.1, 0.001, 0.029), Done(400, 0.1, 0.002, 0.018)])

    assert middle([run_of(3.0), run_of(1.0), run_of(2.0)]) == run_of(2.0)
    assert (pair.session_us, pair.worker_us, pair.busiest_us) == pytest.approx((47.0, 3.0, 30.0))
