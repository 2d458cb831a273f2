"""Whether a condition holds for one offer at one instant: true, false, or None where a fact is not known."""

import operator
from collections.abc import Callable
from math import ceil, floor
from typing import Final

from betting.core.strategies.language import (
    All,
    AnyOf,
    Between,
    Compare,
    Condition,
    FactValue,
    Is,
    Not,
    Operator,
    Value,
    millionths,
)
from betting.core.strategies.ticks import MILLION, NUMBERS, TEXTS, Offer, Tick

Test = Callable[[Tick, Offer], bool | None]
Number = Callable[[Tick, Offer], int | None]

_OPERATORS: Final[dict[Operator, Callable[[int, int], bool]]] = {
    "at_least": operator.ge,
    "at_most": operator.le,
    "above": operator.gt,
    "below": operator.lt,
}


def compile_condition(condition: Condition) -> Test:
    """The condition as a function, so that a back-test reads its document once and not at every tick."""
    match condition:
        case Compare():
            return _compare(condition.fact, condition.op, condition.value)
        case Between():
            low = _compare(condition.fact, "at_least", condition.low)
            high = _compare(condition.fact, "at_most", condition.high)
            return _all([low, high])
        case Is():
            read, words = TEXTS[condition.fact], frozenset(condition.values)
            return lambda tick, offer: read(tick, offer) in words
        case All():
            return _all([compile_condition(part) for part in condition.of])
        case AnyOf():
            return _any([compile_condition(part) for part in condition.of])
        case Not():
            return _not(compile_condition(condition.of))


def _compare(fact: str, name: Operator, value: Value) -> Test:
    """Facts are whole millionths; what they are compared with is exact, however fine it was written."""
    left, holds = NUMBERS[fact], _OPERATORS[name]
    if isinstance(value, FactValue):
        return _compare_facts(left, holds, value)
    exact = millionths(value)
    # A whole number is at least x, or below x, as it stands to the next whole one; else as to the one before.
    bound = ceil(exact) if name in ("at_least", "below") else floor(exact)

    def test(tick: Tick, offer: Offer) -> bool | None:
        known = left(tick, offer)
        return None if known is None else holds(known, bound)

    return test


def _compare_facts(left: Number, holds: Callable[[int, int], bool], value: FactValue) -> Test:
    right, times = NUMBERS[value.fact], millionths(value.times) / MILLION

    def test(tick: Tick, offer: Offer) -> bool | None:
        known, other = left(tick, offer), right(tick, offer)
        if known is None or other is None:
            return None
        return holds(known * times.denominator, other * times.numerator)

    return test


def _all(tests: list[Test]) -> Test:
    def test(tick: Tick, offer: Offer) -> bool | None:
        is_known = True
        for part in tests:
            held = part(tick, offer)
            if held is False:
                return False
            is_known &= held is not None
        return True if is_known else None

    return test


def _any(tests: list[Test]) -> Test:
    def test(tick: Tick, offer: Offer) -> bool | None:
        is_known = True
        for part in tests:
            held = part(tick, offer)
            if held is True:
                return True
            is_known &= held is not None
        return False if is_known else None

    return test


def _not(part: Test) -> Test:
    def test(tick: Tick, offer: Offer) -> bool | None:
        held = part(tick, offer)
        return None if held is None else not held

    return test
