"""Removing the margin: exact values, and the exact inverse of putting it on."""

import itertools

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ml.core.overround import remove_overround_power


def test_known_odds_have_known_probabilities() -> None:
    assert remove_overround_power([2.0, 3.5, 4.2]) == pytest.approx([0.492073257, 0.277580195, 0.230346548], abs=1e-9)
    assert remove_overround_power([1.9, 1.9]) == [0.5, 0.5]
    assert remove_overround_power([2.0, 2.0]) == [0.5, 0.5]


def test_a_book_below_one_is_read_as_well() -> None:
    assert remove_overround_power([4.0, 4.0, 4.0]) == pytest.approx([1 / 3] * 3, abs=1e-15)


@given(
    st.lists(st.floats(0.001, 1.0), min_size=2, max_size=30),
    st.floats(0.5, 1.0),
)
def test_it_undoes_a_margin_by_powers(weights: list[float], power: float) -> None:
    total = sum(weights)
    probabilities = [weight / total for weight in weights]
    odds = [probability**-power for probability in probabilities]
    assume(min(odds) > 1.0 + 1e-9)

    assert remove_overround_power(odds) == pytest.approx(probabilities, abs=1e-10)


@given(st.lists(st.floats(1.0001, 1e6), min_size=2, max_size=30))
def test_probabilities_sum_to_one_and_keep_the_order_of_the_odds(odds: list[float]) -> None:
    probabilities = remove_overround_power(odds)

    assert sum(probabilities) == pytest.approx(1.0, abs=1e-12)
    by_odds = [probability for _, probability in sorted(zip(odds, probabilities, strict=True))]
    assert all(first >= second - 1e-12 for first, second in itertools.pairwise(by_odds))


@pytest.mark.parametrize("odds", [[], [2.0], [1.0, 3.0], [0.5, 3.0], [float("inf"), 2.0], [float("nan"), 2.0]])
def test_what_no_market_offers_is_refused(odds: list[float]) -> None:
    with pytest.raises(ValueError, match="no market"):
        remove_overround_power(odds)
