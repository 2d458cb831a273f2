"""Two hundred slips through the route and the socket while the desk suspends their market: none commits after it."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import pytest
from django.db import connections
from django.db.models import Sum

from accounts.models import User
from betting.actions import market_status
from betting.actions.desk_records import record_change
from betting.actions.market_status import suspend_market
from betting.actions.slip_rows import SlipRows
from betting.events import SlipsAccepted
from betting.models import BetSlip, ExposureDelta, Market, Selection
from betting.queries.audit import list_book_faults
from payments.models import Transfer
from project.kit.models import IdempotentReply, RecordedEvent
from project.kit.money import format_minor
from project.kit.short_transactions import Execute
from tests.betting.desk import available, fund, make_priced_event, open_stakes, selection_of
from tests.betting.test_place_slip_races import without_locks
from tests.realtime.doors import Doors, open_doors, request
from tests.realtime.processes import session_key_of
from tests.realtime.test_slip_doors import body_of

CLIENTS: Final = 20  # half of them over HTTP, half over the socket
SLIPS_EACH: Final = 10  # one after the other, as a client that waits for its answers
STOP_AFTER: Final = 60  # answers; the stop races with what follows
RACING: Final = 5  # of each client's slips; the others are sent when the desk has its answer
WAIT_S: Final = 20.0


@dataclass(frozen=True)
class Sent:
    """One slip and what it was answered."""

    user: User
    selection: Selection
    key: str
    stake_minor: int
    is_after_stop: bool
    answer: dict[str, Any]

    @property
    def is_accepted(self) -> bool:
        return bool(self.answer["status"] == "accepted")


class Race:
    """Clients that bet on one market, and the desk that suspends it."""

    def __init__(self, people: list[User], desk: User) -> None:
        self.people = people
        self.desk = desk
        event = make_priced_event()
        self.selections = [selection_of(event, "1x2", outcome) for outcome in ("home", "draw", "away")]
        self.market_id = self.selections[0].market_id
        self.sessions = [session_key_of(person) for person in people]
        self.sent: list[Sent] = []
        self.is_time = asyncio.Event()
        self.is_stopped = asyncio.Event()
        self.slips_under_stop = -1

    def note_slips(self, **record: Any) -> None:
        """Stands in the stop's transaction, which holds the market: counts what has committed before it."""
        self.slips_under_stop = BetSlip.objects.count()
        record_change(**record)

    async def run(self, doors: Doors, suspend: Callable[..., object]) -> None:
        clients = [self._bet(doors, number) for number in range(CLIENTS)]
        await asyncio.gather(self._stop(suspend), *clients)

    async def _stop(self, suspend: Callable[..., object]) -> None:
        await self.is_time.wait()
        await asyncio.to_thread(self._suspend, suspend)
        self.is_stopped.set()

    def _suspend(self, suspend: Callable[..., object]) -> None:
        try:
            suspend(actor_id=self.desk.id, market_id=self.market_id, reason="Strange bets")
        finally:
            connections.close_all()

    async def _bet(self, doors: Doors, client: int) -> None:
        person = client % len(self.people)
        selection = self.selections[client % 3]
        for number in range(SLIPS_EACH):
            if number == RACING:
                await self.is_stopped.wait()
            stake_minor = 100 + client * SLIPS_EACH + number
            body, key = body_of(selection, stake=format_minor(stake_minor, "PLY")), f"client-{client}-{number}"
            is_after_stop = self.is_stopped.is_set()
            if client < CLIENTS // 2:
                answer = (await doors.by_route(request(self.sessions[person], body, key), body)).read()
            else:
                answer = await doors.by_socket(self.people[person], body, key)
            self.sent.append(Sent(self.people[person], selection, key, stake_minor, is_after_stop, answer))
            if len(self.sent) == STOP_AFTER:
                self.is_time.set()


async def run_race(
    people: list[User], desk: User, monkeypatch: pytest.MonkeyPatch, suspend: Callable[..., object] = suspend_market
) -> Race:
    race = Race(people, desk)
    monkeypatch.setattr(market_status, "record_change", race.note_slips)
    async with open_doors(monkeypatch) as doors:
        await race.run(doors, suspend)
    assert doors.passed_on == 0
    assert len(race.sent) == CLIENTS * SLIPS_EACH
    assert Market.objects.get(id=race.market_id).status == "suspended"
    return race


