"""Where a function crosses zero: the Illinois variant of false position, which needs few evaluations."""

from collections.abc import Callable
from typing import Final

STEPS_MAX: Final = 60
TOLERANCE: Final = 1e-12


def find_root(function: Callable[[float], float], low: float, high: float, *, tolerance: float = TOLERANCE) -> float:
    """The zero of a continuous monotonous function between the bounds; the nearer bound where it has none there."""
    at_low, at_high = function(low), function(high)
    if at_low * at_high > 0.0:
        return low if abs(at_low) < abs(at_high) else high
    found = low
    last_side = 0
    for _ in range(STEPS_MAX):
        if at_high == at_low:
            break
        found = (low * at_high - high * at_low) / (at_high - at_low)
        value = function(found)
        if abs(value) < tolerance or abs(high - low) < tolerance:
            break
        if value * at_high > 0.0:
            high, at_high = found, value
            at_low *= 0.5 if last_side == 1 else 1.0
            last_side = 1
        else:
            low, at_low = found, value
            at_high *= 0.5 if last_side == -1 else 1.0
            last_side = -1
    return found
