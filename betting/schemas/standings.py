"""What clients get about leaderboards."""

from typing import Literal

from accounts.schemas import PersonReply
from project.kit.schemas import Instant, Reply

BoardName = Literal["return", "calibration"]
PeriodName = Literal["week", "month", "all"]


class StandingReply(Reply):
    """One row: `return_percent` of all one's stakes, and singles won against how many their prices promised.

    `score` is the difference in standard deviations: 0 is what the prices said, 2 is rare luck or a good eye.
    """

    rank: int
    person: PersonReply
    slips: int
    return_percent: str
    wins: int
    expected_wins: float
    score: float


class LeaderboardReply(Reply):
    """One board, best first; `mine` is the caller's own row, also where it lies below what is shown."""

    by: BoardName
    period: PeriodName
    slips_min: int
    counted_at: Instant | None
    rows: list[StandingReply]
    mine: StandingReply | None
