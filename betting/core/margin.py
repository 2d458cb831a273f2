"""Puts the bookmaker's margin on fair probabilities and takes it off odds, by three methods that are exact inverses.

`power`, which this house uses: implied probabilities are p ** k, so long shots carry more of the margin. `shin`: the
margin protects against a share z of bettors who know the winner (Shin 1993; the closed form of the inverse is that of
Jullien and Salanié 1994). `multiplicative`: every outcome carries the same share.
"""

import math
from collections.abc import Callable, Sequence
from typing import Final, Literal

MarginMethod = Literal["power", "shin", "multiplicative"]
DEFAULT_METHOD: Final[MarginMethod] = "power"

# Newton converges from the left in about five steps; the bound only guards against a non-finite input.
STEPS_MAX = 60
TOLERANCE = 1e-13
BISECTIONS: Final = 100
INSIDERS_MAX: Final = 1.0 - 1e-12  # a share of insiders of 1 has no odds


def apply_margin(
    probabilities: Sequence[float], overround: float, method: MarginMethod = DEFAULT_METHOD
) -> list[float]:
    """Decimal odds whose implied probabilities sum to (1 + overround) times the sum of the probabilities.

    That sum is 1, or more where several outcomes win together. A probability of zero has infinite odds.
    """
    return _APPLY[method](probabilities, overround)


def remove_margin(odds: Sequence[float], method: MarginMethod = DEFAULT_METHOD, *, total: float = 1.0) -> list[float]:
    """The probabilities, with the sum `total`, whose odds these are. Raises ValueError for odds of no market."""
    if len(odds) < 2 or not all(1.0 < value < math.inf for value in odds):
        raise ValueError(f"no market has the odds {list(odds)}")
    return _REMOVE[method]([1.0 / value for value in odds], total)


def apply_margin_power(probabilities: Sequence[float], overround: float) -> list[float]:
    """Decimal odds whose implied probabilities are `p ** k`, with the one `k` that gives them their sum.

    The margin falls mostly on long shots, as it does in real markets. With too few possible outcomes to carry the
    margin (one is certain), the odds are fair.
    """
    exponent = find_power(probabilities, sum(probabilities) * (1.0 + overround))
    return [p**-exponent if p > 0.0 else math.inf for p in probabilities]


def find_power(probabilities: Sequence[float], total: float) -> float:
    """The `k` in (0, 1] with sum(p ** k) == total; 1.0 where no such `k` exists."""
    logarithms = [math.log(p) for p in probabilities if p > 0.0]
    if len(logarithms) <= total:
        return 1.0
    powers = [p for p in probabilities if p > 0.0]
    slope = sum(power * logarithm for power, logarithm in zip(powers, logarithms, strict=True))
    if slope >= 0.0:
        return 1.0
    # The sum is convex and falling in k, so the tangent at k = 1 lands left of the root and Newton climbs to it.
    exponent = max(0.0, 1.0 + (sum(powers) - total) / -slope)
    for _ in range(STEPS_MAX):
        powers = [math.exp(exponent * logarithm) for logarithm in logarithms]
        excess = sum(powers) - total
        slope = sum(power * logarithm for power, logarithm in zip(powers, logarithms, strict=True))
        step = excess / slope
        exponent -= step
        if abs(step) < TOLERANCE:
            break
    return exponent


def _apply_multiplicative(probabilities: Sequence[float], overround: float) -> list[float]:
    return [1.0 / (p * (1.0 + overround)) if p > 0.0 else math.inf for p in probabilities]


def _apply_shin(probabilities: Sequence[float], overround: float) -> list[float]:
    """Implied probabilities sqrt(B) * sqrt(z p + (1 - z) p**2), with the share of insiders z that makes their sum B.

    With nobody but insiders B is the square of the sum of all sqrt(p): the odds of a lopsided market carry no more.
    """
    total = sum(probabilities)
    chances = [p / total for p in probabilities]
    wanted = math.sqrt(1.0 + overround)

    def root_sum(insiders: float) -> float:
        return sum(math.sqrt(insiders * p + (1.0 - insiders) * p * p) for p in chances)

    insiders = _bisect(lambda z: root_sum(z) - wanted, 0.0, INSIDERS_MAX)
    scale = root_sum(insiders) * total
    implied = [scale * math.sqrt(insiders * p + (1.0 - insiders) * p * p) for p in chances]
    return [1.0 / value if value > 0.0 else math.inf for value in implied]


def _remove_power(implied: Sequence[float], total: float) -> list[float]:
    logarithms = [math.log(value) for value in implied]
    exponent = _bisect(lambda k: total - sum(math.exp(k * logarithm) for logarithm in logarithms), 0.0, 64.0)
    return _scaled([math.exp(exponent * logarithm) for logarithm in logarithms], total)


def _remove_multiplicative(implied: Sequence[float], total: float) -> list[float]:
    return _scaled(implied, total)


def _remove_shin(implied: Sequence[float], total: float) -> list[float]:
    booked = [value / total for value in implied]
    booksum = sum(booked)

    def chances(insiders: float) -> list[float]:
        keep = 1.0 - insiders
        return [
            (math.sqrt(insiders**2 + 4.0 * keep * value**2 / booksum) - insiders) / (2.0 * keep) for value in booked
        ]

    insiders = _bisect(lambda z: 1.0 - sum(chances(z)), 0.0, INSIDERS_MAX)
    return _scaled(chances(insiders), total)


def _scaled(values: Sequence[float], total: float) -> list[float]:
    scale = total / sum(values)
    return [value * scale for value in values]


def _bisect(rising: Callable[[float], float], low: float, high: float) -> float:
    """Where a rising function crosses 0; the nearer end where it does not."""
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        if rising(middle) < 0.0:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


_APPLY: Final = {"power": apply_margin_power, "shin": _apply_shin, "multiplicative": _apply_multiplicative}
_REMOVE: Final = {"power": _remove_power, "shin": _remove_shin, "multiplicative": _remove_multiplicative}
