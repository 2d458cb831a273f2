"""A correction that arrives while its event is being settled: what stands in the end is what the last result says."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Final
from uuid import UUID

import pytest
from django.db import connections, transaction

from accounts.models import User
from betting.actions import set_results as setting
from betting.actions import settle_event as settling
from betting.actions.set_results import Order, roll_back_results, set_cancel_window, set_results
from betting.actions.settle_event import settle_event, settle_range
from betting.actions.settlement_jobs import enqueue_settlement
from betting.core.grading import LOST, WON
from betting.locks import lock_book
from betting.models import BetHistory, BetSlip, Selection, SettlementRange
from betting.queries.audit import list_book_faults
from betting.queries.books import list_event_ids_unsettled
from project.kit import clock
from tests.betting.desk import available, fund, make_priced_event, open_stakes, selection_of
from tests.betting.slips import Pick, write_slip
from tests.waiting import is_anybody_waiting, is_settlement_waiting, wait_until

pytestmark = pytest.mark.django_db

BATCH: Final = 2  # of six slips
WAIT_S: Final = 20
STAKE: Final = 1_000


class Match:
    """Both people bet 10.00 each on home at 2.00, on a draw at 3.00, and on home with a sure 1.50 elsewhere."""

    def __init__(self, people: list[User]) -> None:
        event = make_priced_event()
        self.event_id: UUID = event.pk
        self.people = people
        self.home, self.draw = (selection_of(event, "1x2", outcome) for outcome in ("home", "draw"))
        elsewhere = selection_of(make_priced_event(), "1x2", "home")
        self.order = 0
        set_results(market_id=elsewhere.market_id, grades={elsewhere.id: WON}, order=self.next_order())
        settle_event(event_id=elsewhere.market.event_id)
        for person in people:
            fund(person)
            write_slip(person, [Pick(self.home, 2_000)], stake_minor=STAKE)
            write_slip(person, [Pick(self.draw, 3_000)], stake_minor=STAKE)
            write_slip(
                person, [Pick(self.home, 2_000), Pick(elsewhere, 1_500)], bet_type="accumulator", stake_minor=STAKE
            )
        self.slips = list(BetSlip.objects.order_by("user_id", "id"))  # as settlement walks them

    def next_order(self) -> Order:
        self.order += 1
        return Order("Official", clock.now() + timedelta(minutes=self.order))

    def wins(self, winner: Selection) -> None:
        grades = {one.id: WON if one == winner else LOST for one in (self.home, self.draw)}
        set_results(market_id=self.home.market_id, grades=grades, order=self.next_order())

    def take_back(self) -> None:
        roll_back_results(market_id=self.home.market_id, order=self.next_order())

    def call_off(self) -> None:
        set_cancel_window(market_id=self.home.market_id, starts_at=None, ends_at=None, order=self.next_order())

    def settle(self) -> int:
        try:
            return settle_event(event_id=self.event_id, batch_slips=BATCH)
        finally:
            if threading.current_thread() is not threading.main_thread():
                connections.close_all()


Outcomes = list[tuple[str, int | None]]  # status and payout of each
DRAWN: Final[Outcomes] = [("lost", 0), ("won", 3 * STAKE), ("lost", 0)]
OPEN: Final[Outcomes] = [("accepted", None)] * 3
CALLED_OFF: Final[Outcomes] = [("void", STAKE), ("void", STAKE), ("won", STAKE * 3 // 2)]


def check(match: Match, expected: Outcomes, settlements: list[int]) -> None:
    """Each person's three slips, in the order they were placed, and how often each of all slips was settled."""
    paid = sum(payout or 0 for _, payout in expected)
    running = sum(STAKE for status, _ in expected if status == "accepted")
    for person in match.people:
        slips = BetSlip.objects.filter(user=person).order_by("id")
        assert [(slip.status, slip.payout_minor) for slip in slips] == expected
        assert available(person) == 100_000 - 3 * STAKE + paid
    lines = [list(BetHistory.objects.filter(bet_slip=slip).order_by("settlement_no")) for slip in match.slips]
    assert [[line.settlement_no for line in theirs] for theirs in lines] == [
        list(range(1, times + 1)) for times in settlements
    ]
    for slip, theirs in zip(match.slips, lines, strict=True):
        slip.refresh_from_db()
        assert sum(line.difference_minor for line in theirs) == (slip.payout_minor or 0)
        if theirs:
            versions = dict(Selection.objects.filter(legs__slip=slip).values_list("id", "result_version"))
            assert {UUID(used["selection_id"]): used["version"] for used in theirs[-1].results_used} == versions
            assert slip.results_sum == sum(versions.values())
    assert open_stakes() == running * len(match.people)
    assert SettlementRange.objects.count() == 0
    assert list_event_ids_unsettled() == []
    assert list_book_faults() == []


