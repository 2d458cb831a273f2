"""Market chances turned into goal rates and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.core.goal_rates import CORRELATION_MAX, CORRELATION_MIN, GoalRates, fit_goal_rates
from ml.core.inplay import InPlayState, price_event, price_results


@given(st.floats(0.3, 3.5), st.floats(0.3, 3.0), st.floats(-0.12, 0.05))
def test_rates_survive_the_way_to_prices_and_back(home: float, away: float, correlation: float) -> None:
    prices = price_event(GoalRates(home, away, correlation), InPlayState())
    results, over25 = prices["1x2"], prices["over_under;total=2.5"]["over"]

    fitted = fit_goal_rates(results["home"], results["draw"], results["away"], over25)

    assert fitted.home == pytest.approx(home, abs=1e-5)
    assert fitted.away == pytest.approx(away, abs=1e-5)
    assert price_results(fitted) == pytest.approx(tuple(results.values()), abs=1e-7)


def test_known_prices_have_the_rates_that_root_finding_on_skellam_gives() -> None:
    fitted = fit_goal_rates(0.5, 0.27, 0.23, 0.52)

    assert fitted.home == pytest.approx(1.677992599, abs=1e-9)
    assert fitted.away == pytest.approx(1.078038602, abs=1e-9)
    assert fitted.correlation == pytest.approx(-0.120960791, abs=1e-8)


def test_without_a_total_the_draw_tells_it() -> None:
    market = price_results(GoalRates(1.6, 1.1, -0.08))

    fitted = fit_goal_rates(*market)

    assert (fitted.home, fitted.away) == pytest.approx((1.6, 1.1), abs=1e-6)
    assert fitted.correlation == pytest.approx(-0.08, abs=1e-6)


@pytest.mark.parametrize(
    "market",
    [
        (0.98, 0.015, 0.005, 0.9),
        (0.01, 0.10, 0.89, 0.05),
        (0.3333, 0.3333, 0.3334, 0.99),
        (0.5, 0.49, 0.01, 0.3),
        (0.9, 0.05, 0.05, 0.001),
        (0.9, 0.05, 0.05, None),
    ],
)
def test_strange_markets_give_rates_within_bounds(market: tuple[float, float, float, float | None]) -> None:
    fitted = fit_goal_rates(*market)

    assert 0.0 < fitted.home < 10.0
    assert 0.0 < fitted.away < 10.0
    assert CORRELATION_MIN <= fitted.correlation <= CORRELATION_MAX
    assert sum(price_results(fitted)) == pytest.approx(1.0, abs=1e-12)
