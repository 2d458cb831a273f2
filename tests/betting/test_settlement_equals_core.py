"""What SQL settles equals the pure core, slip by slip: random slips of every type, random results, in any order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import count
from random import Random
from typing import Any

import pytest
from django.db.models import F
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.models import User
from betting.actions.settle_event import settle_event
from betting.core.bet_types import FULL_COVER
from betting.core.payout import LegResult, SlipTerms, settle_slip
from betting.models import (
    BetHistory,
    BetLeg,
    BetSlip,
    CancelWindow,
    Deduction,
    EventBook,
    FreeBet,
    Market,
    Selection,
)
from payments.queries.audit import list_ledger_faults
from tests.betting.desk import available, fund, make_live_priced_event, open_stakes
from tests.betting.slips import Pick, write_slip
from tests.people import make_person

pytestmark = pytest.mark.django_db

few_examples = settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
NOON = datetime(2026, 8, 1, 12, tzinfo=UTC)
LEGS_MAX = 20
LINES_MAX = 2 * (2**9 - 1)  # every size of nine legs, each way
SLIPS = 12
SELECTIONS = 60  # of the hundreds that two events have, so that slips share some
_names = count(1)


@dataclass(frozen=True)
class World:
    """Two people and the selections of two events that they bet on."""

    people: Sequence[User]
    events: Sequence[Any]
    selections: Sequence[Selection]


def make_world(random: Random) -> World:
    people = [make_person(f"person{next(_names)}") for _ in range(2)]
    for person in people:
        fund(person)
    events = [make_live_priced_event() for _ in range(2)]
    offered = Selection.objects.filter(market__event__in=[event.pk for event in events])
    selections = random.sample(list(offered.select_related("market").order_by("id")), SELECTIONS)
    market_ids = sorted({selection.market_id for selection in selections})
    for market_id in market_ids:
        Market.objects.filter(id=market_id).update(
            each_way_places=3, each_way_numerator=1, each_way_denominator=random.choice([3, 4, 5])
        )
    return World(people, events, selections)


def draw_slip(random: Random, world: World) -> BetSlip:
    """A slip of a random type, on legs that may well share an event: settlement does not mind."""
    bet_type = random.choice(["single", "single", "accumulator", "accumulator", "system", *FULL_COVER])
    if bet_type == "single":
        legs = 1
    elif bet_type == "accumulator":
        legs = random.choice([2, 4, LEGS_MAX])
    elif bet_type == "system":
        legs = random.randint(3, 9)
    else:
        legs = FULL_COVER[bet_type].legs
    bankers = random.randint(0, 2) if bet_type == "system" else 0
    sizes = None
    if bet_type == "system":
        sizes = sorted(random.sample(range(1, legs - bankers + 1), random.randint(1, legs - bankers)))
    picks = [
        Pick(selection, random.choice([1_010, 1_333, 1_850, 3_750, 21_000, 500_000]), is_banker=place < bankers)
        for place, selection in enumerate(random.sample(list(world.selections), legs))
    ]
    random.shuffle(picks)
    return write_slip(
        random.choice(world.people),
        picks,
        bet_type=bet_type,
        stake_minor=random.randint(LINES_MAX, 4_000),  # a coin for each line
        sizes=sizes,
        is_each_way=random.random() < 0.3,
        is_free_bet=random.random() < 0.2,
        payout_minor_max=random.choice([None, 5_000, 10_000_000]),
        placed_at=NOON + timedelta(hours=random.randint(0, 9)),
    )


def draw_results(random: Random, selections: Sequence[Selection], *, open_share: float) -> None:
    """Results of all kinds, some selections without one; every selection gets its next version."""
    for selection in selections:
        result = "" if random.random() < open_share else random.choice(["won", "won", "won", "lost", "void"])
        place_result = random.choice(["won", "lost", "void"]) if random.random() > open_share else ""
        tied, place_tied = random.randint(1, 4), random.randint(1, 4)
        Selection.objects.filter(id=selection.id).update(
            result=result,
            void_halves=2 if result == "void" else random.choice([0, 0, 0, 1, 2]) if result else 0,
            dead_heat_tied=tied,
            dead_heat_places=random.randint(1, tied),
            place_result=place_result,
            place_dead_heat_tied=place_tied,
            place_dead_heat_places=random.randint(1, place_tied),
            result_version=F("result_version") + 1,
        )
    EventBook.objects.update(results_no=F("results_no") + 1)


def draw_adjustments(random: Random, market_ids: Sequence[Any]) -> None:
    for market_id in random.sample(list(market_ids), min(6, len(market_ids))):
        for _ in range(random.randint(1, 3)):
            Deduction.objects.create(
                market_id=market_id,
                percent=random.choice([5, 25, 60]),
                placed_before=NOON + timedelta(hours=random.randint(0, 9)),
                is_active=random.random() < 0.8,
                reason="Withdrawn",
                created_at=NOON,
            )
    for market_id in random.sample(list(market_ids), 3):
        start = random.randint(0, 6)
        CancelWindow.objects.create(
            market_id=market_id,
            starts_at=random.choice([None, NOON + timedelta(hours=start)]),
            ends_at=random.choice([None, NOON + timedelta(hours=start + 2)]),
            produced_at=NOON,
            reason="Wrong price",
            created_at=NOON,
        )


class Adjustments:
    """The deductions and cancel windows that hold now."""

    def __init__(self) -> None:
        self._deductions = list(Deduction.objects.filter(is_active=True))
        self._windows = list(CancelWindow.objects.filter(is_active=True))

    def deductions_of(self, leg: BetLeg, placed_at: datetime) -> tuple[Fraction, ...]:
        return tuple(
            Fraction(deduction.percent, 100)
            for deduction in self._deductions
            if deduction.market_id == leg.market_id and placed_at < deduction.placed_before
        )

    def is_cancelled(self, leg: BetLeg, placed_at: datetime) -> bool:
        return any(
            (window.starts_at is None or placed_at >= window.starts_at)
            and (window.ends_at is None or placed_at < window.ends_at)
            for window in self._windows
            if window.market_id == leg.market_id
        )


def expected_leg(leg: BetLeg, placed_at: datetime, adjustments: Adjustments) -> LegResult:
    selection, market = leg.selection, leg.market
    assert market.each_way_numerator is not None
    assert market.each_way_denominator is not None
    return LegResult(
        "void" if adjustments.is_cancelled(leg, placed_at) else selection.result,  # type: ignore[arg-type]  # a check constraint admits only results
        leg.odds_milli,
        void_halves=selection.void_halves,
        dead_heat_places=selection.dead_heat_places,
        dead_heat_tied=selection.dead_heat_tied,
        deductions=adjustments.deductions_of(leg, placed_at),
        place_fraction=Fraction(market.each_way_numerator, market.each_way_denominator),
        place_outcome=selection.place_result,  # type: ignore[arg-type]  # as above
        place_dead_heat_places=selection.place_dead_heat_places,
        place_dead_heat_tied=selection.place_dead_heat_tied,
        is_banker=leg.is_banker,
    )


def assert_settled_as_the_core_says(slip: BetSlip, adjustments: Adjustments) -> None:
    slip.refresh_from_db()
    legs = list(BetLeg.objects.filter(slip=slip).select_related("selection", "market"))
    terms = SlipTerms(
        slip.remaining_stake_minor,
        tuple(slip.line_sizes),
        slip.line_count,
        is_each_way=slip.is_each_way,
        is_free_bet=slip.free_bet_id is not None,
        payout_minor_max=slip.payout_minor_max,
    )
    expected = settle_slip(terms, [expected_leg(leg, slip.placed_at, adjustments) for leg in legs])
    if expected is None:
        assert (slip.status, slip.payout_minor, slip.uncapped_minor) == ("accepted", None, None)
        return
    found: tuple[str, int | None, object] = (slip.status, slip.payout_minor, slip.uncapped_minor)
    wanted: tuple[str, int | None, object] = (expected.status, expected.payout_minor, expected.uncapped_minor)
    assert found == wanted, [slip.bet_type, legs]
    assert slip.results_sum == sum(leg.selection.result_version for leg in legs)
    last = BetHistory.objects.get(bet_slip=slip, settlement_no=slip.settlement_no)
    assert (last.outcome, last.winnings_minor) == (expected.status, expected.payout_minor)
    used = {one["selection_id"]: one["version"] for one in last.results_used}
    assert used == {str(leg.selection_id): leg.selection.result_version for leg in legs}


@few_examples
@given(seed=st.integers(0, 2**32), batch=st.integers(1, 7))
def test_sql_settles_every_slip_as_the_core_does_and_the_books_agree(seed: int, batch: int) -> None:
    random = Random(seed)
    world = make_world(random)
    before = {person.id: available(person) for person in world.people}
    stakes_before = open_stakes()
    slips = [draw_slip(random, world) for _ in range(SLIPS)]
    own_stakes = {
        person.id: sum(slip.stake_minor for slip in slips if slip.user_id == person.id and not slip.free_bet_id)
        for person in world.people
    }

    for open_share in (0.5, 0.0, 0.1, 0.0):
        draw_results(random, world.selections, open_share=open_share)
        if open_share == 0.1:
            draw_adjustments(random, sorted({selection.market_id for selection in world.selections}))
        # The order of events is nobody's business, and twice is once.
        for event in [*random.sample(list(world.events), 2), random.choice(world.events)]:
            settle_event(event_id=event.pk, batch_slips=batch)

        adjustments = Adjustments()
        for slip in slips:
            assert_settled_as_the_core_says(slip, adjustments)
            history = BetHistory.objects.filter(bet_slip=slip)
            assert sum(row.difference_minor for row in history) == (slip.payout_minor or 0)
            assert sorted(row.settlement_no for row in history) == list(range(1, slip.settlement_no + 1))
        for person in world.people:
            paid = sum(slip.payout_minor or 0 for slip in slips if slip.user_id == person.id)
            assert available(person) == before[person.id] - own_stakes[person.id] + paid
        running = sum(slip.remaining_stake_minor for slip in slips if slip.status == "accepted")
        assert open_stakes() - stakes_before == running
        tokens = FreeBet.objects.filter(slips__in=slips)
        assert {token.status for token in tokens.filter(slips__status="void")} <= {"available"}
        assert {token.status for token in tokens.exclude(slips__status="void")} <= {"used"}
    assert list_ledger_faults() == []
