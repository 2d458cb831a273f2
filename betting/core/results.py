"""Which message about a selection's result holds: the newest by its producer's time, whatever order they come in."""

from datetime import datetime
from typing import Literal

from betting.core.grading import Grade

Verdict = Literal["stale", "same", "changed"]


def judge_result(known: Grade | None, known_at: datetime | None, news: Grade | None, produced_at: datetime) -> Verdict:
    """What news of a result does to the one known; None is no result.

    Older than what was applied: stale. The same again: only its time may be remembered, so that what lies between is
    stale when it arrives late. Of two with the same time the later to arrive holds.
    """
    if known_at is not None and produced_at < known_at:
        return "stale"
    return "same" if known == news else "changed"
