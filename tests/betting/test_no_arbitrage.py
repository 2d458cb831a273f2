"""No combination of bets on one match makes money whatever the score: prices, margin, pressure and grading together.

For each book a linear programme looks for stakes that return more than they cost at every final score. There are none.
A control with one price too high shows that it would find them.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from betting.core.catalogue import kind_of, specifiers_of
from betting.core.grading import Grade, grade_market
from betting.core.pricing import price_outcomes
from ml.core.football_book import price_book
from ml.core.goal_rates import GoalRates
from ml.core.inplay import InPlayState
from sports.core.market_keys import parse_market_key
from sports.core.score_facts import ScoreFacts

GOALS: Final = 9
# These are decided by the order of goals or by the first half, which a final score does not know.
NOT_BY_SCORE: Final = {"next_goal", "half_result", "half_time_full_time"}
Prices = Mapping[str, Mapping[str, int | None]]

few_examples = settings(max_examples=12)


def final(home: int, away: int) -> ScoreFacts:
    sides = ("home",) * home + ("away",) * away
    return ScoreFacts("football", home, away, scorers=sides, is_final=True, ending="full")


def returned(grade: Grade, odds_milli: int) -> float:
    """What one unit on this selection returns."""
    void = grade.void_halves / 2
    return void + (1.0 - void) * odds_milli / 1_000 if grade.result == "won" else void


def surest_profit(prices: Prices, state: InPlayState) -> float:
    """The most that a unit, spread in the best way, wins at the worst final score; above 0 is arbitrage."""
    scores = [
        final(home, away)
        for home in range(state.home_goals, state.home_goals + GOALS)
        for away in range(state.away_goals, state.away_goals + GOALS)
    ]
    columns = []
    for key, offered in prices.items():
        market_type, outcomes = parse_market_key(key).market_type, list(offered)
        grades = [grade_market(market_type, specifiers_of(key), outcomes, score) for score in scores]
        columns += [
            [returned(graded[outcome], odds) - 1.0 for graded in grades] for outcome, odds in offered.items() if odds
        ]
    profits = np.array(columns).T
    count = profits.shape[1]
    # Maximise t subject to profits @ stakes >= t at every score, stakes >= 0 summing to 1.
    found = linprog(
        c=[0.0] * count + [-1.0],
        A_ub=np.hstack([-profits, np.ones((len(scores), 1))]),
        b_ub=np.zeros(len(scores)),
        A_eq=[[1.0] * count + [0.0]],
        b_eq=[1.0],
        bounds=[(0.0, None)] * count + [(None, None)],
    )
    assert found.success
    return float(-found.fun)


def offered_prices(rates: GoalRates, state: InPlayState, pressures: Mapping[str, float] | None = None) -> Prices:
    book = price_book(rates, state)
    return {
        key: price_outcomes(chances, kind_of("football", parse_market_key(key).market_type).overround, pressures)
        for key, chances in book.items()
        if parse_market_key(key).market_type not in NOT_BY_SCORE
    }


rates = st.builds(GoalRates, home=st.floats(0.3, 2.5), away=st.floats(0.3, 2.5), correlation=st.floats(-0.15, 0.05))
states = st.builds(
    InPlayState, st.just("second_half"), st.integers(46, 85), st.just(0), st.integers(0, 3), st.integers(0, 3)
)


@few_examples
@given(rates, st.one_of(st.just(InPlayState()), states))
def test_no_stakes_win_at_every_score(prior: GoalRates, state: InPlayState) -> None:
    assert surest_profit(offered_prices(prior, state), state) <= 1e-9


@few_examples
@given(rates, st.floats(-0.25, 0.25), st.floats(-0.25, 0.25))
def test_nor_when_one_market_is_under_pressure(prior: GoalRates, home: float, away: float) -> None:
    state = InPlayState()
    prices = offered_prices(prior, state)
    pressed = offered_prices(prior, state, {"home": home, "away": away})

    assert surest_profit({**prices, "1x2": pressed["1x2"]}, state) <= 1e-9


def test_a_price_that_is_too_high_would_be_found() -> None:
    state = InPlayState()
    prices = offered_prices(GoalRates(1.5, 1.2, -0.08), state)
    doubles = prices["double_chance"]
    assert doubles["draw_or_away"] is not None

    wrong = {**prices, "1x2": {**prices["1x2"], "home": 3_000}}

    assert surest_profit(prices, state) <= 1e-9
    # At least what backing the other two results together at the double chance gives.
    assert surest_profit(wrong, state) >= 1.0 / (1 / 3.0 + 1_000 / doubles["draw_or_away"]) - 1.0 > 0.05
