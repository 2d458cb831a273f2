"""Settlement over random histories: no money is made or lost, twice is once, SQL pays what the algebra says."""

import itertools
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.models import User
from betting.actions.grade_event import grade_event
from betting.actions.settle_event import settle_event
from betting.core.grading import grade_market
from betting.core.payout import LegResult, Payout, settle, slip_return
from betting.models import BetHistory, BetLeg, BetSlip, Market, Selection
from payments.queries.audit import list_ledger_faults
from project.kit.money import format_minor
from sports.actions import correct_result
from sports.models import Event, EventResult
from sports.queries.results import find_final_result
from tests.betting.desk import (
    available,
    bet,
    fund,
    goal,
    make_live_priced_event,
    open_stakes,
    revenue,
    stakes_of_open_slips,
    tick,
)
from tests.people import make_person
from tests.sports.matches import end_match

pytestmark = pytest.mark.django_db

# Without shrinking: an example takes a second, and the histories are short enough to read.
few_examples = settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
sides = st.lists(st.sampled_from(["home", "away"]), max_size=4)
_names = itertools.count(1)


@dataclass(frozen=True)
class Wager:
    """Which of the offered selections, how much, and after how many goals."""

    place: int
    stake_minor: int
    after_goals: int


wagers = st.lists(
    st.builds(
        Wager,
        place=st.integers(min_value=0, max_value=200),
        stake_minor=st.integers(min_value=10, max_value=5_000),
        after_goals=st.integers(min_value=0, max_value=4),
    ),
    min_size=1,
    max_size=8,
)


def new_person() -> User:
    return make_person(f"person{next(_names)}")


def place_wagers(user: User, event: Event, placed: list[Wager]) -> None:
    for wager in placed:
        offered = list(
            Selection.objects.filter(market__event_id=event.pk, market__status="active", odds_milli__isnull=False)
            .select_related("market")
            .order_by("market__sort", "sort")
        )
        bet(user, offered[wager.place % len(offered)], format_minor(wager.stake_minor, "PLY"))


def play(user: User, goal_sides: list[str], placed: list[Wager]) -> Event:
    event = make_live_priced_event()
    place_wagers(user, event, [wager for wager in placed if wager.after_goals == 0])
    for number, side in enumerate(goal_sides, start=1):
        goal(event, side, number * 10)  # type: ignore[arg-type]  # drawn from the two sides
        tick(event, number * 10 + 5)
        place_wagers(user, event, [wager for wager in placed if wager.after_goals == number])
    end_match(event)
    return event


def expected_payout(slip: BetSlip, goal_sides: list[str]) -> Payout:
    """What the pure core says this slip is worth at this result."""
    leg = BetLeg.objects.select_related("selection__market").get(slip=slip)
    market = leg.selection.market
    result = find_final_result(market.event_id)
    assert result is not None
    assert result.facts.scorers == tuple(goal_sides)
    outcomes = list(market.selections.values_list("outcome", flat=True))
    grade = grade_market(market.market_type, market.specifiers, outcomes, result.facts)[leg.selection.outcome]
    return payout_of(slip, LegResult(grade.result, leg.odds_milli, void_halves=grade.void_halves))


def payout_of(slip: BetSlip, leg: LegResult) -> Payout:
    exact = slip_return(slip.stake_minor, [leg], (1,))
    return settle(stake_minor=slip.stake_minor, exact_return=exact, is_all_void=leg.is_void)


@few_examples
@given(
    goal_sides=sides,
    placed=wagers,
    corrections=st.lists(sides, max_size=2),
    batch=st.integers(1, 5),
    again=st.booleans(),
)
def test_any_history_ends_where_its_last_result_says(
    goal_sides: list[str], placed: list[Wager], corrections: list[list[str]], batch: int, again: bool
) -> None:
    person = new_person()
    funds, revenue_before, stakes_before = fund(person), revenue(), open_stakes()
    event = play(person, goal_sides, placed)
    slips = BetSlip.objects.filter(user=person)
    assert open_stakes() - stakes_before == sum(slips.values_list("stake_minor", flat=True))

    settle_event(event_id=event.pk, batch_slips=batch)
    for corrected in corrections:
        correct_result(
            event_id=event.pk,
            home_goals=corrected.count("home"),
            away_goals=corrected.count("away"),
            goal_sides=corrected,
            reason="Corrected",
        )
        settle_event(event_id=event.pk, batch_slips=batch)
        if again:
            assert settle_event(event_id=event.pk) == 0

    final = EventResult.objects.filter(event_id=event.pk).latest("version").goal_sides
    stakes = payouts = 0
    for slip in slips:
        expected = expected_payout(slip, final)
        assert (slip.status, slip.payout_minor) == (expected.status, expected.payout_minor)
        history = list(BetHistory.objects.filter(bet_slip=slip).order_by("settlement_no"))
        assert [row.settlement_no for row in history] == list(range(1, slip.settlement_no + 1))
        assert sum(row.difference_minor for row in history) == slip.payout_minor
        stakes += slip.stake_minor
        payouts += slip.payout_minor or 0
    assert available(person) == funds - stakes + payouts
    assert revenue() - revenue_before == stakes - payouts
    assert open_stakes() == stakes_before == stakes_of_open_slips()
    assert list_ledger_faults() == []


def test_a_cancelled_market_is_not_graded(ada: User) -> None:
    fund(ada)
    event = make_live_priced_event()
    Market.objects.filter(event_id=event.pk, key="both_to_score").update(status="cancelled")
    end_match(event)

    grade_event(event_id=event.pk)

    assert set(Selection.objects.filter(market__key="both_to_score").values_list("result", flat=True)) == {""}
