"""What is bet at a tick: conditions with unknown facts, staking plans to the minor unit, limits."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from betting.core.strategies.conditions import compile_condition
from betting.core.strategies.decide import Memory, decide, pay, remember
from tests.betting.strategies.feeds import ALWAYS, NOON, offer, rules, strategy, tick


def holds(condition: dict[str, Any], **changes: Any) -> bool | None:
    test = compile_condition(rules(when=condition).when)
    one = offer(**changes)
    return test(tick(one), one)


def compare(fact: str, op: str, value: Any) -> dict[str, Any]:
    return {"kind": "compare", "fact": fact, "op": op, "value": value}


def stakes(memory: Memory | None = None, *offers: Any, **changes: Any) -> list[int]:
    plan = strategy(**changes)
    start = memory or Memory.start(plan.rules)
    return [bet.stake_minor for bet in decide(plan, tick(*offers), start)]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (compare("minute", "at_least", 30), True),
        (compare("minute", "above", 30), False),
        (compare("minutes_to_start", "below", 0), True),
        (compare("total_score", "at_most", 1), True),
        (compare("score_difference", "at_least", 1), True),
        (compare("odds", "at_most", "2.00"), True),
        (compare("odds", "below", "2.00"), False),
        (compare("price_move", "at_most", -0.2), True),
        (compare("price_move", "below", -0.2), False),
        (compare("implied_probability", "at_least", 0.5), True),
        (compare("edge", "at_least", 0.07), True),
        (compare("edge", "above", 0.07), False),
        (compare("expected_value", "at_least", 0.1), True),
        (compare("expected_value", "above", 0.1), False),
        (compare("outside_gap", "above", -0.05), True),
        (compare("odds", "below", {"fact": "opening_odds", "times": 0.81}), True),
        (compare("odds", "below", {"fact": "opening_odds", "times": 0.8}), False),
        ({"kind": "between", "fact": "odds", "low": "2", "high": "2.5"}, True),
        ({"kind": "is", "fact": "phase", "values": ["first_half", "half_time"]}, True),
        ({"kind": "is", "fact": "side_state", "values": ["leading"]}, True),
        ({"kind": "not", "of": compare("minute", "at_least", 31)}, True),
    ],
)
def test_facts_are_compared_exactly(condition: dict[str, Any], expected: bool) -> None:
    assert holds(condition) is expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        # The edge is 0.07, the price has moved by -0.2, and 0.48 x 1.1458343 is just above the model's 0.55.
        (compare("edge", "at_least", 0.0700005), False),
        (compare("edge", "below", 0.0700005), True),
        (compare("edge", "above", 0.0699999), True),
        (compare("edge", "at_most", 0.0699999), False),
        (compare("price_move", "at_most", -0.2000005), False),
        (compare("price_move", "above", -0.2000005), True),
        (compare("model_probability", "at_least", {"fact": "market_probability", "times": 1.1458343}), False),
        (compare("model_probability", "below", {"fact": "market_probability", "times": 1.1458343}), True),
    ],
)
def test_values_finer_than_a_millionth_count_as_they_are_written(condition: dict[str, Any], expected: bool) -> None:
    assert holds(condition) is expected


def test_what_nobody_knows_neither_holds_nor_fails() -> None:
    unknown = compare("edge", "above", 0)

    assert holds(unknown, model_millionths=None) is None
    assert holds({"kind": "not", "of": unknown}, model_millionths=None) is None
    assert holds({"kind": "all", "of": [ALWAYS, unknown]}, model_millionths=None) is None
    assert holds({"kind": "any", "of": [unknown, ALWAYS]}, model_millionths=None) is True
    assert holds({"kind": "all", "of": [unknown, compare("minute", "below", 0)]}, model_millionths=None) is False
    assert stakes(None, offer(model_millionths=None), when={"kind": "not", "of": unknown}) == []


@pytest.mark.parametrize(
    ("staking", "expected"),
    [
        ({"plan": "flat", "amount": "10.00"}, [1_000]),
        ({"plan": "percent", "percent": "2.5"}, [250]),
        ({"plan": "target", "profit": "10.00"}, [1_000]),
        # (0.55 * 2 - 1) / (2 - 1) = 0.1 of the bank, a quarter of it, below the cap of 5 %
        ({"plan": "kelly", "fraction": "0.25", "cap_percent": "5"}, [250]),
        ({"plan": "kelly", "fraction": "1", "cap_percent": "5"}, [500]),
        # the market's own chance is below the price's: there is nothing to gain
        ({"plan": "kelly", "fraction": "1", "cap_percent": "5", "probability": "market"}, []),
    ],
)
def test_staking_plans(staking: dict[str, str], expected: list[int]) -> None:
    assert stakes(None, staking=staking) == expected


def test_stakes_stay_within_the_bank_the_rules_and_the_house() -> None:
    all_in = {"plan": "percent", "percent": "100"}

    assert stakes(None, staking=all_in, limits={"stake_max": "7.77"}) == [777]
    assert stakes(None, staking=all_in, bank="9999.00") == [50_000]
    assert stakes(Memory(bank_minor=400)) == [400]
    assert stakes(Memory(bank_minor=9)) == []


@pytest.mark.parametrize(
    ("sport", "market_type", "stake_minor"),
    [("football", "1x2", 50_000), ("football", "half_result", 30_000), ("outright", "outright_winner", 25_000)],
)
def test_a_thin_market_takes_less(sport: str, market_type: str, stake_minor: int) -> None:
    plan = strategy(staking={"plan": "flat", "amount": "900.00"}, bank="9999.00", markets=[market_type])
    thin = offer(market_key=f"{market_type};half=1", market_type=market_type)

    bets = decide(plan, tick(thin, sport=sport), Memory.start(plan.rules))

    assert [bet.stake_minor for bet in bets] == [stake_minor]


def test_bets_are_limited_by_event_day_and_loss() -> None:
    three = (offer("home"), offer("draw"), offer("away"))
    busy = Memory(bank_minor=10_000, day=NOON.date(), bets_today=9)

    assert len(stakes(None, *three, limits={"bets_per_event": 2})) == 2
    assert len(stakes(busy, *three, limits={"bets_per_event": 5, "bets_per_day": 10})) == 1
    yesterday = replace(busy, day=NOON.date() - timedelta(days=1))
    assert len(stakes(yesterday, *three, limits={"bets_per_event": 5, "bets_per_day": 10})) == 3
    lost = Memory(bank_minor=10_000, realised_minor=-2_000)
    assert stakes(lost, limits={"stop_loss": "20.00"}) == []
    assert stakes(lost, limits={"stop_loss": "20.01"}) == [1_000]


def test_a_selection_is_backed_once_and_nothing_while_betting_is_stopped() -> None:
    plan = strategy()
    start = Memory.start(plan.rules)
    (bet,) = decide(plan, tick(), start)

    assert decide(plan, tick(), remember(start, bet)) == ()
    assert decide(plan, tick(is_stopped=True), start) == ()
    assert decide(plan, tick(phase="completed"), start) == ()
    assert remember(start, bet).bank_minor == 9_000
    assert pay(remember(start, bet), paid_minor=2_000, profit_minor=1_000) == replace(
        remember(start, bet), bank_minor=11_000, realised_minor=1_000
    )


def test_the_best_is_the_one_of_most_value_and_order_does_not_matter() -> None:
    plan = strategy(pick="best")
    worse, best, unknown = offer("home"), offer("away", 2_400), offer("draw", 9_000, model_millionths=None)
    start = Memory.start(plan.rules)

    for offers in ((worse, best, unknown), (unknown, best, worse)):
        assert [bet.outcome for bet in decide(plan, tick(*offers), start)] == ["away"]


def test_only_named_markets_are_bet_on() -> None:
    assert stakes(None, markets=["over_under"]) == []
    assert stakes(None, markets=["over_under", "1x2"]) == [1_000]
