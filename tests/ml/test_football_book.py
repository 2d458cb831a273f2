"""Every football market from one grid: they agree with each other, lines are fair, and no line flatters a side."""

import itertools
import math
from dataclasses import replace

import pytest
from hypothesis import given

from ml.core.football_book import price_book
from ml.core.goal_rates import GoalRates, poisson_weights
from ml.core.half_time import differences
from ml.core.inplay import InPlayState, price_event
from ml.core.minute_profile import FITTED
from sports.core.market_keys import check_outcome, parse_market_key
from tests.ml.test_inplay import EVEN, rates, states

EXACT = 1e-9
TOTALS = tuple(f"asian_total;total={quarters / 4:g}" for quarters in range(25))
HANDICAPS = tuple(f"asian_handicap;hcp={quarters / 4:g}" for quarters in range(-12, 13))


def named(prices: dict[str, dict[str, float]]) -> None:
    for key, chances in prices.items():
        for outcome in chances:
            check_outcome(parse_market_key(key), outcome)


@given(rates, states())
def test_every_market_sums_to_one_within_0_and_1(prior: GoalRates, state: InPlayState) -> None:
    for key, chances in price_book(prior, state, (*TOTALS, *HANDICAPS)).items():
        assert sum(chances.values()) == pytest.approx(2.0 if key == "double_chance" else 1.0, abs=EXACT), key
        assert all(-1e-15 <= chance <= 1.0 + 1e-15 for chance in chances.values()), key


@given(rates, states())
def test_the_book_holds_the_markets_of_the_grid_and_agrees_with_them(prior: GoalRates, state: InPlayState) -> None:
    prices = price_book(prior, state, (*TOTALS, *HANDICAPS))

    for key, chances in price_event(prior, state).items():
        assert prices[key] == chances
    results = prices["1x2"]
    without_draw = results["home"] + results["away"]
    if without_draw > 1e-6:
        assert prices["draw_no_bet"]["home"] == pytest.approx(results["home"] / without_draw, abs=EXACT)
        assert prices["asian_handicap;hcp=0"] == pytest.approx(prices["draw_no_bet"], abs=EXACT)
    assert prices["asian_handicap;hcp=-0.5"]["home"] == pytest.approx(results["home"], abs=EXACT)
    assert prices["asian_handicap;hcp=0.5"]["away"] == pytest.approx(results["away"], abs=EXACT)
    for line in ("0.5", "1.5", "2.5", "5.5"):
        assert prices[f"asian_total;total={line}"] == pytest.approx(prices[f"over_under;total={line}"], abs=EXACT)


@given(rates)
def test_lines_are_fair_bets_on_the_correct_scores(prior: GoalRates) -> None:
    """What a unit on each line is worth at fair odds, paid out score by score over the whole grid: exactly one unit."""
    state = InPlayState()
    prices = price_book(prior, state, (*TOTALS, *HANDICAPS))
    grid = score_grid(prior)
    for key in (*TOTALS[1:], *HANDICAPS):
        line = float(key.partition("=")[2])
        side = "home" if "handicap" in key else "over"
        chance = prices[key][side]
        if not 1e-3 < chance < 1.0 - 1e-3:
            continue
        value = sum(
            weight * paid((home - away + line) if side == "home" else (home + away - line), 1.0 / chance)
            for (home, away), weight in grid.items()
        )
        assert value == pytest.approx(1.0, abs=2e-5), key  # the grid of the test ends at 15 goals a side


def score_grid(prior: GoalRates) -> dict[tuple[int, int], float]:
    of_home, of_away = poisson_weights(prior.home), poisson_weights(prior.away)
    grid = {(h, a): x * y for h, x in enumerate(of_home) for a, y in enumerate(of_away)}
    unit = prior.correlation * prior.home * prior.away * grid[0, 0]
    shift = max(-min(grid[1, 0], grid[0, 1]), min(unit, grid[0, 0], grid[1, 1]))
    for score, change in (((0, 0), -shift), ((1, 1), -shift), ((1, 0), shift), ((0, 1), shift)):
        grid[score] += change
    return grid


def paid(margin: float, odds: float) -> float:
    """What one unit on an Asian line returns, `margin` beyond the line: the table that bookmakers print."""
    if margin >= 0.5:
        return odds
    return {0.25: (odds + 1.0) / 2.0, 0.0: 1.0, -0.25: 0.5}.get(margin, 0.0)


