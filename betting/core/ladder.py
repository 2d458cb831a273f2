"""The price ladder: the only prices that may be offered, in integer thousandths, always snapped down to a rung."""

import math
from bisect import bisect_right

# (from, step) in thousandths, as exchanges use them: fine near evens, coarse for long shots.
BANDS = (
    (1_010, 10),
    (2_000, 20),
    (3_000, 50),
    (4_000, 100),
    (6_000, 200),
    (10_000, 500),
    (20_000, 1_000),
    (30_000, 2_000),
    (50_000, 5_000),
    (100_000, 10_000),
)
ODDS_MILLI_MIN = BANDS[0][0]
# Above this a price says nothing that a person could check.
ODDS_MILLI_MAX = 500_000

_STARTS = [start for start, _ in BANDS]


def snap_down(odds: float) -> int | None:
    """The highest rung not above `odds`; None when even the lowest rung would be too generous."""
    if not odds >= ODDS_MILLI_MIN / 1_000:
        return None
    if odds >= ODDS_MILLI_MAX / 1_000:
        return ODDS_MILLI_MAX
    # A hair of tolerance: 1.85 computed as 1.8499999999 is the rung 1.85, not the one below.
    milli = math.floor(odds * 1_000 + 1e-6)
    start, step = BANDS[bisect_right(_STARTS, milli) - 1]
    return milli - (milli - start) % step


def is_rung(odds_milli: int) -> bool:
    return snap_down(odds_milli / 1_000) == odds_milli
