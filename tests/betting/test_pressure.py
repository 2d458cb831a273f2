"""Stakes press on prices: towards what they threaten, one step at a time, and never above the fair price."""

import math
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betting.core.book import PricedMarket, PricedSelection, Stakes, find_moves
from betting.core.ladder import snap_down
from betting.core.limits import find_limits
from betting.core.pressure import STEP, find_targets, press, step_towards
from betting.core.pricing import price_outcomes
from sports.core.score_facts import ScoreFacts

CHANCES = {"home": 0.5, "draw": 0.27, "away": 0.23}
LEVEL = ScoreFacts("football")
HOME, DRAW, AWAY = (UUID(int=number) for number in (1, 2, 3))
MARKET = PricedMarket(
    UUID(int=9),
    "1x2",
    "1x2",
    {},
    "active",
    [
        PricedSelection(HOME, "home", "H", None),
        PricedSelection(DRAW, "draw", "D", None),
        PricedSelection(AWAY, "away", "A", None),
    ],
)
LIMITS = find_limits("PLY", "football", "1x2")
assert LIMITS is not None
# Half of the market's liability on the home side: 10,000,000 to pay beyond 10,000,000 staked.
HEAVY = {HOME: [Stakes("PLY", LIMITS.liability_minor_max // 2, LIMITS.liability_minor_max)]}


def repriced(market: PricedMarket, times: int) -> PricedMarket:
    for _ in range(times):
        found = find_moves([market], {"1x2": CHANCES}, LEVEL, HEAVY)
        moved = {move.selection_id: move.odds_milli for move in found.moves}
        market = replace(
            market,
            selections=[
                replace(
                    one,
                    odds_milli=moved.get(one.selection_id, one.odds_milli),
                    pressure=found.pressures.get(one.selection_id, one.pressure),
                )
                for one in market.selections
            ],
        )
    return market


def odds_of(market: PricedMarket) -> list[int | None]:
    return [one.odds_milli for one in market.selections]


def test_targets_are_the_liability_as_a_share_of_the_limit_and_sum_to_zero() -> None:
    targets = find_targets([0.5, -0.5, -0.5], 0.25)

    assert targets == pytest.approx([0.1666667, -0.0833333, -0.0833333], abs=1e-6)
    assert find_targets([9.0, -9.0], 0.25) == [0.25, -0.25]


def test_everyday_liabilities_press_on_nothing() -> None:
    assert find_targets([0.019, -0.5, -0.5], 0.25) == [0.0, 0.0, 0.0]


def test_one_repricing_takes_one_step_at_most() -> None:
    assert step_towards([0.0, 0.0, 0.5], [0.2, -0.004, 0.5]) == [STEP, -0.004, 0.5]


@given(st.lists(st.floats(-0.25, 0.25), min_size=3, max_size=3))
def test_a_pressed_market_keeps_its_sum_and_prices_stay_at_or_below_fair(pressures: list[float]) -> None:
    by_outcome = dict(zip(CHANCES, pressures, strict=True))

    pressed = press(CHANCES, by_outcome)
    prices = price_outcomes(CHANCES, 0.05, by_outcome)

    assert sum(pressed.values()) == pytest.approx(1.0, abs=1e-12)
    assert pressed["home"] / pressed["draw"] == pytest.approx(
        CHANCES["home"] / CHANCES["draw"] * math.exp(pressures[0] - pressures[1])
    )
    for outcome, odds in prices.items():
        fair = snap_down(1.0 / CHANCES[outcome])
        assert odds is not None and fair is not None and odds <= fair


def test_a_heavy_side_grows_shorter_step_by_step_until_it_is_where_it_belongs() -> None:
    first, fifth, thirtieth, later = (
        repriced(MARKET, 1),
        repriced(MARKET, 5),
        repriced(MARKET, 30),
        repriced(MARKET, 60),
    )

    unpressed = list(price_outcomes(CHANCES, 0.05).values())
    assert unpressed == [1930, 3450, 4000]
    homes = [market.selections[0].odds_milli or 0 for market in (first, fifth, thirtieth)]
    assert 1930 > homes[0] > homes[1] > homes[2] > 1_000
    assert (fifth.selections[0].pressure, thirtieth.selections[0].pressure) == pytest.approx((5 * STEP, 0.5 / 3))
    assert odds_of(later) == odds_of(thirtieth)
    assert sum(1_000 / odds for odds in odds_of(later) if odds) > 1.0


def test_without_stakes_nothing_is_pressed() -> None:
    found = find_moves([MARKET], {"1x2": CHANCES}, LEVEL, {})

    assert found.pressures == {}


def test_a_held_price_stays_while_the_outcome_is_possible() -> None:
    held = replace(MARKET, selections=[replace(MARKET.selections[0], held_odds_milli=2500), *MARKET.selections[1:]])

    possible = find_moves([held], {"1x2": CHANCES}, LEVEL)
    impossible = find_moves([held], {"1x2": {"home": 0.0, "draw": 0.4, "away": 0.6}}, LEVEL)

    assert {move.outcome: move.odds_milli for move in possible.moves} == {"home": 2500, "draw": 3450, "away": 4000}
    assert "home" not in {move.outcome for move in impossible.moves}
