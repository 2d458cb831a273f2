"""Spreading matches over their minutes, so that something happens in one of them at any time."""

from collections.abc import Sequence


def farthest_share(taken: Sequence[float], slots: int) -> float:
    """The share of a match, of the `slots` even ones, that is farthest from those taken; time runs in a circle."""
    candidates = [(number + 0.5) / slots for number in range(slots)]
    return max(candidates, key=lambda share: min((_distance(share, other) for other in taken), default=1.0))


def _distance(one: float, other: float) -> float:
    apart = abs(one - other) % 1.0
    return min(apart, 1.0 - apart)
