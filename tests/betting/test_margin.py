"""Margin by the power method: its exact inverse, and what it does to prices."""

import math
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from betting.core.margin import MarginMethod, apply_margin, apply_margin_power, find_power, remove_margin
from ml.core.overround import remove_overround_power

weights = st.lists(st.floats(min_value=0.002, max_value=1.0), min_size=2, max_size=30)
overrounds = st.floats(min_value=0.01, max_value=0.30)


def normalise(values: list[float]) -> list[float]:
    return [value / sum(values) for value in values]


@given(weights, overrounds)
def test_removing_the_margin_gives_the_probabilities_back(values: list[float], overround: float) -> None:
    probabilities = normalise(values)

    odds = apply_margin_power(probabilities, overround)

    assert sum(1.0 / price for price in odds) == pytest.approx(1.0 + overround, abs=1e-9)
    assert remove_overround_power(odds) == pytest.approx(probabilities, abs=1e-8)


@given(weights, overrounds)
def test_every_price_is_below_the_fair_one_and_keeps_its_rank(values: list[float], overround: float) -> None:
    probabilities = normalise(values)

    odds = apply_margin_power(probabilities, overround)

    assert all(price < 1.0 / p for price, p in zip(odds, probabilities, strict=True))
    by_chance = sorted(range(len(odds)), key=lambda place: probabilities[place])
    assert all(odds[less] >= odds[more] for less, more in pairwise(by_chance))


def test_no_margin_is_fair_odds() -> None:
    assert apply_margin_power([0.5, 0.25, 0.25], 0.0) == pytest.approx([2.0, 4.0, 4.0])


def test_what_cannot_happen_has_no_finite_price() -> None:
    odds = apply_margin_power([0.6, 0.4, 0.0], 0.05)

    assert math.isinf(odds[2])
    assert 1.0 / odds[0] + 1.0 / odds[1] == pytest.approx(1.05)


def test_a_certainty_carries_no_margin() -> None:
    assert apply_margin_power([1.0, 0.0], 0.05) == [1.0, math.inf]


def test_a_nearly_certain_market_still_converges() -> None:
    odds = apply_margin_power([1.0 - 1e-12, 1e-12], 0.05)

    assert sum(1.0 / price for price in odds) == pytest.approx(1.05, abs=1e-9)
    assert 0.0 < find_power([1.0 - 1e-12, 1e-12], 1.05) < 1.0


@given(weights, overrounds, st.sampled_from(["power", "shin", "multiplicative"]))
@example([1.0, 1 / 64], 0.25, "shin")
def test_every_method_is_undone_by_its_inverse(values: list[float], overround: float, method: MarginMethod) -> None:
    probabilities = normalise(values)
    highest = sum(map(math.sqrt, probabilities)) ** 2 if method == "shin" else math.inf

    odds = apply_margin(probabilities, overround, method)

    assert sum(1.0 / price for price in odds) == pytest.approx(min(1.0 + overround, highest), abs=1e-9)
    if min(odds) > 1.0 and 1.0 + overround < highest:
        assert remove_margin(odds, method) == pytest.approx(probabilities, abs=1e-7)


@given(weights, overrounds)
def test_the_margin_of_double_chances_is_on_their_sum_of_two(values: list[float], overround: float) -> None:
    first, second, third = normalise([*values, 0.1, 0.1][:3])
    doubles = [first + second, first + third, second + third]

    odds = apply_margin(doubles, overround)

    assert all(price <= 1.0 / p + 1e-12 for price, p in zip(odds, doubles, strict=True))
    if len(doubles) > 2.0 * (1.0 + overround):
        assert sum(1.0 / price for price in odds) == pytest.approx(2.0 * (1.0 + overround), abs=1e-9)


def test_shin_by_hand() -> None:
    # Two outcomes: Shin's margin is the additive one, half of it on each implied probability.
    odds = apply_margin([0.7, 0.3], 0.04, "shin")

    assert [1.0 / price for price in odds] == pytest.approx([0.72, 0.32], abs=1e-9)
    assert remove_margin([1 / 0.72, 1 / 0.32], "shin") == pytest.approx([0.7, 0.3], abs=1e-9)


def test_shin_carries_no_more_than_insiders_alone_would_leave() -> None:
    # (8/sqrt(65) + 1/sqrt(65)) ** 2 = 81/65, of which each outcome carries its root's part.
    odds = apply_margin([64 / 65, 1 / 65], 0.25, "shin")

    assert [1.0 / price for price in odds] == pytest.approx([72 / 65, 9 / 65], abs=1e-9)


def test_multiplicative_by_hand() -> None:
    assert apply_margin([0.5, 0.3, 0.2], 0.06, "multiplicative") == pytest.approx(
        [1.886792, 3.144654, 4.716981], abs=1e-6
    )
    assert remove_margin([1.9, 3.8, 3.8], "multiplicative") == pytest.approx([0.5, 0.25, 0.25])


def test_odds_of_no_market_are_refused() -> None:
    for odds in ([2.0], [1.0, 3.0], [math.inf, 2.0]):
        with pytest.raises(ValueError, match="no market has"):
            remove_margin(odds)
