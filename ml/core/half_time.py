"""Football's first half: who leads at half time, and with whom at full time, from the grid of the whole match.

Goals to come are split between the halves by the minute profile, which for Poisson numbers is exact. Each full-time
result keeps the chance that the grid gives it, so these markets agree with the full-time result to the last digit.
"""

from itertools import accumulate
from typing import Final

from ml.core.inplay import GoalGrid, InPlayState
from ml.core.minute_profile import FITTED, HALF_MINUTES, MinuteProfile

DIFFERENCE_MAX: Final = 9  # a half that one side wins by more has no chance worth a price
_START: Final = DIFFERENCE_MAX + 5  # where the recurrence begins, far out in the tail
_SEED: Final = 1e-280  # grows by at most (_START / _RATE_MIN) a step, which stays far below the largest float
_RATE_MIN: Final = 1e-6
RESULTS: Final = ("home", "draw", "away")

Joint = list[list[float]]


def half_and_full(grid: GoalGrid, state: InPlayState, profile: MinuteProfile = FITTED) -> Joint | None:
    """Chances by half-time result and full-time result, each home, draw, away; None where nobody recorded the half."""
    lead = state.home_goals - state.away_goals
    full = (grid.home, grid.draw, grid.away)
    if state.phase not in ("scheduled", "first_half"):
        if state.half_time is None:
            return None
        known = _sign(state.half_time[0] - state.half_time[1])
        return [list(full) if half == known else [0.0, 0.0, 0.0] for half in range(3)]
    left = profile.remaining(state.phase, state.minute, state.added)
    second = profile.remaining("half_time", HALF_MINUTES, 0)
    share = (left - second) / left
    home, away = grid.to_come.home, grid.to_come.away
    first_half = differences(home * share, away * share)
    second_half = differences(home * (1.0 - share), away * (1.0 - share))
    joint = _join(first_half, second_half, lead)
    if grid.shift:
        _correlate(joint, grid.shift, share)
    return _fit_columns(joint, full)


def differences(home: float, away: float) -> list[float]:
    """The chances of differences -DIFFERENCE_MAX..DIFFERENCE_MAX of two Poisson numbers (Skellam), summing to 1.

    By the recurrence home * p(k - 1) - away * p(k + 1) = k * p(k), run from the tail inwards, where it is stable; and
    p(-k) = p(k) * (away / home) ** k.
    """
    home, away = max(home, _RATE_MIN), max(away, _RATE_MIN)
    following, current = 0.0, _SEED
    values = []
    for k in range(_START, 0, -1):
        following, current = current, (k * current + away * following) / home
        values.append(current)
    ahead = values[: _START - DIFFERENCE_MAX - 2 : -1]  # differences 0, 1, ..., DIFFERENCE_MAX
    ratio = away / home
    power = 1.0
    behind = []
    for value in ahead[1:]:
        power *= ratio
        behind.append(value * power)
    behind.reverse()
    behind.extend(ahead)
    total = sum(behind)
    return [value / total for value in behind]


def _join(first: list[float], second: list[float], lead: int) -> Joint:
    """Chances of half-time and full-time results when the halves are independent."""
    below = [0.0, *accumulate(second)]  # chance of a second-half difference below each place
    size = len(second)
    joint = [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    # A half-time lead of `half` is levelled by the second-half difference at place DIFFERENCE_MAX - half.
    level = 2 * DIFFERENCE_MAX - lead
    for chance in first:
        row = joint[0 if level < DIFFERENCE_MAX else 1 if level == DIFFERENCE_MAX else 2]
        if level < 0:
            row[0] += chance
        elif level >= size:
            row[2] += chance
        else:
            draw, lost = second[level], below[level]
            row[0] += chance * (1.0 - lost - draw)
            row[1] += chance * draw
            row[2] += chance * lost
        level -= 1
    return joint


def _correlate(joint: Joint, shift: float, share: float) -> None:
    """Dixon-Coles' shift between the scores to come 0-0, 1-1, 1-0 and 0-1, each goal in the first half by `share`."""
    later = 1.0 - share
    joint[0][0] += shift * share
    joint[1][0] += shift * later
    joint[2][2] += shift * share
    joint[1][2] += shift * later
    joint[0][1] -= shift * share * later
    joint[2][1] -= shift * share * later
    joint[1][1] -= shift * (1.0 + share * share + later * later)


def _fit_columns(joint: Joint, full: tuple[float, float, float]) -> Joint:
    """Scale the chances of each full-time result to the one that the grid gives it: it is cut off elsewhere."""
    ahead, level, behind = joint
    for result, chance in enumerate(full):
        first, second, third = max(0.0, ahead[result]), max(0.0, level[result]), max(0.0, behind[result])
        total = first + second + third
        if total > 0.0:
            scale = chance / total
            ahead[result], level[result], behind[result] = first * scale, second * scale, third * scale
        else:
            level[result] = chance
    return joint


def _sign(lead: int) -> int:
    return 0 if lead > 0 else 1 if lead == 0 else 2
