"""What must not matter: the order of legs, the size of batches, how often a message comes, and in which order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import permutations
from random import Random
from typing import Final

import pytest

from accounts.models import User
from betting.actions.set_results import (
    Order,
    roll_back_results,
    set_cancel_window,
    set_results,
    undo_cancel_window,
)
from betting.actions.settle_event import settle_event
from betting.core.grading import LOST, WON, Grade
from betting.models import BetHistory, BetSlip, Selection
from betting.queries.audit import list_book_faults
from project.kit import clock
from tests.betting.desk import available, fund, make_priced_event, selection_of
from tests.betting.slips import Pick, write_slip

pytestmark = pytest.mark.django_db

PLACED: Final = clock.now()
GRADES: Final = (Grade("won", 0, 1, 2), Grade("won", 1), WON)
ODDS: Final = (1_333, 2_620, 3_750)


@dataclass(frozen=True)
class Message:
    """One piece of news about the first selection's market, made so many minutes after the first."""

    kind: str
    minute: int


NEWS: Final = (Message("won", 1), Message("lost", 2), Message("back", 3), Message("won", 4), Message("cancel", 5),
               Message("restore", 6))  # fmt: skip


def pick_three() -> list[Pick]:
    return [
        Pick(selection_of(make_priced_event(), "1x2", "home"), odds_milli, is_banker=place == 0)
        for place, odds_milli in enumerate(ODDS)
    ]


def grade(selection: Selection, given: Grade, minute: int) -> None:
    order = Order("Official", PLACED + timedelta(minutes=minute))
    set_results(market_id=selection.market_id, grades={selection.id: given}, order=order)


def deliver(selection: Selection, message: Message) -> None:
    market_id, order = selection.market_id, Order("Official", PLACED + timedelta(minutes=message.minute))
    match message.kind:
        case "back":
            roll_back_results(market_id=market_id, order=order)
        case "cancel":
            set_cancel_window(market_id=market_id, starts_at=None, ends_at=None, order=order)
        case "restore":
            undo_cancel_window(market_id=market_id, starts_at=None, ends_at=None, order=order)
        case kind:
            grade(selection, WON if kind == "won" else LOST, message.minute)


def outcomes_of(slips: Sequence[BetSlip]) -> list[tuple[str, int | None]]:
    return [(row.status, row.payout_minor) for row in (BetSlip.objects.get(id=slip.id) for slip in slips)]


def test_permuted_legs_are_paid_the_same(ada: User) -> None:
    fund(ada)
    picks = pick_three()
    slips = [write_slip(ada, order, bet_type="system", sizes=[1, 2], stake_minor=997) for order in permutations(picks)]
    for pick, given in zip(picks, GRADES, strict=True):
        grade(pick.selection, given, 1)
        settle_event(event_id=pick.selection.market.event_id)

    # 997 on three lines, the banker at half of 1.333: 0.6665 x (1.81 + 3.75 + 1.81 x 3.75) x 997 / 3 = 2734.96
    assert outcomes_of(slips) == [("won", 2_734)] * 6
    assert list_book_faults() == []


@pytest.mark.parametrize("batch", [1, 2, 5, 11, 1_000])
def test_split_batches_pay_the_same(ada: User, ben: User, batch: int) -> None:
    fund(ada)
    fund(ben)
    event = make_priced_event()
    home, draw = selection_of(event, "1x2", "home"), selection_of(event, "1x2", "draw")
    slips = [
        write_slip((ada, ben)[number % 2], [Pick((home, draw)[number % 3 == 0], 1_333)], stake_minor=100 + number)
        for number in range(11)
    ]
    order = Order("Official", PLACED)
    set_results(market_id=home.market_id, grades={home.id: WON, draw.id: LOST}, order=order)

    assert settle_event(event_id=event.pk, batch_slips=batch) == 11

    expected = [("lost", 0) if number % 3 == 0 else ("won", (100 + number) * 1_333 // 1_000) for number in range(11)]
    assert outcomes_of(slips) == expected
    assert BetHistory.objects.count() == 11
    assert list_book_faults() == []


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("times", [1, 2])
def test_messages_in_any_order_and_twice_end_where_the_newest_says(ada: User, seed: int, times: int) -> None:
    funds = fund(ada)
    home = selection_of(make_priced_event(), "1x2", "home")
    slip = write_slip(ada, [Pick(home, 2_000)], stake_minor=1_000)
    random = Random(seed)
    messages = random.sample(NEWS * times, len(NEWS) * times)

    for message in messages:
        deliver(home, message)
        if random.random() < 0.5:
            settle_event(event_id=home.market.event_id)
    settle_event(event_id=home.market.event_id)

    assert outcomes_of([slip]) == [("won", 2_000)]
    assert available(ada) == funds + 1_000
    history = BetHistory.objects.filter(bet_slip=slip)
    assert sum(line.difference_minor for line in history) == 2_000
    assert list_book_faults() == []
