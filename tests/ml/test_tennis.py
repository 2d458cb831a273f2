"""The tennis engine: closed forms, symmetry, monotony, coherence, and play by chance."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.core import tennis
from ml.core.tennis import ServeRates
from sports.core import sport_state
from sports.core.incidents import RecordedIncident
from sports.core.market_keys import parse_market_key
from sports.core.tennis import chances
from sports.core.tennis.state import TennisState
from sports.core.tennis.synthetic import play

CLOSE = 1e-12
few_examples = settings(max_examples=15)
serve_chance = st.floats(0.45, 0.8)


def price(rates: ServeRates, state: TennisState, key: str) -> dict[str, float]:
    found = tennis.price_market(rates, state, tennis.grid_of(rates, state), parse_market_key(key))
    assert found is not None
    return found


@given(st.floats(0.01, 0.99))
def test_a_game_has_its_closed_form(p: float) -> None:
    """p^4 (15 - 4p - 10p^2 / (1 - 2p(1-p))): O'Malley, J. Quantitative Analysis in Sports 4(2), 2008."""
    assert tennis.game_chance(p) == pytest.approx(p**4 * (15 - 4 * p - 10 * p * p / (1 - 2 * p * (1 - p))), abs=CLOSE)


@given(st.floats(0.01, 0.99))
def test_deuce_is_won_by_the_square(p: float) -> None:
    deuce = p * p / (p * p + (1 - p) ** 2)

    assert tennis.game_chance(p, 3, 3) == pytest.approx(deuce, abs=CLOSE)
    assert tennis.game_chance(p, 3, 4) == pytest.approx(p * deuce, abs=CLOSE)


def test_equal_sides_have_equal_chances() -> None:
    even = ServeRates(0.64, 0.64)

    assert price(even, TennisState(), "match_winner")["home"] == pytest.approx(0.5, abs=CLOSE)
    assert tennis.tie_break_chance(even, serves_home=True) == pytest.approx(0.5, abs=CLOSE)
    scores = price(even, TennisState(), "set_score")
    assert scores["2-0"] == pytest.approx(scores["0-2"], abs=CLOSE)


@few_examples
@given(serve_chance, serve_chance)
def test_two_independent_derivations_agree(home: float, away: float) -> None:
    """The engine's set-by-set sums, its own short form, and the recursion that the synthetic bookmakers use."""
    rates = ServeRates(home, away)
    winner = price(rates, TennisState(), "match_winner")["home"]

    assert winner == pytest.approx(tennis.match_chance(rates, TennisState()), abs=1e-11)
    assert winner == pytest.approx(chances.match_chance(chances.ServeChances(home, away), TennisState()), abs=1e-11)


@few_examples
@given(serve_chance, serve_chance, st.integers(0, 5_000), st.floats(0, 1))
def test_all_markets_agree_in_every_state(home: float, away: float, seed: int, share: float) -> None:
    rates = ServeRates(home, away)
    plan = play(chances.ServeChances(home, away), random.Random(seed), "")
    state: sport_state.AnyState = sport_state.apply(
        TennisState(), RecordedIncident(1, "first_serve", plan.first_side, 0, 0)
    )
    for moment in plan.moments[: int(share * len(plan.moments))]:
        if moment.made is not None:
            state = sport_state.progress(state, moment.made)
        if moment.incident_type is not None:
            fact = RecordedIncident(state.incident_seq + 1, moment.incident_type, moment.side, 0, 0)
            state = sport_state.apply(state, fact)
    assert isinstance(state, TennisState)
    grid = tennis.grid_of(rates, state)
    priced = {
        key: tennis.price_market(rates, state, grid, parse_market_key(key)) for key in tennis.default_keys(state, grid)
    }

    if state.ending != "retirement":
        for key, outcomes in priced.items():
            assert outcomes is None or sum(outcomes.values()) == pytest.approx(1.0, abs=1e-9), key
        scores, winner = priced["set_score"], priced["match_winner"]
        assert scores and winner
        wins = sum(chance for score, chance in scores.items() if score[0] == "2")
        assert wins == pytest.approx(winner["home"], abs=1e-9)
    totals = [round(value["over"], 9) for key, value in priced.items() if key.startswith("total_games") and value]
    assert totals == sorted(totals, reverse=True)
    handicaps = [round(value["home"], 9) for key, value in priced.items() if key.startswith("game_handicap") and value]
    assert handicaps == sorted(handicaps)


@few_examples
@given(serve_chance, serve_chance)
def test_serving_better_wins_more(home: float, away: float) -> None:
    worse = price(ServeRates(home, away), TennisState(), "match_winner")["home"]
    better = price(ServeRates(home + 0.01, away), TennisState(), "match_winner")["home"]

    assert better > worse


@few_examples
@given(st.floats(0.04, 0.96), st.sampled_from([3, 5]))
def test_the_prior_is_inverted(home: float, best_of: int) -> None:
    rates = tennis.fit_serve_rates(home, best_of=best_of)

    assert price(rates, TennisState(best_of=best_of), "match_winner")["home"] == pytest.approx(home, abs=1e-9)


def test_the_point_before_is_the_mean_of_the_points_after() -> None:
    """A martingale: the price now is what the prices after the next point average to."""
    rates = ServeRates(0.66, 0.6)
    state = TennisState(phase="playing", games=("home", "away", "home"), home_points=1, away_points=2)
    wins = 1 - rates.away  # the away side serves the fourth game
    after = [price(rates, replace(state, home_points=h, away_points=a), "match_winner") for h, a in ((2, 2), (1, 3))]

    mean = wins * after[0]["home"] + (1 - wins) * after[1]["home"]
    assert price(rates, state, "match_winner")["home"] == pytest.approx(mean, abs=CLOSE)


def test_what_is_decided_is_certain() -> None:
    rates = ServeRates(0.66, 0.6)
    state = TennisState(phase="playing", sets=(("home",) * 6,), games=("away",))

    assert price(rates, state, "set_winner;set=1") == {"home": 1.0, "away": 0.0}
    assert price(rates, state, "game_winner;game=6;set=1") == {"home": 1.0, "away": 0.0}
    assert price(rates, state, "game_winner;game=1;set=2") == {"home": 0.0, "away": 1.0}
    assert price(rates, state, "set_score")["0-2"] == 0.0
    assert price(rates, state, "total_games;total=11.5")["over"] == pytest.approx(1.0, abs=CLOSE)


def test_elo_is_even_at_equal_ratings() -> None:
    assert tennis.elo_chance(1500, 1500) == 0.5
    assert tennis.elo_chance(1900, 1500) == pytest.approx(10 / 11)
