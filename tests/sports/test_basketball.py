"""Basketball in the pure core: quarters, overtime, the clock, the last minute."""

import random

import pytest

from sports.core import sport_state
from sports.core.basketball import reducer
from sports.core.basketball.state import BasketballState, clock_text
from sports.core.basketball.synthetic import ScoringRates, SyntheticLeague, play
from sports.core.incidents import ImpossibleChange, IncidentType, RecordedIncident, Side
from sports.core.progress import GameClock

Fact = tuple[IncidentType, Side, int]
END: Fact = ("period_end", "", 0)
START: Fact = ("period_start", "", 0)


def after(*incidents: Fact, state: sport_state.AnyState | None = None) -> BasketballState:
    if state is None:
        state = sport_state.apply(BasketballState(), RecordedIncident(1, "tip_off", "", 0, 0))
    for kind, side, number in incidents:
        state = sport_state.apply(state, RecordedIncident(state.incident_seq + 1, kind, side, 0, 0, number))
    assert isinstance(state, BasketballState)
    return state


def basket(side: Side, points: int) -> Fact:
    return ("basket", side, points)


def test_points_are_counted_by_quarter_and_in_all() -> None:
    state = after(basket("home", 3), basket("away", 2), END, START, basket("home", 1))

    assert (state.periods, state.home_points, state.away_points) == (((3, 2),), 1, 0)
    assert state.headline == (4, 2)
    assert reducer.facts_of(state).current == (1, 0)


def test_the_clock_runs_down_and_never_up() -> None:
    state = reducer.run_clock(after(), seconds_left=431)

    assert clock_text(state) == "Q1 7:11"
    assert reducer.run_clock(state, seconds_left=500).seconds_left == 431
    assert state.minute == 2
    with pytest.raises(ImpossibleChange):
        reducer.run_clock(state, seconds_left=601)


def test_a_basket_stops_betting_in_the_last_minute_only() -> None:
    fourth = after(END, START, END, START, END, START)
    early = after(basket("home", 2), state=reducer.run_clock(fourth, seconds_left=61))
    late = after(basket("home", 2), state=reducer.run_clock(fourth, seconds_left=60))

    assert not early.is_betting_stopped
    assert late.stop_reason == "basket"


def test_four_quarters_end_a_match_that_is_not_level() -> None:
    state = after(basket("home", 2), END, START, END, START, END, START, END)
    facts = reducer.facts_of(state)

    assert (state.phase, state.stop_reason, clock_text(state)) == ("completed", "finished", "Final")
    assert (facts.periods, facts.ending, facts.winner) == (((2, 0), (0, 0), (0, 0), (0, 0)), "full", "home")


def test_overtime_follows_a_level_score() -> None:
    level = after(END, START, END, START, END, START, END)
    overtime = after(START, basket("away", 3), state=level)
    over = after(END, state=overtime)

    assert (level.phase, clock_text(level)) == ("break", "End Q4")
    assert (overtime.period, overtime.seconds_left, clock_text(overtime)) == (5, 300, "OT 5:00")
    assert (over.phase, len(over.periods), reducer.facts_of(over).winner) == ("completed", 5, "away")


@pytest.mark.parametrize(
    "fact",
    [basket("", 2), basket("home", 4), basket("home", 0), START, ("tip_off", "", 0), ("goal", "home", 0)],
)
def test_what_cannot_happen_is_refused(fact: Fact) -> None:
    with pytest.raises(ImpossibleChange):
        after(fact)


@pytest.mark.parametrize("seed", range(6))
def test_replay_is_live(seed: int) -> None:
    plan = play(ScoringRates(1.0, 1.0), random.Random(seed), "")
    facts = [RecordedIncident(1, "tip_off", "", 0, 0)]
    live = sport_state.apply(plan.initial_state(), facts[0])
    for moment in plan.moments:
        if moment.made is not None:
            live = sport_state.progress(live, moment.made)
        if moment.incident_type is not None:
            seq = live.incident_seq + 1
            facts.append(RecordedIncident(seq, moment.incident_type, moment.side, moment.minute, 0, moment.number))
            live = sport_state.resume(sport_state.apply(live, facts[-1]))
        assert sport_state.from_columns({"sport": "basketball", **sport_state.to_columns(live)}) == live
    replayed = plan.initial_state()
    for fact in facts:
        replayed = sport_state.apply(replayed, fact)

    assert live.phase == "completed"
    assert sport_state.without_progress(replayed) == sport_state.without_progress(live)


def test_the_league_scores_as_its_rates_say() -> None:
    """Within four standard errors of 80 possessions each over 60 matches."""
    points = []
    for seed in range(60):
        plan = play(ScoringRates(1.05, 0.95), random.Random(seed), "")
        points.append(sum(one.number for one in plan.moments if one.incident_type == "basket" and one.side == "home"))

    assert abs(sum(points) / 60 - 84) < 4 * (80 * 1.4 / 60) ** 0.5 + 1  # overtimes add a little


def test_a_fixture_is_the_same_every_time() -> None:
    assert SyntheticLeague(3).fixture(4) == SyntheticLeague(3).fixture(4)
    assert isinstance(SyntheticLeague(3).fixture(4).plan.moments[0].made, GameClock)  # type: ignore[union-attr]  # timed
