"""The price ladder: snapping goes down, to a rung, and never past the next one."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betting.core.ladder import BANDS, ODDS_MILLI_MAX, ODDS_MILLI_MIN, is_rung, snap_down

RUNGS = [
    rung
    for (start, step), end in zip(BANDS, [*(start for start, _ in BANDS[1:]), ODDS_MILLI_MAX + 1], strict=True)
    for rung in range(start, end, step)
]


@pytest.mark.parametrize(
    ("odds", "rung"),
    [
        (1.0, None),
        (1.0099, None),
        (1.01, 1_010),
        (1.019999, 1_010),
        (1.85, 1_850),
        (1.999, 1_990),
        (2.01, 2_000),
        (2.63, 2_620),
        (3.04, 3_000),
        (5.99, 5_900),
        (7.3, 7_200),
        (10.4, 10_000),
        (29.9, 29_000),
        (49.0, 48_000),
        (99.0, 95_000),
        (101.0, 100_000),
        (10_000.0, 500_000),
        (float("inf"), 500_000),
        (float("nan"), None),
    ],
)
def test_prices_snap_down_to_the_rung(odds: float, rung: int | None) -> None:
    assert snap_down(odds) == rung


@given(st.integers(min_value=ODDS_MILLI_MIN, max_value=ODDS_MILLI_MAX))
def test_the_snapped_price_is_the_highest_rung_not_above(odds_milli: int) -> None:
    expected = max(rung for rung in RUNGS if rung <= odds_milli)

    assert snap_down(float(Fraction(odds_milli, 1_000))) == expected


def test_every_rung_is_its_own_snap() -> None:
    assert all(is_rung(rung) for rung in RUNGS)
    assert not is_rung(2_010)