@given(rates, states())
def test_a_better_line_is_never_less_likely(prior: GoalRates, state: InPlayState) -> None:
    prices = price_book(prior, state, (*TOTALS, *HANDICAPS))
    overs = [prices[key]["over"] for key in TOTALS]
    homes = [prices[key]["home"] for key in HANDICAPS]

    assert all(low >= high - EXACT for low, high in itertools.pairwise(overs) if 0.5 not in (low, high))
    assert all(low <= high + EXACT for low, high in itertools.pairwise(homes) if 0.5 not in (low, high))


@given(rates, states())
def test_halves_keep_the_chances_of_the_full_time_results(prior: GoalRates, state: InPlayState) -> None:
    half = None
    if state.phase in ("half_time", "second_half", "completed"):
        half = (state.home_goals // 2, state.away_goals // 2)
    prices = price_book(prior, replace(state, half_time=half))

    both, results = prices["half_time_full_time"], prices["1x2"]
    for full in ("home", "draw", "away"):
        column = sum(both[f"{first}_{full}"] for first in ("home", "draw", "away"))
        assert column == pytest.approx(results[full], abs=EXACT)
    if half is None:
        for first, chance in prices["half_result;half=1"].items():
            row = sum(both[f"{first}_{full}"] for full in ("home", "draw", "away"))
            assert row == pytest.approx(chance, abs=EXACT)
    else:
        assert "half_result;half=1" not in prices


def test_a_first_half_of_independent_goals_is_two_poisson_numbers() -> None:
    prices = price_book(GoalRates(1.0, 1.0), InPlayState())

    half = prices["half_result;half=1"]
    assert half["home"] == pytest.approx(half["away"], abs=1e-12)
    # By the minute profile 44.4 % of the goals fall before half time: P(level) = sum of squared Poisson weights.
    share = 1.0 - price_share()
    level = sum((math.exp(-share) * share**k / math.factorial(k)) ** 2 for k in range(20))
    assert half["draw"] == pytest.approx(level, abs=1e-6)


def price_share() -> float:
    return FITTED.remaining("half_time", 45, 0)


@pytest.mark.parametrize(("home", "away"), [(0.7, 0.5), (0.001, 0.4), (1.5, 1.5)])
def test_differences_are_those_of_two_poisson_numbers(home: float, away: float) -> None:
    def weight(rate: float, goals: int) -> float:
        return math.exp(-rate) * rate**goals / math.factorial(goals)

    expected = [
        sum(weight(home, goals + lead) * weight(away, goals) for goals in range(max(0, -lead), 40))
        for lead in range(-9, 10)
    ]

    assert differences(home, away) == pytest.approx(expected, abs=2e-6)


def test_lines_lie_around_what_is_expected_and_follow_the_match() -> None:
    before = price_book(EVEN, InPlayState())
    after = price_book(EVEN, InPlayState("second_half", 60, 0, 2, 1, half_time=(1, 1)))

    assert [key for key in before if key.startswith("asian")] == [
        "asian_total;total=2.25",
        "asian_total;total=2.75",
        "asian_total;total=3",
        "asian_total;total=3.25",
        "asian_handicap;hcp=-0.75",
        "asian_handicap;hcp=-0.5",
        "asian_handicap;hcp=-0.25",
        "asian_handicap;hcp=0",
        "asian_handicap;hcp=0.25",
    ]
    assert [key for key in after if key.startswith("asian_total")] == [
        "asian_total;total=3.75",
        "asian_total;total=4",
        "asian_total;total=4.25",
    ]
    named(before)
    named(after)


def test_lines_that_are_open_are_priced_however_far_off() -> None:
    prices = price_book(EVEN, InPlayState("second_half", 85, 0, 3, 0), ("asian_total;total=5", "asian_handicap;hcp=2"))

    assert prices["asian_total;total=5"]["under"] > 0.95
    assert prices["asian_handicap;hcp=2"]["home"] > 0.99
    assert "half_time_full_time" not in prices  # nobody recorded the half


def test_a_match_with_many_goals_gets_higher_lines() -> None:
    prices = price_book(EVEN, InPlayState("second_half", 70, 0, 4, 3))

    assert {key for key in prices if key.startswith("over_under;total=") and float(key[17:]) > 6} == {
        "over_under;total=7.5",
        "over_under;total=8.5",
        "over_under;total=9.5",
    }


def test_a_match_that_is_over_has_decided_lines() -> None:
    prices = price_book(
        EVEN, InPlayState("completed", 90, 4, 2, 1), ("asian_total;total=2.25", "asian_handicap;hcp=-1")
    )

    assert prices["asian_total;total=2.25"] == {"over": 1.0, "under": 0.0}
    assert prices["draw_no_bet"] == {"home": 1.0, "away": 0.0}
    assert prices["asian_handicap;hcp=-1"] == {"home": 0.5, "away": 0.5}  # everything is given back
