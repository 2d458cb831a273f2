"""Takes the bookmaker's margin out of odds by the power method: probabilities are implied ones to one common power."""

import math
from collections.abc import Sequence
from typing import Final

STEPS_MAX: Final = 100
TOLERANCE: Final = 1e-14


def remove_overround_power(odds: Sequence[float]) -> list[float]:
    """The probabilities `(1 / odds) ** k` with the one `k` that makes them sum to 1; works below a sum of 1 as well.

    Raises ValueError for fewer than two outcomes and for odds that are not finite or not above 1.
    """
    if len(odds) < 2 or not all(1.0 < value < math.inf for value in odds):
        raise ValueError(f"no market has the odds {list(odds)}")
    logarithms = [-math.log(value) for value in odds]
    exponent = _find_exponent(logarithms)
    powers = [math.exp(exponent * logarithm) for logarithm in logarithms]
    total = sum(powers)
    return [power / total for power in powers]


def _find_exponent(logarithms: Sequence[float]) -> float:
    """Solves sum(exp(k * log q)) = 1: falling and convex in k, above 1 at k = 0, so Newton from the left climbs to it.

    The bracket only guards against rounding where one outcome is nearly certain and the curve nearly flat.
    """
    low, high = 0.0, 1.0
    while sum(math.exp(high * logarithm) for logarithm in logarithms) > 1.0:
        low, high = high, 2.0 * high
    exponent = low
    for _ in range(STEPS_MAX):
        powers = [math.exp(exponent * logarithm) for logarithm in logarithms]
        excess = sum(powers) - 1.0
        if excess > 0.0:
            low = exponent
        else:
            high = exponent
        slope = sum(power * logarithm for power, logarithm in zip(powers, logarithms, strict=True))
        following = exponent - excess / slope if slope else 0.5 * (low + high)
        if not low <= following <= high:
            following = 0.5 * (low + high)
        if abs(following - exponent) <= TOLERANCE * following:
            return following
        exponent = following
    return exponent