async def test_no_slip_of_two_hundred_commits_after_the_suspension(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, ada: User, ben: User, cleo: User, mod: User
) -> None:
    people = [ada, ben, cleo]
    funds = [fund(person) for person in people]

    race = await run_race(people, mod, monkeypatch)

    accepted = [sent for sent in race.sent if sent.is_accepted]
    refused = [sent for sent in race.sent if not sent.is_accepted]
    assert STOP_AFTER <= len(accepted) <= CLIENTS * RACING
    assert race.slips_under_stop == BetSlip.objects.count() == len(accepted)
    assert [sent for sent in accepted if sent.is_after_stop] == []
    assert {(sent.answer["code"], sent.answer["status"], sent.answer["reason"]) for sent in refused} == {
        ("market_suspended", 409, "suspended")
    }
    check_what_stands(accepted)
    for person, before in zip(people, funds, strict=True):
        assert available(person) == before - sum(sent.stake_minor for sent in accepted if sent.user == person)
    assert list_book_faults() == []


def check_what_stands(accepted: list[Sent]) -> None:
    """Each accepted slip has its rows, its stake and its key once, and nothing else is there."""
    slips = {(slip.user_id, str(slip.id)): slip for slip in BetSlip.objects.all()}
    for sent in accepted:
        slip = slips[sent.user.id, sent.answer["id"]]
        assert (slip.status, slip.stake_minor, sent.answer["stake"]) == (
            "accepted",
            sent.stake_minor,
            format_minor(sent.stake_minor, "PLY"),
        )
    kept = IdempotentReply.objects.values_list("owner_id", "key", "reply__id")
    assert sorted(kept) == sorted((sent.user.id, sent.key, sent.answer["id"]) for sent in accepted)
    moved = Transfer.objects.filter(kind="stake").values_list("ref", "amount_minor")
    assert sorted(moved) == sorted((sent.answer["id"], sent.stake_minor) for sent in accepted)
    assert open_stakes() == sum(sent.stake_minor for sent in accepted)
    told = [slip["slip_id"] for fact in facts_of_slips() for slip in fact["slips"]]
    assert sorted(told) == sorted(sent.answer["id"] for sent in accepted)
    sums = ExposureDelta.objects.values_list("selection_id").annotate(Sum("stake_minor"), Sum("payout_minor"))
    risks: dict[Any, tuple[int, int]] = {}
    for sent in accepted:
        stake, payout = risks.get(sent.selection.id, (0, 0))
        odds = sent.selection.odds_milli or 0
        risks[sent.selection.id] = stake + sent.stake_minor, payout + sent.stake_minor * odds // 1_000
    assert {selection_id: (stake, payout) for selection_id, stake, payout in sums} == risks


def facts_of_slips() -> list[dict[str, Any]]:
    return list(RecordedEvent.objects.filter(type=SlipsAccepted.TYPE).values_list("payload", flat=True))


async def test_control_without_the_locks_slips_follow_the_committed_suspension(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, ada: User, ben: User, cleo: User, mod: User
) -> None:
    """A batch that has decided is held until the desk has its answer: nothing but the locks would keep it back."""
    people = [ada, ben, cleo]
    for person in people:
        fund(person)
    without_locks(monkeypatch)
    has_decided, is_answered, is_time = threading.Event(), threading.Event(), threading.Event()
    write = SlipRows.write

    def hold(rows: SlipRows, execute: Execute) -> bool:
        if is_time.is_set():
            has_decided.set()
            assert is_answered.wait(WAIT_S)
        return write(rows, execute)

    def suspend(**order: Any) -> None:
        is_time.set()
        assert has_decided.wait(WAIT_S)
        suspend_market(**order)
        is_answered.set()

    monkeypatch.setattr(SlipRows, "write", hold)

    race = await run_race(people, mod, monkeypatch, suspend)

    assert 0 < race.slips_under_stop < BetSlip.objects.count()
    assert list_book_faults() == []
