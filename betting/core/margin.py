"""Puts the bookmaker's margin on fair probabilities by the power method, the exact inverse of `ml.core.overround`."""

import math
from collections.abc import Sequence

# Newton converges from the left in about five steps; the bound only guards against a non-finite input.
STEPS_MAX = 60
TOLERANCE = 1e-13


def apply_margin_power(probabilities: Sequence[float], overround: float) -> list[float]:
    """Decimal odds whose implied probabilities are `p ** k`, with the one `k` that makes them sum to 1 + overround.

    The margin falls mostly on long shots, as it does in real markets. A probability of zero has infinite odds; with too
    few possible outcomes to carry the margin (one is certain), the odds are fair.
    """
    exponent = find_power(probabilities, 1.0 + overround)
    return [p**-exponent if p > 0.0 else math.inf for p in probabilities]


def find_power(probabilities: Sequence[float], total: float) -> float:
    """The `k` in (0, 1] with sum(p ** k) == total; 1.0 where no such `k` exists."""
    logarithms = [math.log(p) for p in probabilities if p > 0.0]
    if len(logarithms) <= total:
        return 1.0
    entropy = -sum(math.exp(logarithm) * logarithm for logarithm in logarithms)
    if entropy <= 0.0:
        return 1.0
    # The sum is convex and falling in k, so the tangent at k = 1 lands left of the root and Newton climbs to it.
    exponent = max(0.0, 1.0 - (total - 1.0) / entropy)
    for _ in range(STEPS_MAX):
        powers = [math.exp(exponent * logarithm) for logarithm in logarithms]
        excess = sum(powers) - total
        slope = sum(power * logarithm for power, logarithm in zip(powers, logarithms, strict=True))
        step = excess / slope
        exponent -= step
        if abs(step) < TOLERANCE:
            break
    return exponent
