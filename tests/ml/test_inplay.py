"""One grid prices every market: chances sum to 1, markets agree with each other, and what is decided is 0 or 1."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.core.inplay import (
    SCORE_NAMES,
    GoalRates,
    InPlayState,
    fit_goal_rates,
    goals_to_come,
    inplay_state,
    price_event,
    price_results,
)
from ml.core.inplay_batch import MatchBatch, price_events
from sports.core.market_keys import check_outcome, parse_market_key
from sports.core.match_state import MatchState, Phase

EXACT = 1e-9
PHASES: tuple[Phase, ...] = ("scheduled", "first_half", "half_time", "second_half", "completed")
EVEN = GoalRates(home=1.5, away=1.2, correlation=-0.08)

rates = st.builds(
    GoalRates,
    home=st.floats(0.02, 5.0),
    away=st.floats(0.02, 5.0),
    correlation=st.floats(-0.3, 0.2),
)


@st.composite
def states(draw: st.DrawFn) -> InPlayState:
    phase: Phase = draw(st.sampled_from(PHASES))
    lowest, highest = {
        "scheduled": (0, 0),
        "first_half": (0, 45),
        "half_time": (45, 45),
        "second_half": (45, 90),
        "completed": (90, 90),
    }[phase]
    minute = draw(st.integers(lowest, highest))
    goals = st.just(0) if phase == "scheduled" else st.integers(0, 9)
    return InPlayState(
        phase=phase,
        minute=minute,
        added=draw(st.integers(0, 15)) if minute in (45, 90) else 0,
        home_goals=draw(goals),
        away_goals=draw(goals),
        home_reds=draw(st.integers(0, 5)),
        away_reds=draw(st.integers(0, 5)),
    )


def test_a_match_before_kick_off_gives_back_the_market() -> None:
    market = (0.5, 0.27, 0.23)

    prices = price_event(fit_goal_rates(*market, 0.52), InPlayState())

    assert prices["1x2"] == pytest.approx({"home": 0.5, "draw": 0.27, "away": 0.23}, abs=EXACT)
    assert prices["over_under;total=2.5"] == pytest.approx({"over": 0.52, "under": 0.48}, abs=EXACT)


def test_prices_of_independent_goals_are_those_of_two_poisson_numbers() -> None:
    prices = price_event(GoalRates(1.0, 1.0), InPlayState())

    assert prices["correct_score"]["0-0"] == pytest.approx(0.1353352832, abs=1e-10)
    assert prices["correct_score"]["1-1"] == pytest.approx(0.1353352832, abs=1e-10)
    assert prices["1x2"]["draw"] == pytest.approx(0.3085083225, abs=1e-10)
    assert prices["over_under;total=0.5"]["under"] == pytest.approx(0.1353352832, abs=1e-10)
    assert prices["over_under;total=2.5"]["under"] == pytest.approx(0.6766764162, abs=1e-10)
    assert prices["both_to_score"]["yes"] == pytest.approx(0.3995764009, abs=1e-10)
    assert prices["next_goal;goal=1"]["none"] == pytest.approx(0.1353352832, abs=1e-10)
    assert prices["next_goal;goal=1"]["home"] == pytest.approx(0.4323323584, abs=1e-10)


@given(rates, states())
def test_every_market_sums_to_one_within_0_and_1(prior: GoalRates, state: InPlayState) -> None:
    for key, chances in price_event(prior, state).items():
        assert sum(chances.values()) == pytest.approx(2.0 if key == "double_chance" else 1.0, abs=EXACT), key
        assert all(0.0 <= chance <= 1.0 for chance in chances.values()), key


@given(rates, states())
def test_markets_agree_with_each_other(prior: GoalRates, state: InPlayState) -> None:
    prices = price_event(prior, state)
    results, scores = prices["1x2"], prices["correct_score"]
    listed = {name: tuple(int(goals) for goals in name.split("-")) for name in SCORE_NAMES}

    home = sum(scores[name] for name, (home, away) in listed.items() if home > away) + scores["other_home"]
    draw = sum(scores[name] for name, (home, away) in listed.items() if home == away) + scores["other_draw"]
    assert home == pytest.approx(results["home"], abs=EXACT)
    assert draw == pytest.approx(results["draw"], abs=EXACT)
    double = prices["double_chance"]
    assert double["home_or_draw"] == pytest.approx(1.0 - results["away"], abs=EXACT)
    assert double["home_or_away"] == pytest.approx(1.0 - results["draw"], abs=EXACT)
    for line in (0.5, 1.5, 2.5, 3.5):  # every score below these lines is listed
        under = sum(scores[name] for name, (home, away) in listed.items() if home + away < line)
        assert prices[f"over_under;total={line}"]["under"] == pytest.approx(under, abs=EXACT)
    now = f"{state.home_goals}-{state.away_goals}"
    if now in scores:
        assert prices[f"next_goal;goal={state.home_goals + state.away_goals + 1}"]["none"] == pytest.approx(
            scores[now], abs=EXACT
        )


@given(rates, states())
def test_more_goals_are_never_likelier_than_fewer(prior: GoalRates, state: InPlayState) -> None:
    prices = price_event(prior, state)
    overs = [prices[f"over_under;total={line}"]["over"] for line in (0.5, 1.5, 2.5, 3.5, 4.5, 5.5)]

    assert all(high >= low - EXACT for high, low in itertools.pairwise(overs))


@given(rates, st.integers(0, 3), st.integers(0, 3))
def test_a_goal_for_a_side_never_hurts_it(prior: GoalRates, home: int, away: int) -> None:
    state = InPlayState("second_half", 60, 0, home, away)

    before, after = (price_event(prior, replace(state, home_goals=goals))["1x2"] for goals in (home, home + 1))

    assert after["home"] >= before["home"] - EXACT
    assert after["away"] <= before["away"] + EXACT


def test_time_without_goals_draws_every_chance_of_a_goal_down() -> None:
    states = [InPlayState("first_half", minute) for minute in range(46)]
    states += [InPlayState("second_half", minute) for minute in range(46, 91)]
    overs = [price_event(EVEN, state)["over_under;total=0.5"]["over"] for state in states]

    assert all(later < earlier for earlier, later in itertools.pairwise(overs))
    assert overs[0] == pytest.approx(price_event(EVEN, InPlayState())["over_under;total=0.5"]["over"])


@pytest.mark.parametrize(("home", "away"), [(0, 0), (2, 1), (0, 3), (7, 6)])
def test_a_match_that_is_over_has_chances_of_exactly_0_and_1(home: int, away: int) -> None:
    prices = price_event(EVEN, InPlayState("completed", 90, 4, home, away, 1, 0))

    for chances in prices.values():
        assert set(chances.values()) <= {0.0, 1.0}
    assert prices["1x2"]["home" if home > away else "draw" if home == away else "away"] == 1.0
    assert prices[f"next_goal;goal={home + away + 1}"]["none"] == 1.0


def test_lines_already_passed_are_decided_and_others_are_not() -> None:
    prices = price_event(EVEN, InPlayState("second_half", 60, 0, 2, 1))

    assert prices["over_under;total=2.5"] == {"over": 1.0, "under": 0.0}
    assert prices["both_to_score"] == {"yes": 1.0, "no": 0.0}
    assert prices["correct_score"]["0-0"] == 0.0
    assert 0.0 < prices["over_under;total=3.5"]["over"] < 1.0


def test_red_cards_and_the_score_move_rates_by_the_fitted_factors() -> None:
    level = goals_to_come(EVEN, InPlayState("second_half", 60))
    reds = goals_to_come(EVEN, InPlayState("second_half", 60, home_reds=1))
    behind = goals_to_come(EVEN, InPlayState("second_half", 60, away_goals=1))
    late = goals_to_come(EVEN, InPlayState("second_half", 80, home_goals=2))
    late_level = goals_to_come(EVEN, InPlayState("second_half", 80))

    assert reds.home / level.home == pytest.approx(0.617)
    assert reds.away / level.away == pytest.approx(1.65)
    assert behind.home / level.home == pytest.approx(1.11)
    assert behind.away / level.away == pytest.approx(0.96)
    assert late.home / late_level.home == pytest.approx(0.96 * 1.09)
    assert late.away / late_level.away == pytest.approx(1.16)
    assert (level.correlation, behind.correlation) == (-0.08, 0.0)


def test_outcomes_are_those_of_the_grammar_and_stay_the_same_over_the_match() -> None:
    before = price_event(EVEN, InPlayState())
    late = price_event(EVEN, InPlayState("second_half", 88, 0, 5, 2))

    for key, chances in before.items():
        for outcome in chances:
            check_outcome(parse_market_key(key), outcome)
    assert list(before["correct_score"]) == list(late["correct_score"])
    assert list(before["correct_score"])[-3:] == ["other_home", "other_draw", "other_away"]


@given(st.lists(st.tuples(rates, states()), min_size=1, max_size=30))
def test_a_batch_gives_the_numbers_of_single_matches(matches: list[tuple[GoalRates, InPlayState]]) -> None:
    table = price_events(MatchBatch.of(matches))

    for index, (prior, state) in enumerate(matches):
        single, batched = price_event(prior, state), table.prices(index)
        assert list(single) == list(batched)
        for key, chances in single.items():
            assert batched[key] == pytest.approx(chances, abs=1e-12), key


def test_results_alone_are_those_of_the_whole_grid() -> None:
    assert price_results(EVEN) == pytest.approx(tuple(price_event(EVEN, InPlayState())["1x2"].values()), abs=1e-15)


def test_the_state_of_a_match_carries_over() -> None:
    match = MatchState(phase="second_half", minute=71, home_goals=2, away_reds=1, home_yellows=3, incident_seq=9)

    assert inplay_state(match) == InPlayState("second_half", 71, 0, 2, 0, 0, 1)
