"""Outright events in the pure core: withdrawals, the order on the way, places with ties."""

import random

import pytest

from sports.core import sport_state
from sports.core.incidents import ImpossibleChange, RecordedIncident
from sports.core.outright import reducer
from sports.core.outright.state import OutrightState, score_text
from sports.core.outright.synthetic import SyntheticTrials, ride, win_chances
from sports.core.score_facts import Placing


def apply(state: OutrightState, kind: str, **fields: object) -> OutrightState:
    fact = RecordedIncident(state.incident_seq + 1, kind, "", 0, 0, **fields)  # type: ignore[arg-type]  # literals below
    changed = sport_state.apply(state, fact)
    assert isinstance(changed, OutrightState)
    return changed


def test_who_withdraws_before_the_off_does_not_run() -> None:
    stopped = apply(OutrightState(runners=3), "withdrawal", number=2)
    running = apply(stopped, "off")

    assert (stopped.is_betting_stopped, stopped.stop_reason) == (True, "withdrawal")
    assert (running.order, running.is_betting_stopped) == ((1, 3), False)
    assert reducer.facts_of(running).withdrawn == {"p2"}


def test_places_with_ties_become_facts() -> None:
    running = apply(apply(OutrightState(runners=5), "withdrawal", number=5), "off")
    state = apply(running, "finish", places=(2, 1, 2, 0, 0))
    facts = reducer.facts_of(state)

    assert facts.finish == {"p1": Placing(2, 2), "p2": Placing(1, 1), "p3": Placing(2, 2)}
    assert facts.withdrawn == {"p5"}
    assert (facts.ending, facts.winner) == ("full", "")
    assert state.order == (2, 1, 3, 4)
    assert score_text(state) == "1. p2, 2. p1, 2. p3"
    assert score_text(state, {"p1": "Ada", "p2": "Ben"}) == "1. Ben, 2. Ada, 2. p3"


@pytest.mark.parametrize(
    "places", [(1, 2), (1, 2, 3, 4), (1, 1, 2), (2, 3, 1, 1), (0, 0, 0), (1, 2, -1), (1, 3, 0), (1, 0, 2)]
)
def test_places_that_nobody_gives_are_refused(places: tuple[int, ...]) -> None:
    running = apply(apply(OutrightState(runners=3), "withdrawal", number=3), "off")

    with pytest.raises(ImpossibleChange):
        apply(running, "finish", places=places)


def test_the_order_lists_every_runner_once_with_growing_gaps() -> None:
    running = apply(OutrightState(runners=3), "off")

    moved = reducer.run_on(running, order=[3, 1, 2], gaps=[0, 4, 9], progress=40)
    assert (moved.order, moved.gaps, moved.progress) == ((3, 1, 2), (0, 4, 9), 40)
    for order, gaps in (([3, 1], [0, 1]), ([3, 1, 1], [0, 1, 2]), ([3, 1, 2], [1, 2, 3]), ([3, 1, 2], [0, 2, 1])):
        with pytest.raises(ImpossibleChange):
            reducer.run_on(running, order=order, gaps=gaps, progress=40)


def test_nobody_withdraws_on_the_way() -> None:
    with pytest.raises(ImpossibleChange):
        apply(apply(OutrightState(runners=3), "off"), "withdrawal", number=1)


def test_winners_follow_the_strengths() -> None:
    """Plackett and Luce: within four standard errors over 1,500 trials, ties counted half."""
    strengths = [1.0, 0.0, -0.5, 0.3]
    wins = 0.0
    for seed in range(1500):
        plan = ride(strengths, random.Random(seed), "")
        places = plan.moments[-1].places
        if all(places):  # nobody withdrew
            wins += (places[0] == 1) / places.count(1)
        else:
            wins += win_chances(dict(enumerate(strengths, start=1)))["p1"]

    expected = win_chances(dict(enumerate(strengths, start=1)))["p1"]
    assert abs(wins / 1500 - expected) < 4 * (expected * (1 - expected) / 1500) ** 0.5


def test_two_trials_in_a_row_share_nobody() -> None:
    trials = SyntheticTrials(5)

    assert not set(trials.field(0)) & set(trials.field(1))
    assert trials.fixture(2) == SyntheticTrials(5).fixture(2)
    assert len(trials.fixture(2).entrants) == 12
