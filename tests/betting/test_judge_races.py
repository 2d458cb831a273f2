"""Two workers that judge the same delayed bets: each is judged once, by the rules of the one who came first."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections
from django.db.models import F, QuerySet

from accounts.models import User
from betting.actions import judge_delayed as judging
from betting.actions.judge_delayed import judge_due_slips
from betting.events import SlipsAccepted
from betting.models import BetSlip, ExposureDelta, Selection
from betting.queries.acceptance import Facts, HouseRow, Wanted, read_facts
from betting.queries.audit import list_book_faults
from payments.core.postings import HouseAccount
from payments.models import Transfer
from payments.queries.accounts import house_account_id
from payments.queries.wallets import get_wallet
from project.kit.models import OutboxChange, RecordedEvent
from tests.betting.desk import available, bet, fund, make_live_priced_event, open_stakes, selection_of
from tests.waiting import is_anybody_waiting, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("true_delays")]

SLIPS = 6  # three of 1.00 by ada, three of 2.00 by ben
WAIT_S = 20


@pytest.fixture
def home(ada: User, ben: User) -> Selection:
    """A selection on which six slips wait whose delay has just ended."""
    for person in (ada, ben):
        fund(person)
    selection = selection_of(make_live_priced_event(), "1x2", "home")
    for _ in range(SLIPS // 2):
        bet(ada, selection, "1.00")
        bet(ben, selection, "2.00")
    BetSlip.objects.update(due_at=F("placed_at"))
    return selection


class Judges:
    """Two workers. Each stops when it has judged, before it writes; `verdicts` counts the slips of each."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, pool: ThreadPoolExecutor) -> None:
        self.verdicts: list[int] = []
        self._has_judged = threading.Semaphore(0)
        self._may_write = threading.Event()
        self._pool = pool
        write = judging._write

        def pause(facts: Facts, judged: Any) -> None:
            self.verdicts.append(len(judged))
            self._has_judged.release()
            assert self._may_write.wait(WAIT_S)
            write(facts, judged)

        monkeypatch.setattr(judging, "_write", pause)

    def begin(self) -> "Future[int]":
        return self._pool.submit(_judge)

    def await_verdicts(self) -> None:
        assert self._has_judged.acquire(timeout=WAIT_S)

    def let_write(self) -> None:
        self._may_write.set()


def _judge() -> int:
    try:
        return judge_due_slips()
    finally:
        connections.close_all()


def list_told(kind: str) -> list[str]:
    changes = OutboxChange.objects.filter(payload__type=kind).order_by("id")
    return [change.payload["slip"]["id"] for change in changes]


def list_facts() -> list[str]:
    facts = RecordedEvent.objects.filter(type=SlipsAccepted.TYPE)
    return [slip["slip_id"] for fact in facts for slip in fact.payload["slips"]]


def race(
    monkeypatch: pytest.MonkeyPatch, meet: Callable[[Judges], object], between: Callable[[], object]
) -> tuple[list[int], list[int]]:
    """Two judges who meet, with `between` between their readings; answers how many verdicts there were, and how many
    each says it gave."""
    with ThreadPoolExecutor(2) as pool:
        judges = Judges(monkeypatch, pool)
        first = judges.begin()
        judges.await_verdicts()
        between()
        second = judges.begin()
        try:
            meet(judges)
        finally:
            judges.let_write()
        return judges.verdicts, [first.result(WAIT_S), second.result(WAIT_S)]


def test_of_two_judges_at_once_one_judges_each_slip(
    ada: User, ben: User, home: Selection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second one would refuse what the first has taken: the price has moved between them."""
    verdicts, judged = race(monkeypatch, lambda _: wait_until(is_anybody_waiting), lambda: raise_price(home))

    ids = sorted(str(slip_id) for slip_id in BetSlip.objects.values_list("id", flat=True))
    assert (verdicts, judged) == ([SLIPS], [SLIPS, 0])
    assert set(BetSlip.objects.values_list("status", "due_at", "odds_milli")) == {("accepted", None, home.odds_milli)}
    assert sorted(list_told("slip.accepted")) == sorted(list_facts()) == ids
    assert list_told("slip.rejected") == []
    for kind in ("stake_held", "stake"):
        assert sorted(Transfer.objects.filter(kind=kind).values_list("ref", flat=True)) == ids
    assert sorted(ExposureDelta.objects.values_list("stake_minor", flat=True)) == [100] * 3 + [200] * 3
    assert (available(ada), available(ben), open_stakes()) == (100_000 - 300, 100_000 - 600, 900)
    assert [get_wallet(person.id, "PLY").held_minor for person in (ada, ben)] == [0, 0]
    assert list_book_faults() == []


def raise_price(selection: Selection) -> None:
    Selection.objects.filter(id=selection.id).update(odds_milli=F("odds_milli") + 200)


def without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Facts and slips are read as they are. The house's accounts are there already."""

    def read_unlocked(wanted: Wanted, **options: Any) -> Facts:
        facts = read_facts(wanted, **(options | {"is_locking": False}))
        house = [str(house_account_id(account, "PLY")) for account in (HouseAccount.OPEN_STAKES, HouseAccount.PROMO)]
        facts.houses["PLY"] = HouseRow(*house)
        return facts

    def as_they_are(rows: "QuerySet[BetSlip]", **_: object) -> "QuerySet[BetSlip]":
        return rows

    monkeypatch.setattr(judging, "read_facts", read_unlocked)
    monkeypatch.setattr(QuerySet, "select_for_update", as_they_are)


def test_control_without_the_locks_each_slip_is_judged_and_told_twice(
    ada: User, ben: User, home: Selection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the ledger's own identity of a transfer still keeps the stakes from moving twice."""
    without_locks(monkeypatch)

    verdicts, judged = race(monkeypatch, Judges.await_verdicts, lambda: None)

    assert (verdicts, judged) == ([SLIPS, SLIPS], [SLIPS, SLIPS])
    assert len(list_told("slip.accepted")) == len(list_facts()) == 2 * SLIPS
    assert ExposureDelta.objects.count() == 2 * SLIPS
    assert open_stakes() == 900
