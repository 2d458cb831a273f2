"""Expected goals of both sides out of market probabilities: the Dixon-Coles grid inverted by Newton's method.

The correlation of that grid changes neither the total up to 2.5 goals nor the difference between the chances of a home
and an away win. So the inversion falls apart into three exact steps: the total, the supremacy, and the correlation.
"""

import math
from dataclasses import dataclass
from typing import Final

GOALS_MAX: Final = 15  # more goals of one side are as good as impossible; the grid is normalised over 0..15
TOTAL_MIN: Final = 0.1
TOTAL_MAX: Final = 9.0
RATE_MIN: Final = 0.02
CORRELATION_MIN: Final = -0.3  # outside, the draw price is an oddity of one bookmaker and no property of the match
CORRELATION_MAX: Final = 0.2
CORRELATION_TYPICAL: Final = -0.08  # the median over 34,578 matches with market odds
STEPS_MAX: Final = 40
STEP_SMALL: Final = 1e-8  # Newton squares its error: after so small a step nothing is left to gain
SUPREMACY_TO_SHARE: Final = 0.33  # a first guess; the steps that follow are exact


@dataclass(frozen=True, slots=True)
class GoalRates:
    """Goals expected of each side over the whole match; `correlation` is Dixon-Coles' rho while the match is level."""

    home: float
    away: float
    correlation: float = 0.0


@dataclass(frozen=True, slots=True)
class _Results:
    """Chances of the goal difference under independence: as needed for a step and its derivative."""

    supremacy: float
    level: float
    near: float


def poisson_weights(rate: float) -> list[float]:
    """The chances of 0..GOALS_MAX goals, normalised to sum to 1 exactly as well as floats can."""
    weight = 1.0
    weights = [weight]
    for goals in range(1, GOALS_MAX + 1):
        weight *= rate / goals
        weights.append(weight)
    total = sum(weights)
    return [weight / total for weight in weights]


def fit_goal_rates(p_home: float, p_draw: float, p_away: float, p_over25: float | None = None) -> GoalRates:
    """The rates whose grid gives these chances back; the three results must sum to 1.

    Without a total, the one is taken whose draw is right at a typical correlation. Chances that no pair of rates can
    have give the nearest rates within bounds.
    """
    if p_over25 is None:
        return _fit_without_total(p_home, p_draw, p_away)
    total = _fit_total(1.0 - p_over25)
    supremacy = p_home - p_away
    return _with_correlation(total, _fit_share(total, supremacy, 0.5 + SUPREMACY_TO_SHARE * supremacy), p_draw)


def _fit_total(p_under25: float) -> float:
    """Solves exp(-m) (1 + m + m*m/2) = p, whose derivative is -exp(-m) m*m/2."""
    low, high = TOTAL_MIN, TOTAL_MAX
    total = 2.6
    for _ in range(STEPS_MAX):
        decay = math.exp(-total)
        excess = decay * (1.0 + total + 0.5 * total * total) - p_under25
        low, high = (total, high) if excess > 0.0 else (low, total)
        step = excess / (decay * 0.5 * total * total)
        total += step
        if not low <= total <= high:
            total = 0.5 * (low + high)
        elif abs(step) < STEP_SMALL:
            break
    return total


def _fit_share(total: float, supremacy: float, share: float) -> float:
    """The home side's share of the total whose supremacy (home win less away win) is the given one."""
    edge = min(0.5, RATE_MIN / total)
    low, high = edge, 1.0 - edge
    for _ in range(STEPS_MAX):
        found = _results(share * total, (1.0 - share) * total)
        excess = found.supremacy - supremacy
        low, high = (low, share) if excess > 0.0 else (share, high)
        step = excess / (total * (2.0 * found.level + found.near))
        share -= step
        if not low <= share <= high:
            share = 0.5 * (low + high)
        elif abs(step) < STEP_SMALL:
            break
    return share


def _results(home: float, away: float) -> _Results:
    """One more goal turns level into a win and one behind into level: these are the derivatives."""
    of_home, of_away = poisson_weights(home), poisson_weights(away)
    wins = level = ahead = behind = reached = last_home = last_away = 0.0
    for weight_home, weight_away in zip(of_home, of_away, strict=True):
        wins += weight_home * reached
        ahead += weight_home * last_away
        behind += last_home * weight_away
        level += weight_home * weight_away
        reached += weight_away
        last_home, last_away = weight_home, weight_away
    return _Results(supremacy=2.0 * wins + level - 1.0, level=level, near=ahead + behind)


def _with_correlation(total: float, share: float, p_draw: float) -> GoalRates:
    home, away = share * total, (1.0 - share) * total
    unit = home * away * poisson_weights(home)[0] * poisson_weights(away)[0]
    correlation = 0.5 * (_results(home, away).level - p_draw) / unit
    bounded = min(max(correlation, CORRELATION_MIN, -1.0 / max(home, away)), CORRELATION_MAX, 1.0 / (home * away))
    return GoalRates(home, away, bounded)


def _fit_without_total(p_home: float, p_draw: float, p_away: float) -> GoalRates:
    """Bisection on the total: the more goals, the fewer draws."""
    low, high = TOTAL_MIN, TOTAL_MAX
    share = 0.5
    for _ in range(STEPS_MAX):
        total = 0.5 * (low + high)
        share = _fit_share(total, p_home - p_away, share)
        home, away = share * total, (1.0 - share) * total
        unit = home * away * poisson_weights(home)[0] * poisson_weights(away)[0]
        p_level = _results(home, away).level - 2.0 * CORRELATION_TYPICAL * unit
        low, high = (total, high) if p_level > p_draw else (low, total)
    return _with_correlation(total, share, p_draw)
