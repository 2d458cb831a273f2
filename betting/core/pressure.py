"""How what people have staked moves prices: the chance of what would cost the house most is raised, a little at a time.

A chance is multiplied by exp(strength x net liability / limit) and the market is brought back to its sum. The net
liability of a selection is what would be paid if it won, less all stakes of the market. Pressure never lifts a price
above the fair one, so no bet on one market can be covered at a profit on another.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Final

# The most that one repricing adds to the logarithm of a chance: about one rung of the ladder near evens.
STEP: Final = 0.01
# Pressure that differs by less moves no rung and is not worth writing.
TOLERANCE: Final = 1e-4
# Liabilities below this share of the limit are everyday business.
NOTICED: Final = 0.02


def find_targets(liabilities: Sequence[float], strength: float) -> list[float]:
    """Where the pressure on each selection belongs. `liabilities` are net, as shares of the limit; above 1 counts as 1.

    Only differences between selections matter, so the targets of a market sum to 0. Nothing presses before one of the
    liabilities is worth noticing.
    """
    if max(liabilities) < NOTICED:
        return [0.0] * len(liabilities)
    bounded = [strength * max(-1.0, min(1.0, liability)) for liability in liabilities]
    mean = sum(bounded) / len(bounded)
    return [target - mean for target in bounded]


def step_towards(current: Sequence[float], targets: Sequence[float]) -> list[float]:
    """The pressures after one repricing: each at most one step nearer to its target."""
    return [_step(now, target) for now, target in zip(current, targets, strict=True)]


def _step(now: float, target: float) -> float:
    distance = target - now
    if abs(distance) < TOLERANCE:
        return now
    return target if abs(distance) <= STEP else now + math.copysign(STEP, distance)


def press(probabilities: Mapping[str, float], pressures: Mapping[str, float]) -> dict[str, float]:
    """The probabilities under pressure, with the sum they had."""
    total = sum(probabilities.values())
    pressed = {outcome: chance * math.exp(pressures.get(outcome, 0.0)) for outcome, chance in probabilities.items()}
    scale = total / sum(pressed.values()) if total > 0.0 else 1.0
    return {outcome: chance * scale for outcome, chance in pressed.items()}
