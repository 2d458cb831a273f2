"""How long a person may keep themselves away from betting."""

from calendar import monthrange
from datetime import datetime, timedelta
from typing import Final, Literal

TimeOutLength = Literal["24_hours", "7_days", "30_days", "6_weeks"]
SelfExclusionLength = Literal["6_months", "1_year", "2_years", "5_years"]

TIME_OUTS: Final[dict[TimeOutLength, timedelta]] = {
    "24_hours": timedelta(hours=24),
    "7_days": timedelta(days=7),
    "30_days": timedelta(days=30),
    "6_weeks": timedelta(weeks=6),
}
SELF_EXCLUSION_MONTHS: Final[dict[SelfExclusionLength, int]] = {
    "6_months": 6,
    "1_year": 12,
    "2_years": 24,
    "5_years": 60,
}


def end_of_time_out(length: TimeOutLength, start: datetime) -> datetime:
    return start + TIME_OUTS[length]


def end_of_self_exclusion(length: SelfExclusionLength, start: datetime) -> datetime:
    """The same day so many months later; the last of that month where it has no such day."""
    years, month = divmod(start.month - 1 + SELF_EXCLUSION_MONTHS[length], 12)
    year, month = start.year + years, month + 1
    return start.replace(year=year, month=month, day=min(start.day, monthrange(year, month)[1]))
