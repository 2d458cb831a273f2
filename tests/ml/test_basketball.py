"""The basketball engine: sums, coherence, inversion, overtime, and play by chance."""

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.core import basketball
from ml.core.basketball import ScoringRates
from sports.core.basketball import synthetic
from sports.core.basketball.state import BasketballState
from sports.core.market_keys import parse_market_key

few_examples = settings(max_examples=20)
EVEN = ScoringRates(1.0, 1.0)


def price(rates: ScoringRates, state: BasketballState, key: str) -> dict[str, float]:
    found = basketball.price_market(rates, state, basketball.grid_of(rates, state), parse_market_key(key))
    assert found is not None
    return found


@st.composite
def states(draw: st.DrawFn) -> BasketballState:
    period = draw(st.integers(1, 6))
    points = st.tuples(st.integers(8, 32), st.integers(8, 32))
    periods = tuple(draw(points) for _ in range(period - 1))
    if period > 4:  # overtime is played from a level score
        home = sum(h for h, _ in periods[1:])
        away = sum(a for _, a in periods[1:])
        periods = ((100 - home if home < 100 else 0, 100 - away if away < 100 else 0), *periods[1:])
    here = draw(points)
    seconds = draw(st.integers(0, 300 if period > 4 else 600))
    return BasketballState("playing", 10, period, seconds, periods, here[0], here[1])


@few_examples
@given(states(), st.floats(0.8, 1.2), st.floats(0.8, 1.2))
def test_all_markets_agree_in_every_state(state: BasketballState, home: float, away: float) -> None:
    rates = ScoringRates(home, away)
    grid = basketball.grid_of(rates, state)
    priced = {
        key: basketball.price_market(rates, state, grid, parse_market_key(key))
        for key in basketball.default_keys(state, grid)
    }

    assert grid.margins.sum() == pytest.approx(1.0, abs=1e-9)
    assert grid.totals.sum() == pytest.approx(1.0, abs=1e-9)
    assert grid.margins[grid.offset] == pytest.approx(0.0, abs=1e-12)  # no match ends level
    for key, outcomes in priced.items():
        assert outcomes is not None and sum(outcomes.values()) == pytest.approx(1.0, abs=1e-9), key
    winner = priced["match_winner"]
    half = price(rates, state, "points_handicap;hcp=-0.5")
    assert winner and half["home"] == pytest.approx(winner["home"], abs=1e-9)
    handicaps = [
        round(value["home"], 9) for key, value in priced.items() if key.startswith("points_handicap") and value
    ]
    assert handicaps == sorted(handicaps)


def test_equal_sides_have_equal_chances() -> None:
    assert price(EVEN, BasketballState(), "match_winner")["home"] == pytest.approx(0.5, abs=1e-9)
    quarter = price(EVEN, BasketballState(), "quarter_result;quarter=2")
    assert quarter["home"] == pytest.approx(quarter["away"], abs=1e-9)


def test_the_lead_and_the_total_have_the_means_of_the_process() -> None:
    """Eighty possessions of each side, and the overtimes of the few level matches on top."""
    grid = basketball.grid_of(ScoringRates(1.05, 0.95), BasketballState())
    lead = float((grid.margins * (np.arange(len(grid.margins)) - grid.offset)).sum())
    total = float((grid.totals * np.arange(len(grid.totals))).sum())

    assert lead == pytest.approx(8.0, abs=0.1)
    assert 160.0 < total < 161.0


def test_whole_lines_leave_the_push_out() -> None:
    state = BasketballState("playing", 10, 4, 30, ((20, 20),) * 3, 20, 18)
    below, on, above = (price(EVEN, state, f"points_handicap;hcp={hcp}")["home"] for hcp in ("-2.5", "-2", "-1.5"))
    push = above - below

    assert on == pytest.approx(below / (1 - push), abs=1e-9)


@few_examples
@given(st.floats(0.1, 0.9), st.integers(130, 190))
def test_the_prior_is_inverted(home: float, total: int) -> None:
    rates = basketball.fit_scoring_rates(home, total=total + 0.5)

    assert price(rates, BasketballState(), "match_winner")["home"] == pytest.approx(home, abs=1e-6)
    assert price(rates, BasketballState(), f"total_points;total={total}.5")["over"] == pytest.approx(0.5, abs=5e-3)


def test_a_lead_is_worth_more_the_less_time_is_left() -> None:
    state = BasketballState("playing", 10, 4, 600, ((20, 20),) * 3, 4, 0)
    chances = [price(EVEN, replace(state, seconds_left=left), "match_winner")["home"] for left in (600, 300, 60, 0)]

    assert chances == sorted(chances)
    assert chances[-1] == 1.0


def test_play_by_chance_ends_as_the_engine_says() -> None:
    """Within four standard errors over 300 synthetic matches."""
    rates = synthetic.ScoringRates(1.03, 0.99)
    wins = 0
    for seed in range(300):
        plan = synthetic.play(rates, random.Random(seed), "")
        points = {"home": 0, "away": 0}
        for moment in plan.moments:
            if moment.incident_type == "basket":
                points[moment.side] += moment.number
        wins += points["home"] > points["away"]

    expected = price(ScoringRates(1.03, 0.99), BasketballState(), "match_winner")["home"]
    assert abs(wins / 300 - expected) < 4 * (expected * (1 - expected) / 300) ** 0.5
