"""The outright engine: Plackett-Luce by its published form, sums, withdrawals, gaps, ties."""

import math
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.core import outright
from sports.core.market_keys import parse_market_key
from sports.core.outright.state import OutrightState

FIELD = {"p1": 0.5, "p2": 0.3, "p3": 0.15, "p4": 0.05}


def by_permutations(chances: dict[str, float], places: int) -> dict[str, float]:
    """Every order of the field with its chance by Harville, summed."""
    found = dict.fromkeys(chances, 0.0)
    for order in permutations(chances):
        chance, left = 1.0, 1.0
        for one in order:
            chance *= chances[one] / left
            left -= chances[one]
            if left <= 1e-12:
                break
        for one in order[:places]:
            found[one] += chance
    return found


@pytest.mark.parametrize("places", [1, 2, 3])
def test_places_are_summed_over_all_orders(places: int) -> None:
    assert outright.top_chances(FIELD, places) == pytest.approx(by_permutations(FIELD, places), abs=1e-9)


def test_the_second_place_has_harvilles_form() -> None:
    """P(i second) = sum over j of p_j p_i / (1 - p_j): Harville, JASA 68, 1973."""
    second = outright.top_chances(FIELD, 2)["p2"] - 0.3

    assert second == pytest.approx(sum(FIELD[j] * 0.3 / (1 - FIELD[j]) for j in ("p1", "p3", "p4")), abs=1e-12)


@given(st.lists(st.floats(-3, 3), min_size=5, max_size=12), st.integers(1, 3))
def test_chances_sum_to_the_places(strengths: list[float], places: int) -> None:
    state = OutrightState(runners=len(strengths))
    prior = {f"p{number}": one for number, one in enumerate(strengths, start=1)}
    wins = outright.win_chances(prior, state)
    top = outright.top_chances(wins, places)

    assert sum(wins.values()) == pytest.approx(1.0, abs=1e-9)
    assert sum(top.values()) == pytest.approx(places, abs=1e-9)
    assert sorted(wins, key=lambda one: wins[one]) == sorted(top, key=lambda one: top[one]) or places > 0
    assert all(top[one] >= wins[one] - 1e-12 for one in wins)


def test_who_withdrew_leaves_the_others_in_proportion() -> None:
    prior = outright.strengths_of(FIELD)
    wins = outright.win_chances(prior, OutrightState(runners=4, withdrawn=(1,)))

    assert wins == pytest.approx({"p2": 0.6, "p3": 0.3, "p4": 0.1}, abs=1e-9)


def test_a_gap_is_worth_more_the_less_is_left() -> None:
    prior = dict.fromkeys(FIELD, 0.0)
    chances = []
    for progress in (1, 50, 90, 99):
        state = OutrightState("playing", 4, (), (1, 2, 3, 4), (0, 100, 100, 100), progress)
        chances.append(outright.win_chances(prior, state)["p1"])

    assert chances == sorted(chances)
    assert chances[-1] > 0.95


def test_the_start_is_the_prior() -> None:
    prior = outright.strengths_of(FIELD)
    state = OutrightState("playing", 4, (), (1, 2, 3, 4), (0, 0, 0, 0), 0)

    assert outright.win_chances(prior, state) == pytest.approx(FIELD, abs=1e-9)


def test_at_the_end_ties_share() -> None:
    state = OutrightState("completed", 4, (4,), (1, 2, 3), (), 100, (1, 1, 3, 0))
    winner = outright.price_market({}, state, parse_market_key("outright_winner"))
    top = outright.price_market({}, state, parse_market_key("top_finish;places=3"))

    assert winner == {"p1": 0.5, "p2": 0.5, "p3": 0.0}
    assert top == {"p1": 1.0, "p2": 1.0, "p3": 1.0}


def test_strengths_are_logarithms() -> None:
    assert outright.strengths_of({"p1": 0.25}) == {"p1": math.log(0.25)}