def after_ranges(monkeypatch: pytest.MonkeyPatch, count: int, act: Callable[[], object]) -> None:
    """Let something happen in the first settlement that follows, when so many ranges are settled."""
    done = 0

    def settle(**arguments: object) -> int | None:
        nonlocal done
        if done == count:
            done += 1
            act()
        settled = settle_range(**arguments)  # type: ignore[arg-type]  # passed through
        done += settled is not None
        return settled

    monkeypatch.setattr(settling, "settle_range", settle)


@pytest.mark.parametrize("ranges_before", [0, 1, 2, 3])
def test_a_correction_between_two_batches_holds_for_all_of_them(
    ada: User, ben: User, monkeypatch: pytest.MonkeyPatch, ranges_before: int
) -> None:
    match = Match([ada, ben])
    match.wins(match.home)
    after_ranges(monkeypatch, ranges_before, lambda: match.wins(match.draw))

    match.settle()

    settled_before = ranges_before * BATCH
    check(match, DRAWN, [2] * settled_before + [1] * (6 - settled_before))
    assert match.settle() == 0


@pytest.mark.parametrize(
    ("change", "expected", "settlements"),
    [(Match.take_back, OPEN, [2, 2, 0, 0, 0, 0]), (Match.call_off, CALLED_OFF, [2, 2, 1, 1, 1, 1])],
)
def test_results_taken_back_or_bets_called_off_between_two_batches(
    ada: User,
    ben: User,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Match], None],
    expected: Outcomes,
    settlements: list[int],
) -> None:
    match = Match([ada, ben])
    match.wins(match.home)
    after_ranges(monkeypatch, 1, lambda: change(match))

    match.settle()

    check(match, expected, settlements)


def test_control_a_settlement_that_takes_the_newest_number_for_its_own_leaves_slips_behind(
    ada: User, ben: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race is real: were the book not compared by what was planned, nobody would come back to the first batch."""

    def finish(*, event_id: UUID) -> bool:
        book = lock_book(event_id)
        book.planned_results_no = book.settled_results_no = book.results_no
        book.save()
        return True

    match = Match([ada, ben])
    match.wins(match.home)
    after_ranges(monkeypatch, 1, lambda: match.wins(match.draw))
    monkeypatch.setattr(settling, "finish_settlement", finish)

    match.settle()

    assert list_event_ids_unsettled() == []
    assert [(slip.status, slip.payout_minor) for slip in BetSlip.objects.filter(id=match.slips[0].id)] == [
        ("won", 2 * STAKE)
    ]


@pytest.mark.django_db(transaction=True)
def test_a_correction_that_commits_in_the_middle_of_a_batch(ada: User, ben: User) -> None:
    """It has read the first result for its single and waits for the slip; its accumulator is read after the correction.

    The batch before it is settled, the one after it is not.
    """
    match = Match([ada, ben])
    match.wins(match.home)

    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            BetSlip.objects.select_for_update().get(id=match.slips[BATCH + 1].id)
            settling_once = pool.submit(match.settle)
            wait_until(is_settlement_waiting)
            pool.submit(_and_close, lambda: match.wins(match.draw)).result(WAIT_S)
        settling_once.result(WAIT_S)

    check(match, DRAWN, [2, 2, 1, 2, 1, 1])


@pytest.mark.django_db(transaction=True)
def test_a_correction_that_is_written_and_not_committed_while_all_batches_are_settled(
    ada: User, ben: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    match = Match([ada, ben])
    match.wins(match.home)
    is_written, may_commit = threading.Event(), threading.Event()

    def hold(event_id: UUID) -> None:
        is_written.set()
        assert may_commit.wait(WAIT_S)
        enqueue_settlement(event_id)

    with ThreadPoolExecutor(2) as pool:

        def correct() -> None:
            monkeypatch.setattr(setting, "enqueue_settlement", hold)
            correcting.append(pool.submit(_and_close, lambda: match.wins(match.draw)))
            assert is_written.wait(WAIT_S)

        correcting: list[Future[object]] = []
        after_ranges(monkeypatch, 0, correct)
        settling_once = pool.submit(match.settle)
        try:
            wait_until(is_anybody_waiting)  # for the book, to note that all is settled
            assert set(BetSlip.objects.values_list("settlement_no", flat=True)) == {1}
        finally:
            may_commit.set()
        settling_once.result(WAIT_S)
        correcting[0].result(WAIT_S)

    check(match, DRAWN, [2] * 6)


def _and_close(act: Callable[[], object]) -> object:
    try:
        return act()
    finally:
        connections.close_all()
